package verifier

import (
	"context"
	"errors"
	"fmt"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.SubnetsLookup, func(ctx context.Context, c *clients, ids []string) ([]proof.Subnet, error) {
	if len(ids) == 0 {
		// The API would answer with every subnet of the account.
		return nil, errors.New("no subnet to look for")
	}
	found, err := api.DescribeSubnets.All(ctx, c.aws, api.DescribeSubnetsInput{SubnetIds: ids})
	if err != nil {
		return nil, err
	}
	if want := distinct(ids); len(found) != want {
		return nil, fmt.Errorf("asked for %d subnets, got %d", want, len(found))
	}
	var subnets []proof.Subnet
	for _, subnet := range found {
		converted, err := subnetOf(subnet)
		if err != nil {
			return nil, err
		}
		subnets = append(subnets, converted)
	}
	return subnets, nil
})

func subnetOf(subnet api.Subnet) (proof.Subnet, error) {
	result := proof.Subnet{ID: subnet.SubnetId, VPC: subnet.VpcId, Zone: subnet.AvailabilityZone}
	var blocks []string
	if subnet.CidrBlock != "" { // a subnet may have IPv6 alone
		blocks = append(blocks, subnet.CidrBlock)
	}
	for _, block := range subnet.Ipv6CidrBlockAssociationSet {
		blocks = append(blocks, block.Ipv6CidrBlock)
	}
	var err error
	if result.Blocks, err = prefixes(blocks); err != nil {
		return proof.Subnet{}, fmt.Errorf("subnet %s: %w", result.ID, err)
	}
	return result, nil
}
