package verifier

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

// Connections are described by the service's side alone, so only in the account
// that owns the service.
var _ = implement(proof.ConnectionLookup, func(ctx context.Context, c *clients, of proof.ServiceConnection) (string, error) {
	connection, err := one(ctx, ec2.NewDescribeVpcEndpointConnectionsPaginator(c.ec2, &ec2.DescribeVpcEndpointConnectionsInput{
		Filters: []types.Filter{filter("service-id", of.Service), filter("vpc-endpoint-id", of.Endpoint)},
	}), func(page *ec2.DescribeVpcEndpointConnectionsOutput) []types.VpcEndpointConnection {
		return page.VpcEndpointConnections
	})
	return string(connection.VpcEndpointState), err
})
