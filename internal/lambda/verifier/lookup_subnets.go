package verifier

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.SubnetsLookup, func(ctx context.Context, c *clients, ids []string) ([]proof.Subnet, error) {
	if len(ids) == 0 {
		// The API would answer with every subnet of the account.
		return nil, errors.New("no subnet to look for")
	}
	found, err := all(ctx, ec2.NewDescribeSubnetsPaginator(c.ec2, &ec2.DescribeSubnetsInput{SubnetIds: ids}),
		func(page *ec2.DescribeSubnetsOutput) []types.Subnet { return page.Subnets })
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

func subnetOf(subnet types.Subnet) (proof.Subnet, error) {
	result := proof.Subnet{ID: aws.ToString(subnet.SubnetId), VPC: aws.ToString(subnet.VpcId), Zone: aws.ToString(subnet.AvailabilityZone)}
	var blocks []string
	if subnet.CidrBlock != nil { // a subnet may have IPv6 alone
		blocks = append(blocks, *subnet.CidrBlock)
	}
	for _, block := range subnet.Ipv6CidrBlockAssociationSet {
		blocks = append(blocks, aws.ToString(block.Ipv6CidrBlock))
	}
	var err error
	if result.Blocks, err = prefixes(blocks); err != nil {
		return proof.Subnet{}, fmt.Errorf("subnet %s: %w", result.ID, err)
	}
	return result, nil
}
