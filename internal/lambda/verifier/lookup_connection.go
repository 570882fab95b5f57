package verifier

import (
	"context"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// Connections are described by the service's side alone, so only in the account
// that owns the service.
var _ = implement(proof.ConnectionLookup, func(ctx context.Context, c *clients, of proof.ServiceConnection) (string, error) {
	connection, err := api.DescribeVpcEndpointConnections.One(ctx, c.aws, api.DescribeVpcEndpointConnectionsInput{
		Filters: []api.Filter{api.Where("service-id", of.Service), api.Where("vpc-endpoint-id", of.Endpoint)},
	})
	return connection.VpcEndpointState, err
})
