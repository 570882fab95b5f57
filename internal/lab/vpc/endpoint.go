package vpc

import (
	"net/netip"
	"slices"
	"time"
)

// The types of VPC endpoints.
const (
	GatewayType   = "Gateway"
	InterfaceType = "Interface"
)

// Endpoint is a VPC endpoint (docs.aws.amazon.com/vpc/latest/privatelink/).
type Endpoint struct {
	// ID is vpce-…, VPC the id of its VPC, Service the name of its service
	// (com.amazonaws.REGION.s3, com.amazonaws.vpce.REGION.vpce-svc-…), Type is
	// Gateway or Interface. Required.
	ID, VPC, Service, Type string
	// Policy is the endpoint policy document, kept for whoever evaluates it.
	// Default: empty, which is full access.
	Policy string
	// RouteTables are the ids of the route tables of a gateway endpoint.
	RouteTables []string
	// Subnets, at most one in each zone, Groups and PrivateDNS are for an
	// interface endpoint. Default of Groups: the VPC's default group.
	Subnets, Groups []string
	PrivateDNS      bool
	// Principal is the ARN of who creates the endpoint, for the permissions of
	// endpoint services. Default: somebody whom no permission names.
	Principal string
	// State is available, pendingAcceptance or rejected. Interfaces are
	// the ids of the endpoint's interfaces, DNSNames its names as EC2's
	// DnsEntries has them. Set by the network.
	State      string
	Interfaces []string
	DNSNames   []DNSEntry
	Created    time.Time
}

// DNSEntry is a name of an endpoint with the id of its hosted zone.
type DNSEntry struct{ Name, HostedZone string }

// endpoint is an Endpoint in use.
type endpoint struct {
	Endpoint
	vpc     *vpc
	service *service
	offer   *endpointService // instead of service
	zones   []string         // origins of its private zones
	usable  time.Time        // from when on packets get through
}

// CreateEndpoint creates a VPC endpoint. A gateway endpoint adds a route from
// the service's prefix list to itself to each of its route tables.
func (n *Network) CreateEndpoint(c Endpoint) (Endpoint, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.endpoints.free(c.ID); err != nil {
		return c, err
	}
	v, err := n.vpcs.get(c.VPC)
	if err != nil {
		return c, err
	}
	c.Created, c.State = n.clock.Now(), stateAvailable
	switch c.Type {
	case GatewayType:
		return n.createGatewayEndpoint(v, c)
	case InterfaceType:
		return n.createInterfaceEndpoint(v, c)
	}
	return c, refuse("InvalidParameter", "The VPC endpoint type %s is not valid", c.Type)
}

// createGatewayEndpoint creates an endpoint that works by routes
// (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html).
func (n *Network) createGatewayEndpoint(v *vpc, c Endpoint) (Endpoint, error) {
	s := n.services[c.Service]
	if s == nil || s.PrefixList == nil {
		return c, refuse("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", c.Service)
	}
	if c.PrivateDNS || len(c.Subnets) > 0 || len(c.Groups) > 0 {
		return c, refuse("InvalidParameter", "Subnets, security groups and private DNS cannot be given for VPC endpoint type Gateway")
	}
	e := &endpoint{Endpoint: c, vpc: v, service: s, usable: n.usableAt(c)}
	e.RouteTables = nil
	for _, id := range c.RouteTables {
		if err := n.checkEndpointRoute(e, id); err != nil {
			return c, err
		}
	}
	for _, id := range c.RouteTables {
		if !slices.Contains(e.RouteTables, id) {
			n.addEndpointRoute(e, id)
		}
	}
	n.endpoints.byID[c.ID] = e
	return e.describe(), nil
}

// usableAt is from when on a new endpoint takes packets.
func (n *Network) usableAt(c Endpoint) time.Time {
	if n.faults.EndpointDelay == nil {
		return time.Time{}
	}
	return n.clock.Now().Add(n.faults.EndpointDelay(c))
}

