package verifier

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

// No filter finds the services of a load balancer: all of the account's are read
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServiceConfigurations.html).
var _ = implement(proof.ServicesLookup, func(ctx context.Context, c *clients, of proof.ServiceOnBalancer) ([]proof.EndpointService, error) {
	found, err := all(ctx, ec2.NewDescribeVpcEndpointServiceConfigurationsPaginator(c.ec2, &ec2.DescribeVpcEndpointServiceConfigurationsInput{}),
		func(page *ec2.DescribeVpcEndpointServiceConfigurationsOutput) []types.ServiceConfiguration {
			return page.ServiceConfigurations
		})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("asked for endpoint services, got 0")
	}
	var services []proof.EndpointService
	for _, service := range found {
		if service.ServiceState == types.ServiceStateDeleted {
			continue
		}
		if aws.ToString(service.ServiceId) == of.Service || slices.Contains(service.NetworkLoadBalancerArns, of.Balancer) {
			services = append(services, serviceOf(service))
		}
	}
	return services, nil
})

func serviceOf(service types.ServiceConfiguration) proof.EndpointService {
	return proof.EndpointService{
		ID:                 aws.ToString(service.ServiceId),
		Balancers:          slices.Concat(service.NetworkLoadBalancerArns, service.GatewayLoadBalancerArns),
		AcceptanceRequired: aws.ToBool(service.AcceptanceRequired),
	}
}

// Connections are described by the service's side alone, so only in the account
// that owns the service. There may be none.
var _ = implement(proof.ConnectionsLookup, func(ctx context.Context, c *clients, service string) ([]proof.Connection, error) {
	if service == "" {
		return nil, errors.New("no endpoint service to look for connections with")
	}
	found, err := all(ctx, ec2.NewDescribeVpcEndpointConnectionsPaginator(c.ec2, &ec2.DescribeVpcEndpointConnectionsInput{
		Filters: []types.Filter{filter("service-id", service)},
	}), func(page *ec2.DescribeVpcEndpointConnectionsOutput) []types.VpcEndpointConnection {
		return page.VpcEndpointConnections
	})
	if err != nil {
		return nil, err
	}
	var connections []proof.Connection
	for _, connection := range found {
		connections = append(connections, proof.Connection{
			Endpoint: aws.ToString(connection.VpcEndpointId), Owner: aws.ToString(connection.VpcEndpointOwner), State: string(connection.VpcEndpointState),
		})
	}
	return connections, nil
})
