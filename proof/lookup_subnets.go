package proof

import (
	"fmt"
	"net/netip"
	"slices"
)

// SubnetsLookup describes subnets by their ids.
var SubnetsLookup = newLookup[[]string, []Subnet]("subnets", AnyResource, "ec2:DescribeSubnets")

// Subnet is a subnet with its address ranges, IPv4 and IPv6.
type Subnet struct {
	ID, VPC, Zone string
	Blocks        []netip.Prefix
}

// subnets looks up the subnets with these ids.
func (g *gatherer) subnets(ids []string) []Subnet {
	return look(g, SubnetsLookup, "the subnets "+joinWords(ids), ids, func(subnets []Subnet) error {
		for _, id := range ids {
			at := slices.IndexFunc(subnets, func(s Subnet) bool { return s.ID == id })
			switch {
			case at < 0:
				return fmt.Errorf("%s was not described", id)
			case subnets[at].VPC == "":
				return fmt.Errorf("%s was described without its VPC", id)
			}
		}
		return nil
	})
}

// vpcsOf are the ids of the subnets' VPCs, each once.
func vpcsOf(subnets []Subnet) []string {
	var ids []string
	for _, subnet := range subnets {
		ids = append(ids, subnet.VPC)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// subnetsTarget are the claim's subnets, for people; vpcTarget is their VPC.
func (c Claim) subnetsTarget() string { return joinWords(c.Subnets) }
func (c Claim) vpcTarget() string     { return "the VPC of " + joinWords(c.Subnets) }

func (c Claim) subnetsSubject() string {
	if c.hasSeveralSubnets() {
		return "the subnets " + c.subnetsTarget()
	}
	return "the subnet " + c.subnetsTarget()
}

func (c Claim) hasSeveralSubnets() bool { return len(c.Subnets) > 1 }
