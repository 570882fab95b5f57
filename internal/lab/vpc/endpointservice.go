package vpc

import (
	"cmp"
	"provenendpoints/internal/lab/packet"
	"slices"
	"strings"
	"time"
)

// States of a connection between an endpoint and an endpoint service
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html).
const (
	stateAvailable         = "available"
	statePendingAcceptance = "pendingAcceptance"
	stateRejected          = "rejected"
)

// EndpointService offers what is behind Network Load Balancers to other VPCs
// (docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html).
type EndpointService struct {
	// ID is vpce-svc-…, LoadBalancers the ids of its load balancers. Required.
	ID            string
	LoadBalancers []string
	// AcceptanceRequired holds each new connection back until it is accepted.
	AcceptanceRequired bool
	// Principals are the ARNs of who may connect, * for everybody; the root of
	// an account stands for all of it. The lab wants the owner's own account
	// named as well: AWS does not document that it need not be.
	Principals []string
	// PrivateDNSName is a name that consumers' private DNS can take over; its
	// domain counts as verified. Default: none.
	PrivateDNSName string
	// Name is com.amazonaws.vpce.REGION.ID; Zones are those in which all of its
	// consumers can have endpoints. Set by the network.
	Name  string
	Zones []string
}

// Connection is an endpoint's connection as the endpoint service sees it.
type Connection struct {
	// Service and Endpoint are ids; State is available, pendingAcceptance or
	// rejected.
	Service, Endpoint, State string
	Created                  time.Time
}

// endpointService is an EndpointService in use.
type endpointService struct {
	EndpointService
	balancers   []*loadBalancer
	connections map[string]*endpoint
}

// CreateEndpointService creates an endpoint service.
func (n *Network) CreateEndpointService(c EndpointService) (EndpointService, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.offers.free(c.ID); err != nil {
		return c, err
	}
	balancers, err := n.balancersOf(c.LoadBalancers)
	if err != nil {
		return c, err
	}
	c.Name = "com.amazonaws.vpce." + n.region + "." + c.ID
	c.LoadBalancers, c.Principals = slices.Clone(c.LoadBalancers), slices.Clone(c.Principals)
	s := &endpointService{EndpointService: c, balancers: balancers, connections: map[string]*endpoint{}}
	n.offers.byID[c.ID] = s
	return s.describe(), nil
}

func (n *Network) balancersOf(ids []string) ([]*loadBalancer, error) {
	if len(ids) == 0 {
		return nil, refuse("MissingParameter", "The request must contain at least one load balancer")
	}
	var found []*loadBalancer
	for _, id := range ids {
		b, err := n.balancers.get(id)
		if err != nil {
			return nil, err
		}
		found = append(found, b)
	}
	return found, nil
}

// ModifyEndpointService replaces the load balancers, the acceptance setting,
// the permissions and the private name of a service. Connections that exist
// stay as they are: a permission that is taken away holds for new ones
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html).
func (n *Network) ModifyEndpointService(c EndpointService) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.offers.get(c.ID)
	if err != nil {
		return err
	}
	balancers, err := n.balancersOf(c.LoadBalancers)
	if err != nil {
		return err
	}
	s.balancers, s.LoadBalancers = balancers, slices.Clone(c.LoadBalancers)
	s.AcceptanceRequired, s.Principals, s.PrivateDNSName = c.AcceptanceRequired, slices.Clone(c.Principals), c.PrivateDNSName
	return nil
}

// DeleteEndpointService deletes a service with which no endpoint is connected
// (docs.aws.amazon.com/vpc/latest/privatelink/delete-endpoint-service.html).
func (n *Network) DeleteEndpointService(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.offers.get(id)
	if err != nil {
		return err
	}
	for _, e := range s.connections {
		if e.State != stateRejected {
			return refuse("ExistingVpcEndpointConnections", "Service %s has existing active VPC Endpoint connections!", id)
		}
	}
	for _, e := range s.connections {
		e.State = "failed"
	}
	delete(n.offers.byID, id)
	return nil
}

// AcceptConnections lets the traffic of endpoints through.
func (n *Network) AcceptConnections(service string, endpoints ...string) error {
	return n.settle(service, stateAvailable, endpoints)
}

// RejectConnections stops the traffic of endpoints, also of those that had been
// accepted before.
func (n *Network) RejectConnections(service string, endpoints ...string) error {
	return n.settle(service, stateRejected, endpoints)
}

func (n *Network) settle(service, state string, endpoints []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.offers.get(service)
	if err != nil {
		return err
	}
	for _, id := range endpoints {
		if s.connections[id] == nil {
			return refuse("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '%s' is not connected with %s", id, service)
		}
	}
	for _, id := range endpoints {
		e := s.connections[id]
		e.State = state
		n.nameEndpoint(e)
		if state != stateAvailable {
			for _, i := range e.Interfaces {
				s.cut(n.interfaces.byID[i])
			}
		}
	}
	return nil
}

// Connections describes the connections with a service, in the order of the
// endpoints' ids.
func (n *Network) Connections(service string) ([]Connection, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	s, err := n.offers.get(service)
	if err != nil {
		return nil, err
	}
	var out []Connection
	for _, e := range s.connections {
		out = append(out, Connection{Service: service, Endpoint: e.ID, State: e.State, Created: e.Created})
	}
	slices.SortFunc(out, func(a, b Connection) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	return out, nil
}

// EndpointService describes an endpoint service.
func (n *Network) EndpointService(id string) (EndpointService, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	s, err := n.offers.get(id)
	if err != nil {
		return EndpointService{}, err
	}
	return s.describe(), nil
}

// EndpointServices describes all endpoint services in the order of their ids.
func (n *Network) EndpointServices() []EndpointService {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return describeAll(n.offers.sorted(), (*endpointService).describe)
}

func (s *endpointService) describe() EndpointService {
	c := s.EndpointService
	c.LoadBalancers, c.Principals = slices.Clone(c.LoadBalancers), slices.Clone(c.Principals)
	c.Zones = s.zones()
	return c
}

// permits says whether a principal may connect. One that is not known is
// permitted only where everybody is.
func (s *endpointService) permits(principal string) bool {
	return slices.ContainsFunc(s.Principals, func(allowed string) bool {
		if allowed == "*" || allowed == principal {
			return true
		}
		return strings.HasSuffix(allowed, ":root") && accountOf(allowed) == accountOf(principal)
	})
}

// zones are those in which a load balancer of the service has a node. A
// consumer can have endpoints in these alone
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html,
// "Subnets and Availability Zones").
func (s *endpointService) zones() []string {
	var zones []string
	for _, b := range s.balancers {
		for _, node := range b.nodes {
			zones = append(zones, node.Zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

// connect adds a new endpoint and returns its state.
func (s *endpointService) connect(e *endpoint) string {
	s.connections[e.ID] = e
	if s.AcceptanceRequired {
		return statePendingAcceptance
	}
	return stateAvailable
}

// cut ends the flows that have come through an endpoint's interface.
func (s *endpointService) cut(at *eni) {
	for _, b := range s.balancers {
		b.table.drop(func(in arrival, _ packet.Flow, _ *eni) bool { return in.at == at })
	}
}

// receive takes a packet from an endpoint's interface to the load balancer's
// node in the same zone.
func (s *endpointService) receive(n *Network, at *eni, p *transit) *Host {
	for _, b := range s.balancers {
		for _, node := range b.nodes {
			if node.Zone == at.Zone {
				return b.balance(n, at, node, p)
			}
		}
	}
	return n.drop(p, s.ID, "no load balancer in the zone")
}
