package verifier

import (
	"context"
	"errors"
	"slices"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// No filter finds the services of a load balancer: all of the account's are read
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServiceConfigurations.html).
var _ = implement(proof.ServicesLookup, func(ctx context.Context, c *clients, of proof.ServiceOnBalancer) ([]proof.EndpointService, error) {
	found, err := api.DescribeVpcEndpointServiceConfigurations.All(ctx, c.aws, api.DescribeVpcEndpointServiceConfigurationsInput{})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("asked for endpoint services, got 0")
	}
	var services []proof.EndpointService
	for _, service := range found {
		if service.ServiceState == "Deleted" {
			continue
		}
		if service.ServiceId == of.Service || slices.Contains(service.NetworkLoadBalancerArns, of.Balancer) {
			services = append(services, serviceOf(service))
		}
	}
	return services, nil
})

var _ = implement(proof.AccountServicesLookup, func(ctx context.Context, c *clients, _ string) ([]proof.EndpointService, error) {
	found, err := api.DescribeVpcEndpointServiceConfigurations.All(ctx, c.aws, api.DescribeVpcEndpointServiceConfigurationsInput{})
	if err != nil {
		return nil, err
	}
	var services []proof.EndpointService
	for _, service := range found {
		if service.ServiceState != "Deleted" {
			services = append(services, serviceOf(service))
		}
	}
	return services, nil
})

func serviceOf(service api.ServiceConfiguration) proof.EndpointService {
	return proof.EndpointService{
		ID:                 service.ServiceId,
		Balancers:          slices.Concat(service.NetworkLoadBalancerArns, service.GatewayLoadBalancerArns),
		AcceptanceRequired: service.AcceptanceRequired,
	}
}

// Connections are described by the service's side alone, so only in the account
// that owns the service. There may be none.
var _ = implement(proof.ConnectionsLookup, func(ctx context.Context, c *clients, service string) ([]proof.Connection, error) {
	if service == "" {
		return nil, errors.New("no endpoint service to look for connections with")
	}
	found, err := api.DescribeVpcEndpointConnections.All(ctx, c.aws, api.DescribeVpcEndpointConnectionsInput{
		Filters: []api.Filter{api.Where("service-id", service)},
	})
	if err != nil {
		return nil, err
	}
	var connections []proof.Connection
	for _, connection := range found {
		connections = append(connections, proof.Connection{
			Endpoint: connection.VpcEndpointId, Owner: connection.VpcEndpointOwner, State: connection.VpcEndpointState,
		})
	}
	return connections, nil
})
