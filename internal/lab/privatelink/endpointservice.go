package privatelink

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// States of a connection between an endpoint and an endpoint service
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html).
const (
	statePending           = "pending"
	stateAvailable         = "available"
	statePendingAcceptance = "pendingAcceptance"
	stateRejected          = "rejected"
)

// EndpointService offers Network Load Balancers, or Gateway Load Balancers, to other VPCs
// (docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html,
// …/create-gateway-load-balancer-endpoint-service.html).
type EndpointService struct {
	// ID is vpce-svc-…, LoadBalancers the ids of its load balancers. Required.
	ID            string
	LoadBalancers []string
	// AcceptanceRequired holds each new connection back until it is accepted.
	AcceptanceRequired bool
	// Principals are the ARNs that may connect, or *; the root of
	// an account stands for all of it. The lab wants the owner's own account
	// named as well: AWS does not document that it need not be.
	Principals []string
	// Owner is the id of the account that owns the service. That account needs no permission
	// for a service of Gateway Load Balancers: AWS's own examples connect without one
	// (github.com/aws-samples/aws-gateway-load-balancer-code-samples, centralized architecture).
	// Default: nobody does without.
	Owner string
	// PrivateDNSName is a name that consumers' private DNS can take over, once its domain
	// is verified. Default: none.
	PrivateDNSName string
	// Name is com.amazonaws.vpce.REGION.ID; Zones are those in which all of its
	// consumers can have endpoints; Domain is what proves the private name. Set by the
	// network.
	Name   string
	Zones  []string
	Domain Domain
	// Type is Interface or GatewayLoadBalancer: that of its endpoints. Set by the network.
	Type string
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
	balancers   []*elb.Balancer
	connections map[string]*endpoint
	ready       time.Time // from when on endpoints can be created
}

// CreateEndpointService creates an endpoint service.
func (pl *PrivateLink) CreateEndpointService(c EndpointService) (EndpointService, error) {
	locked := pl.network.Lock()
	defer locked.Unlock()
	if err := pl.offers.CheckFree(c.ID); err != nil {
		return c, err
	}
	balancers, err := pl.balancersOf(c.LoadBalancers)
	if err != nil {
		return c, err
	}
	c.Name = "com.amazonaws.vpce." + pl.network.Region() + "." + c.ID
	if err := checkPrincipals(c.Principals); err != nil {
		return c, err
	}
	c.Domain = newDomain(c.ID, c.PrivateDNSName)
	c.LoadBalancers, c.Principals = slices.Clone(c.LoadBalancers), slices.Clone(c.Principals)
	s := &endpointService{EndpointService: c, connections: map[string]*endpoint{}}
	for _, b := range balancers {
		if !b.IsActive() && (pl.takes == nil || !pl.takes(c)) {
			// Inferred: API Gateway refuses such a load balancer in these words
			// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951), and
			// who creates endpoint services with other tools waits for active first.
			return c, awserr.New("InvalidParameter", "The load balancer %s is not in active state. If you recently created it, please wait for it to become active and try again.", b.ID)
		}
	}
	if pl.unready != nil {
		s.ready = pl.network.Clock().Now().Add(pl.unready(c))
	}
	s.use(balancers)
	pl.offers.ByID[c.ID] = s
	return s.describe(), nil
}

func (pl *PrivateLink) balancersOf(ids []string) ([]*elb.Balancer, error) {
	if len(ids) == 0 {
		return nil, awserr.New("MissingParameter", "The request must contain at least one load balancer")
	}
	var found []*elb.Balancer
	for _, id := range ids {
		b, err := pl.balancing.Balancer(id)
		if err != nil {
			return nil, err
		}
		if b.Type == elb.Application || len(found) > 0 && found[0].Type != b.Type {
			return nil, awserr.New("InvalidParameter", "The load balancer %s is not a Network or Gateway Load Balancer, or not of the type of the others", id)
		}
		found = append(found, b)
	}
	return found, nil
}

// use makes these the load balancers of the service.
func (s *endpointService) use(balancers []*elb.Balancer) {
	for _, b := range s.balancers {
		b.Release(s.ID)
	}
	for _, b := range balancers {
		b.Use(s.ID)
	}
	s.balancers = balancers
}

// ModifyEndpointService replaces the load balancers, the acceptance setting,
// the permissions and the private name of a service. Connections that exist
// stay as they are: a permission that is taken away holds for new ones
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html).
func (pl *PrivateLink) ModifyEndpointService(c EndpointService) error {
	locked := pl.network.Lock()
	defer locked.Unlock()
	s, err := pl.offers.Get(c.ID)
	if err != nil {
		return err
	}
	balancers, err := pl.balancersOf(c.LoadBalancers)
	if err != nil {
		return err
	}
	if balancers[0].Type != s.balancers[0].Type {
		return awserr.New("InvalidParameter", "The service %s cannot change from load balancers of type %s to %s", c.ID, s.balancers[0].Type, balancers[0].Type)
	}
	s.use(balancers)
	s.LoadBalancers = slices.Clone(c.LoadBalancers)
	if err := checkPrincipals(c.Principals); err != nil {
		return err
	}
	if c.PrivateDNSName != s.PrivateDNSName {
		s.PrivateDNSName, s.Domain = c.PrivateDNSName, newDomain(c.ID, c.PrivateDNSName)
	}
	s.AcceptanceRequired, s.Principals = c.AcceptanceRequired, slices.Clone(c.Principals)
	return nil
}

