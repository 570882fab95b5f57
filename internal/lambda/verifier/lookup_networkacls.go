package verifier

import (
	"context"
	"fmt"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.NetworkACLsLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.NetworkACL, error) {
	if vpc == "" {
		return nil, fmt.Errorf("no VPC was named")
	}
	found, err := api.DescribeNetworkAcls.All(ctx, c.aws, api.DescribeNetworkAclsInput{Filters: []api.Filter{api.Where("vpc-id", vpc)}})
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

func networkACLOf(acl api.NetworkAcl) (proof.NetworkACL, error) {
	result := proof.NetworkACL{ID: acl.NetworkAclId}
	for _, association := range acl.Associations {
		result.Subnets = append(result.Subnets, association.SubnetId)
	}
	for _, e := range acl.Entries {
		block := e.CidrBlock
		if block == "" {
			block = e.Ipv6CidrBlock
		}
		blocks, err := prefixes([]string{block})
		if err != nil {
			return proof.NetworkACL{}, fmt.Errorf("network ACL %s: %w", result.ID, err)
		}
		entry := proof.NetworkACLEntry{
			Number: e.RuleNumber, Egress: e.Egress, Allow: e.RuleAction == "allow",
			Protocol: e.Protocol, CIDR: blocks[0], ToPort: 65535,
		}
		switch {
		case e.PortRange != nil:
			entry.FromPort, entry.ToPort = e.PortRange.From, e.PortRange.To
		case e.IcmpTypeCode != nil:
			entry.FromPort, entry.ToPort = e.IcmpTypeCode.Type, e.IcmpTypeCode.Code
		}
		result.Entries = append(result.Entries, entry)
	}
	return result, nil
}
