package verifier

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.NetworkACLsLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.NetworkACL, error) {
	if vpc == "" {
		return nil, fmt.Errorf("no VPC was named")
	}
	found, err := all(ctx, ec2.NewDescribeNetworkAclsPaginator(c.ec2, &ec2.DescribeNetworkAclsInput{Filters: []types.Filter{filter("vpc-id", vpc)}}),
		func(page *ec2.DescribeNetworkAclsOutput) []types.NetworkAcl { return page.NetworkAcls })
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("asked for the network ACLs of %s, got 0", vpc)
	}
	var acls []proof.NetworkACL
	for _, acl := range found {
		converted, err := networkACLOf(acl)
		if err != nil {
			return nil, err
		}
		acls = append(acls, converted)
	}
	return acls, nil
})

func networkACLOf(acl types.NetworkAcl) (proof.NetworkACL, error) {
	result := proof.NetworkACL{ID: aws.ToString(acl.NetworkAclId)}
	for _, association := range acl.Associations {
		result.Subnets = append(result.Subnets, aws.ToString(association.SubnetId))
	}
	for _, e := range acl.Entries {
		block := aws.ToString(e.CidrBlock)
		if e.CidrBlock == nil {
			block = aws.ToString(e.Ipv6CidrBlock)
		}
		blocks, err := prefixes([]string{block})
		if err != nil {
			return proof.NetworkACL{}, fmt.Errorf("network ACL %s: %w", result.ID, err)
		}
		entry := proof.NetworkACLEntry{
			Number: int(aws.ToInt32(e.RuleNumber)), Egress: aws.ToBool(e.Egress), Allow: e.RuleAction == types.RuleActionAllow,
			Protocol: aws.ToString(e.Protocol), CIDR: blocks[0], ToPort: 65535,
		}
		switch {
		case e.PortRange != nil:
			entry.FromPort, entry.ToPort = int(aws.ToInt32(e.PortRange.From)), int(aws.ToInt32(e.PortRange.To))
		case e.IcmpTypeCode != nil:
			entry.FromPort, entry.ToPort = int(aws.ToInt32(e.IcmpTypeCode.Type)), int(aws.ToInt32(e.IcmpTypeCode.Code))
		}
		result.Entries = append(result.Entries, entry)
	}
	return result, nil
}