// DeleteEndpointService deletes a service with which no endpoint is connected
// (docs.aws.amazon.com/vpc/latest/privatelink/delete-endpoint-service.html).
func (pl *PrivateLink) DeleteEndpointService(id string) error {
	locked := pl.network.Lock()
	defer locked.Unlock()
	s, err := pl.offers.Get(id)
	if err != nil {
		return err
	}
	for _, e := range s.connections {
		if e.State != stateRejected {
			return awserr.New("ExistingVpcEndpointConnections", "Service %s has existing active VPC Endpoint connections!", id)
		}
	}
	for _, e := range s.connections {
		e.State = "failed"
	}
	s.use(nil)
	delete(pl.offers.ByID, id)
	return nil
}

// AcceptConnections lets the traffic of endpoints through.
func (pl *PrivateLink) AcceptConnections(service string, endpoints ...string) error {
	return pl.settle(service, stateAvailable, endpoints)
}

// RejectConnections stops the traffic of endpoints, also of those that had been
// accepted before.
func (pl *PrivateLink) RejectConnections(service string, endpoints ...string) error {
	return pl.settle(service, stateRejected, endpoints)
}

func (pl *PrivateLink) settle(service, state string, endpoints []string) error {
	locked := pl.network.Lock()
	defer locked.Unlock()
	s, err := pl.offers.Get(service)
	if err != nil {
		return err
	}
	for _, id := range endpoints {
		if s.connections[id] == nil {
			return awserr.New("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '%s' is not connected with %s", id, service)
		}
	}
	for _, id := range endpoints {
		e := s.connections[id]
		e.State = state
		pl.nameEndpoint(locked, e)
		if state != stateAvailable {
			for _, i := range e.Interfaces {
				s.cut(e.enis[i])
			}
		}
	}
	return nil
}

// Connections describes the connections with a service, in the order of the
// endpoints' ids.
func (pl *PrivateLink) Connections(service string) ([]Connection, error) {
	locked := pl.network.RLock()
	defer locked.Unlock()
	s, err := pl.offers.Get(service)
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
func (pl *PrivateLink) EndpointService(id string) (EndpointService, error) {
	locked := pl.network.RLock()
	defer locked.Unlock()
	s, err := pl.offers.Get(id)
	if err != nil {
		return EndpointService{}, err
	}
	return s.describe(), nil
}

// EndpointServices describes all endpoint services in the order of their ids.
func (pl *PrivateLink) EndpointServices() []EndpointService {
	locked := pl.network.RLock()
	defer locked.Unlock()
	return store.Describe(pl.offers, (*endpointService).describe)
}

func (s *endpointService) describe() EndpointService {
	c := s.EndpointService
	c.LoadBalancers, c.Principals = slices.Clone(c.LoadBalancers), slices.Clone(c.Principals)
	c.Zones, c.Type = s.zones(), s.endpointType()
	return c
}

// permits reports whether a principal may connect. An unknown one
// is permitted only by *.
func (s *endpointService) permits(principal string) bool {
	if s.Owner != "" && s.endpointType() == BalancerType && accountOf(principal) == s.Owner {
		return true
	}
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
		zones = append(zones, b.Zones()...)
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

// cut ends the flows that have arrived at an endpoint's interface.
func (s *endpointService) cut(at *vpc.ENI) {
	for _, b := range s.balancers {
		b.Cut(at)
	}
}

// receive takes a packet from an endpoint's interface to the load balancer's
// node in the same zone.
func (s *endpointService) receive(at *vpc.ENI, p *vpc.Transit) *vpc.Host {
	b, node := s.node(at.Zone)
	if node == nil {
		return p.Drop(s.ID, "no load balancer in the zone")
	}
	p.TellForwarded(s.ID, b.ID)
	return b.Forward(at, node, p)
}

// node is a load balancer's node in a zone; nil if there is none.
func (s *endpointService) node(zone string) (*elb.Balancer, *vpc.ENI) {
	for _, b := range s.balancers {
		if node := b.Node(zone); node != nil {
			return b, node
		}
	}
	return nil, nil
}

// endpointType is the type of the endpoints that lead to the service.
func (s *endpointService) endpointType() string {
	if len(s.balancers) > 0 && s.balancers[0].Type == elb.Gateway {
		return BalancerType
	}
	return InterfaceType
}

// principalForm is an account, a role or a user by its ARN, a service, or everybody
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#add-remove-permissions).
var principalForm = regexp.MustCompile(`^(\*|arn:[a-z-]+:iam::([0-9]{12}|\*):(root|role/.+|user/.+|\*)|arn:[a-z-]+:sts::[0-9]{12}:(assumed-role|federated-user)/.+|[a-z0-9.-]+\.amazonaws\.com)$`)

// checkPrincipals refuses principals that are no ARNs.
func checkPrincipals(principals []string) error {
	for _, p := range principals {
		if !principalForm.MatchString(p) {
			return awserr.New("InvalidPrincipal", "Invalid Principal: '%s'", p)
		}
	}
	return nil
}
