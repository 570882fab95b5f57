package proof

import (
	"fmt"
	"net/netip"
)

// SecurityGroupsLookup describes security groups by their ids.
var SecurityGroupsLookup = newLookup[[]string, []SecurityGroup]("security groups", AnyResource, "ec2:DescribeSecurityGroups")

// SecurityGroup is a security group with the rules that let traffic in.
type SecurityGroup struct {
	ID, VPC string
	Ingress []SecurityGroupRule
}

// SecurityGroupRule admits Protocol (tcp, udp, icmp, or -1 for all) on FromPort
// to ToPort from a CIDR block, a prefix list or a security group.
type SecurityGroupRule struct {
	Protocol         string
	FromPort, ToPort int
	CIDR             netip.Prefix
	PrefixList       string
	Group            string
}

// groupsOf looks up the endpoint's security groups. It may have none.
func (g *gatherer) groupsOf(endpoint Endpoint) []SecurityGroup {
	if len(endpoint.Groups) == 0 {
		return nil
	}
	return look(g, SecurityGroupsLookup, "the security groups of "+endpoint.ID, endpoint.Groups, func(groups []SecurityGroup) error {
		if len(groups) != len(endpoint.Groups) {
			return fmt.Errorf("%d of %d were described", len(groups), len(endpoint.Groups))
		}
		return nil
	})
}

// groups looks up security groups that may be gone.
func (g *gatherer) groups(ids []string) []SecurityGroup {
	if len(ids) == 0 {
		return nil
	}
	return look(g, SecurityGroupsLookup, "the security groups "+joinWords(ids), ids, nil)
}

// text is the rule for people: tcp 443 from 10.0.0.0/16.
func (r SecurityGroupRule) text() string {
	from := r.Group
	switch {
	case r.CIDR.IsValid():
		from = r.CIDR.String()
	case r.PrefixList != "":
		from = r.PrefixList
	case from == "":
		from = "an unknown source"
	}
	switch {
	case r.Protocol == "-1":
		return "everything from " + from
	case r.FromPort == r.ToPort:
		return fmt.Sprintf("%s %d from %s", r.Protocol, r.FromPort, from)
	}
	return fmt.Sprintf("%s %d-%d from %s", r.Protocol, r.FromPort, r.ToPort, from)
}
