package proof

import (
	"errors"
	"net/netip"
)

// VPCLookup finds the CIDR blocks of a VPC by its id.
var VPCLookup = newLookup[string, []netip.Prefix]("VPC", AnyResource, "ec2:DescribeVpcs")

// vpcOf looks up the CIDR blocks of the endpoint's VPC.
func (g *gatherer) vpcOf(endpoint Endpoint) []netip.Prefix {
	what := "the VPC of the endpoint " + endpoint.ID
	if endpoint.VPC == "" {
		g.fail(what, errNoVPC)
		return nil
	}
	return look(g, VPCLookup, what, endpoint.VPC, checkBlocks)
}

// vpc looks up the CIDR blocks of a VPC.
func (g *gatherer) vpc(id string) []netip.Prefix {
	return look(g, VPCLookup, "the VPC "+id, id, checkBlocks)
}

func checkBlocks(blocks []netip.Prefix) error {
	if len(blocks) == 0 {
		return errors.New("the VPC was described without a CIDR block")
	}
	return nil
}

var errNoVPC = errors.New("the endpoint was described without its VPC")
