package verifier

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.SecurityGroupsLookup, func(ctx context.Context, c *clients, ids []string) ([]proof.SecurityGroup, error) {
	if len(ids) == 0 {
		// The API would answer with every group of the account.
		return nil, nil
	}
	found, err := all(ctx, ec2.NewDescribeSecurityGroupsPaginator(c.ec2, &ec2.DescribeSecurityGroupsInput{GroupIds: ids}),
		func(page *ec2.DescribeSecurityGroupsOutput) []types.SecurityGroup { return page.SecurityGroups })
	if err != nil {
		return nil, err
	}
	if want := distinct(ids); len(found) != want {
		return nil, fmt.Errorf("asked for %d security groups, got %d", want, len(found))
	}
	var groups []proof.SecurityGroup
	for _, group := range found {
		converted, err := groupOf(group)
		if err != nil {
			return nil, err
		}
		groups = append(groups, converted)
	}
	return groups, nil
})

// groupOf makes one rule of each source of each permission.
func groupOf(group types.SecurityGroup) (proof.SecurityGroup, error) {
	result := proof.SecurityGroup{ID: aws.ToString(group.GroupId), VPC: aws.ToString(group.VpcId)}
	for _, permission := range group.IpPermissions {
		rule := proof.SecurityGroupRule{Protocol: aws.ToString(permission.IpProtocol), FromPort: 0, ToPort: 65535}
		if permission.FromPort != nil && permission.ToPort != nil && rule.Protocol != "-1" {
			rule.FromPort, rule.ToPort = int(*permission.FromPort), int(*permission.ToPort)
		}
		var blocks []string
		for _, source := range permission.IpRanges {
			blocks = append(blocks, aws.ToString(source.CidrIp))
		}
		for _, source := range permission.Ipv6Ranges {
			blocks = append(blocks, aws.ToString(source.CidrIpv6))
		}
		ranges, err := prefixes(blocks)
		if err != nil {
			return proof.SecurityGroup{}, fmt.Errorf("security group %s: %w", result.ID, err)
		}
		for _, block := range ranges {
			source := rule
			source.CIDR = block
			result.Ingress = append(result.Ingress, source)
		}
		for _, list := range permission.PrefixListIds {
			source := rule
			source.PrefixList = aws.ToString(list.PrefixListId)
			result.Ingress = append(result.Ingress, source)
		}
		for _, pair := range permission.UserIdGroupPairs {
			source := rule
			source.Group = aws.ToString(pair.GroupId)
			result.Ingress = append(result.Ingress, source)
		}
	}
	return result, nil
}
