package verifier

import (
	"context"
	"errors"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// A VPC may have no endpoint, so an empty answer is one. An answer that cannot be
// read is empty too: proof wants those that a claim declares among them.
var _ = implement(proof.VPCEndpointsLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.Endpoint, error) {
	if vpc == "" {
		return nil, errors.New("no VPC to look for endpoints in")
	}
	found, err := api.DescribeVpcEndpoints.All(ctx, c.aws, api.DescribeVpcEndpointsInput{Filters: []api.Filter{api.Where("vpc-id", vpc)}})
	var endpoints []proof.Endpoint
	for _, endpoint := range found {
		endpoints = append(endpoints, endpointOf(endpoint))
	}
	return endpoints, err
})
