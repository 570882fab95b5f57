package proof

import "slices"

// WithFormer returns the claims of an update, in which the endpoints that the
// claims before it were about may still be there. CloudFormation replaces an
// endpoint by making the new one first, and deletes the old one when everything
// else is in place, the proof included
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html).
// The old one was proved. If it stays, the next proof refutes.
func WithFormer(claims, former []Claim) []Claim {
	var endpoints []string
	for _, claim := range former {
		if claim.Endpoint != "" && !slices.Contains(endpoints, claim.Endpoint) {
			endpoints = append(endpoints, claim.Endpoint)
		}
	}
	result := slices.Clone(claims)
	for i, claim := range result {
		if claim.Kind != Accounted && claim.Kind != Sole && claim.Kind != Connected {
			continue
		}
		for _, endpoint := range endpoints {
			if endpoint != claim.Endpoint && !slices.Contains(result[i].Endpoints, endpoint) {
				result[i].Endpoints = append(slices.Clip(result[i].Endpoints), endpoint)
			}
		}
	}
	return result
}
