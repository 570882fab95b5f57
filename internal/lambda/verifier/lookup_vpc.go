package verifier

import (
	"context"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.VPCLookup, func(ctx context.Context, c *clients, id string) ([]netip.Prefix, error) {
	vpc, err := one(ctx, ec2.NewDescribeVpcsPaginator(c.ec2, &ec2.DescribeVpcsInput{VpcIds: []string{id}}),
		func(page *ec2.DescribeVpcsOutput) []types.Vpc { return page.Vpcs })
	if err != nil {
		return nil, err
	}
	return blocksOf(vpc)
})

// blocksOf lists the CIDR blocks that are in use, IPv4 first.
func blocksOf(vpc types.Vpc) ([]netip.Prefix, error) {
	var texts []string
	for _, block := range vpc.CidrBlockAssociationSet {
		if block.CidrBlockState == nil || inUse(block.CidrBlockState.State) {
			texts = append(texts, aws.ToString(block.CidrBlock))
		}
	}
	if len(texts) == 0 && vpc.CidrBlock != nil {
		texts = append(texts, *vpc.CidrBlock)
	}
	for _, block := range vpc.Ipv6CidrBlockAssociationSet {
		if block.Ipv6CidrBlockState == nil || inUse(block.Ipv6CidrBlockState.State) {
			texts = append(texts, aws.ToString(block.Ipv6CidrBlock))
		}
	}
	return prefixes(texts)
}

func inUse(state types.VpcCidrBlockStateCode) bool {
	return state == types.VpcCidrBlockStateCodeAssociated || state == types.VpcCidrBlockStateCodeDisassociating || state == ""
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
