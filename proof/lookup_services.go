package proof

import (
	"errors"
	"slices"
	"strings"
)

// ServicesLookup describes an endpoint service and all others of the account that
// lead to the same load balancer.
var ServicesLookup = newLookup[ServiceOnBalancer, []EndpointService]("endpoint services", AnyResource, "ec2:DescribeVpcEndpointServiceConfigurations")

// AccountServicesLookup describes all endpoint services that the account has in the Region, for
// a VPC by its id. There may be none. Those of other accounts on load balancers of theirs
// in a shared VPC are not described to this one.
var AccountServicesLookup = newLookup[string, []EndpointService]("endpoint services of the account", AnyResource, "ec2:DescribeVpcEndpointServiceConfigurations")

// ConnectionsLookup describes all connections with an endpoint service, by its id.
var ConnectionsLookup = newLookup[string, []Connection]("connections", AnyResource, "ec2:DescribeVpcEndpointConnections")

// ServiceOnBalancer is the id of an endpoint service and the ARN of its load balancer.
type ServiceOnBalancer struct{ Service, Balancer string }

// EndpointService is an endpoint service as its owner sees it.
type EndpointService struct {
	ID string
	// Balancers are the ARNs of its load balancers.
	Balancers []string
	// AcceptanceRequired: the owner accepts each connection.
	AcceptanceRequired bool
}

// Connection is a connection of an endpoint with an endpoint service. Owner is the
// account of the endpoint.
type Connection struct{ Endpoint, Owner, State string }

// isOver reports whether the connection carries nothing and never will again. One
// that is being made, awaits acceptance or is being deleted is not over
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointConnections.html).
func (c Connection) isOver() bool {
	return slices.Contains([]string{"rejected", "deleted", "failed", "expired"}, strings.ToLower(c.State))
}

// services looks up the endpoint service and those beside it.
func (g *gatherer) services(service, balancer string) []EndpointService {
	return look(g, ServicesLookup, "the endpoint services of "+balancerName(balancer), ServiceOnBalancer{service, balancer}, func(services []EndpointService) error {
		if !slices.ContainsFunc(services, func(s EndpointService) bool { return s.ID == service }) {
			return errors.New(service + " was not described")
		}
		return nil
	})
}

// accountServices looks up the account's endpoint services.
func (g *gatherer) accountServices(vpcs ...string) []EndpointService {
	if len(vpcs) == 0 {
		return nil
	}
	return look(g, AccountServicesLookup, "the endpoint services of the account", vpcs[0], func(services []EndpointService) error {
		if slices.ContainsFunc(services, func(s EndpointService) bool { return s.ID == "" || len(s.Balancers) == 0 }) {
			return errors.New("one was described without its id or its load balancers")
		}
		return nil
	})
}

// connections looks up all connections with the service. There may be none.
func (g *gatherer) connections(service string) []Connection {
	return look(g, ConnectionsLookup, "the connections with "+service, service, func(connections []Connection) error {
		if slices.ContainsFunc(connections, func(c Connection) bool { return c.Endpoint == "" || c.State == "" }) {
			return errors.New("one was described without its endpoint or state")
		}
		return nil
	})
}