func (n *Network) checkEndpointRoute(e *endpoint, table string) error {
	t, err := n.tables.get(table)
	if err != nil {
		return err
	}
	if t.vpc != e.vpc {
		return refuse("InvalidRouteTableId.NotFound", "The routeTable ID '%s' does not exist in VPC %s", table, e.VPC)
	}
	if t.find(e.service.PrefixList.ID) != nil {
		return refuse("RouteAlreadyExists", "route table %s already has a route with destination-prefix-list-id %s", table, e.service.PrefixList.ID)
	}
	return nil
}

func (n *Network) addEndpointRoute(e *endpoint, table string) {
	l := e.service.PrefixList
	n.tables.byID[table].add(&route{Destination: l.ID, Target: e.ID, list: n.lists.byID[l.ID], via: e})
	e.RouteTables = append(e.RouteTables, table)
}

func (n *Network) removeEndpointRoute(e *endpoint, table string) {
	if t := n.tables.byID[table]; t != nil {
		t.remove(e.service.PrefixList.ID)
	}
	e.RouteTables = slices.DeleteFunc(e.RouteTables, func(id string) bool { return id == table })
}

// ModifyGatewayEndpoint replaces the policy and the route tables of a gateway
// endpoint.
func (n *Network) ModifyGatewayEndpoint(id, policy string, routeTables []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.endpoints.get(id)
	if err != nil {
		return err
	}
	if e.Type != GatewayType {
		return refuse("InvalidParameter", "The VPC endpoint %s is not of type Gateway", id)
	}
	for _, t := range routeTables {
		if !slices.Contains(e.RouteTables, t) {
			if err := n.checkEndpointRoute(e, t); err != nil {
				return err
			}
		}
	}
	for _, t := range slices.Clone(e.RouteTables) {
		if !slices.Contains(routeTables, t) {
			n.removeEndpointRoute(e, t)
		}
	}
	for _, t := range routeTables {
		if !slices.Contains(e.RouteTables, t) {
			n.addEndpointRoute(e, t)
		}
	}
	e.Policy = policy
	return nil
}

// DeleteEndpoint deletes an endpoint with its routes or interfaces. What was
// connected through it is cut.
func (n *Network) DeleteEndpoint(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.endpoints.get(id)
	if err != nil {
		return err
	}
	for _, t := range slices.Clone(e.RouteTables) {
		n.removeEndpointRoute(e, t)
	}
	n.closeInterfaceEndpoint(e)
	delete(n.endpoints.byID, id)
	n.paths.forget(id)
	return nil
}

// Endpoint describes a VPC endpoint.
func (n *Network) Endpoint(id string) (Endpoint, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	e, err := n.endpoints.get(id)
	if err != nil {
		return Endpoint{}, err
	}
	return e.describe(), nil
}

// Endpoints describes all VPC endpoints in the order of their ids.
func (n *Network) Endpoints() []Endpoint {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return describeAll(n.endpoints.sorted(), (*endpoint).describe)
}

func (e *endpoint) describe() Endpoint {
	c := e.Endpoint
	c.RouteTables, c.Subnets, c.Groups = slices.Clone(c.RouteTables), slices.Clone(c.Subnets), slices.Clone(c.Groups)
	c.Interfaces, c.DNSNames = slices.Clone(c.Interfaces), slices.Clone(c.DNSNames)
	return c
}

func (e *endpoint) active(*vpc) bool { return true }

// forward takes a packet from an interface through a gateway endpoint. Only
// its own service is behind it, whatever else the prefix list may hold.
func (e *endpoint) forward(n *Network, from *eni, p *transit) *Host {
	dst := p.Destination()
	if !slices.Contains(e.service.Addrs, dst) {
		return n.drop(p, e.ID, "not an address of the service")
	}
	if !n.ready(e) {
		return n.drop(p, e.ID, "not usable yet")
	}
	return n.throughEndpoint(e, from, p, dst)
}

// ready says whether the endpoint takes packets yet.
func (n *Network) ready(e *endpoint) bool {
	return e.usable.IsZero() || !n.clock.Now().Before(e.usable)
}

// throughEndpoint takes a packet to the endpoint's AWS service.
func (n *Network) throughEndpoint(e *endpoint, at *eni, p *transit, served netip.Addr) *Host {
	is := Path{Endpoint: e.ID, VPC: e.VPC, Source: p.Flow.Src.Addr()}
	return n.tunnel(p, is, e.ID, at, e.service.host, served)
}
