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

func groupOf(group types.SecurityGroup) (result proof.SecurityGroup, err error) {
	result = proof.SecurityGroup{ID: aws.ToString(group.GroupId), VPC: aws.ToString(group.VpcId)}
	if result.Ingress, err = rulesOf(group.IpPermissions); err == nil {
		result.Egress, err = rulesOf(group.IpPermissionsEgress)
	}
	if err != nil {
		return proof.SecurityGroup{}, fmt.Errorf("security group %s: %w", result.ID, err)
	}
	return result, nil
}

// rulesOf makes one rule of each source or destination of each permission.
func rulesOf(permissions []types.IpPermission) ([]proof.SecurityGroupRule, error) {
	var rules []proof.SecurityGroupRule
	for _, permission := range permissions {
		rule := proof.SecurityGroupRule{Protocol: aws.ToString(permission.IpProtocol), FromPort: 0, ToPort: 65535}
		if permission.FromPort != nil && permission.ToPort != nil && rule.Protocol != "-1" {
			rule.FromPort, rule.ToPort = int(*permission.FromPort), int(*permission.ToPort)
		}
		var blocks []string
		for _, other := range permission.IpRanges {
			blocks = append(blocks, aws.ToString(other.CidrIp))
		}
		for _, other := range permission.Ipv6Ranges {
			blocks = append(blocks, aws.ToString(other.CidrIpv6))
		}
		ranges, err := prefixes(blocks)
		if err != nil {
			return nil, err
		}
		for _, block := range ranges {
			other := rule
			other.CIDR = block
			rules = append(rules, other)
		}
		for _, list := range permission.PrefixListIds {
			other := rule
			other.PrefixList = aws.ToString(list.PrefixListId)
			rules = append(rules, other)
		}
		for _, pair := range permission.UserIdGroupPairs {
			other := rule
			other.Group = aws.ToString(pair.GroupId)
			rules = append(rules, other)
		}
	}
	return rules, nil
}
