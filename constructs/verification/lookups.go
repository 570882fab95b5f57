package verification

import (
	"slices"

	"provenendpoints/proof"
)

// The IAM actions behind the methods of [proof.Lookups].
const (
	describeEndpoints      = "ec2:DescribeVpcEndpoints"
	describeInterfaces     = "ec2:DescribeNetworkInterfaces"
	describeVpcs           = "ec2:DescribeVpcs"
	describePrefixLists    = "ec2:DescribePrefixLists"
	describeRouteTables    = "ec2:DescribeRouteTables"
	describeSecurityGroups = "ec2:DescribeSecurityGroups"
	describeConnections    = "ec2:DescribeVpcEndpointConnections"
	describePermissions    = "ec2:DescribeVpcEndpointServicePermissions"
	describeTargetHealth   = "elasticloadbalancing:DescribeTargetHealth"
)

// lookupActions are the actions that judging the claims needs, sorted.
func lookupActions(claims []proof.Claim) []string {
	// What routes lead to is a gateway endpoint, which has no interfaces.
	gateways := map[string]bool{}
	for _, claim := range claims {
		if claim.Kind == proof.Routed {
			gateways[claim.Endpoint] = true
		}
	}
	var actions []string
	for _, claim := range claims {
		actions = append(actions, claimActions(claim, gateways[claim.Endpoint])...)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// claimActions follows [proof.Gather]; a test holds the two together. gateway
// says that the claim's endpoint is one.
func claimActions(claim proof.Claim, gateway bool) []string {
	endpoint := []string{describeEndpoints, describeInterfaces}
	if gateway {
		endpoint = []string{describeEndpoints}
	}
	switch claim.Kind {
	case proof.Routed:
		return []string{describePrefixLists, describeRouteTables}
	case proof.Unrouted:
		return append(endpoint, describeRouteTables)
	case proof.Enclosed:
		return []string{describeEndpoints, describeRouteTables}
	case proof.Guarded:
		return append(endpoint, describeVpcs, describeSecurityGroups)
	case proof.Available:
		if claim.Service != "" {
			endpoint = append(endpoint, describeConnections)
		}
		return endpoint
	case proof.Limited:
		return endpoint
	case proof.Permitted:
		return []string{describePermissions}
	case proof.Placed:
		return nil // asks the probers' own configuration, see verifier.allow
	case proof.Healthy:
		return []string{describeTargetHealth}
	}
	var actions []string
	if claim.Endpoint != "" {
		actions = append(actions, endpoint...)
	}
	if claim.Answer == proof.AnswerPublic {
		actions = append(actions, describeVpcs)
	}
	if claim.PrefixList != "" {
		actions = append(actions, describePrefixLists)
	}
	return actions
}
