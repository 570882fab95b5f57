package verifier

import (
	"context"
	"fmt"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.SecurityGroupsLookup, func(ctx context.Context, c *clients, ids []string) ([]proof.SecurityGroup, error) {
	if len(ids) == 0 {
		// The API would answer with every group of the account.
		return nil, nil
	}
	found, err := api.DescribeSecurityGroups.All(ctx, c.aws, api.DescribeSecurityGroupsInput{GroupIds: ids})
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

func groupOf(group api.SecurityGroup) (result proof.SecurityGroup, err error) {
	result = proof.SecurityGroup{ID: group.GroupId, VPC: group.VpcId}
	if result.Ingress, err = rulesOf(group.IpPermissions); err == nil {
		result.Egress, err = rulesOf(group.IpPermissionsEgress)
	}
	if err != nil {
		return proof.SecurityGroup{}, fmt.Errorf("security group %s: %w", result.ID, err)
	}
	return result, nil
}

// rulesOf makes one rule of each source or destination of each permission.
func rulesOf(permissions []api.IpPermission) ([]proof.SecurityGroupRule, error) {
	var rules []proof.SecurityGroupRule
	for _, permission := range permissions {
		rule := proof.SecurityGroupRule{Protocol: permission.IpProtocol, FromPort: 0, ToPort: 65535}
		if permission.FromPort != nil && permission.ToPort != nil && rule.Protocol != "-1" {
			rule.FromPort, rule.ToPort = int(*permission.FromPort), int(*permission.ToPort)
		}
		var blocks []string
		for _, other := range permission.IpRanges {
			blocks = append(blocks, other.CidrIp)
		}
		for _, other := range permission.Ipv6Ranges {
			blocks = append(blocks, other.CidrIpv6)
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
			other.PrefixList = list.PrefixListId
			rules = append(rules, other)
		}
		for _, pair := range permission.UserIdGroupPairs {
			other := rule
			other.Group = pair.GroupId
			rules = append(rules, other)
		}
	}
	return rules, nil
}
