package verifier

import (
	"context"
	"net/netip"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.VPCLookup, func(ctx context.Context, c *clients, id string) ([]netip.Prefix, error) {
	vpc, err := api.DescribeVpcs.One(ctx, c.aws, api.DescribeVpcsInput{VpcIds: []string{id}})
	if err != nil {
		return nil, err
	}
	return blocksOf(vpc)
})

// blocksOf lists the CIDR blocks that are in use, IPv4 first.
func blocksOf(vpc api.Vpc) ([]netip.Prefix, error) {
	var texts []string
	for _, block := range vpc.CidrBlockAssociationSet {
		if inUse(block.CidrBlockState.State) {
			texts = append(texts, block.CidrBlock)
		}
	}
	if len(texts) == 0 && vpc.CidrBlock != "" {
		texts = append(texts, vpc.CidrBlock)
	}
	for _, block := range vpc.Ipv6CidrBlockAssociationSet {
		if inUse(block.Ipv6CidrBlockState.State) {
			texts = append(texts, block.Ipv6CidrBlock)
		}
	}
	return prefixes(texts)
}

// inUse reports whether an association has effect, or may have: one in no state was
// described without it.
func inUse(state string) bool {
	return state == "associated" || state == "disassociating" || state == ""
}

// prefixes reads CIDR blocks.
func prefixes(texts []string) ([]netip.Prefix, error) {
	result := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		result = append(result, prefix)
	}
	return result, nil
}
