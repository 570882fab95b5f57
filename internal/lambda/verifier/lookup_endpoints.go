package verifier

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

// A VPC may have no endpoint, so an empty answer is one. An answer that cannot be
// read is empty too: proof wants those that a claim declares among them.
var _ = implement(proof.VPCEndpointsLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.Endpoint, error) {
	if vpc == "" {
		return nil, errors.New("no VPC to look for endpoints in")
	}
	found, err := all(ctx, ec2.NewDescribeVpcEndpointsPaginator(c.ec2, &ec2.DescribeVpcEndpointsInput{Filters: []types.Filter{filter("vpc-id", vpc)}}),
		func(page *ec2.DescribeVpcEndpointsOutput) []types.VpcEndpoint { return page.VpcEndpoints })
	var endpoints []proof.Endpoint
	for _, endpoint := range found {
		endpoints = append(endpoints, endpointOf(endpoint))
	}
	return endpoints, err
})
