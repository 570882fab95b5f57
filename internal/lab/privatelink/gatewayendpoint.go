package privatelink

import (
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// createGatewayEndpoint creates an endpoint that works by routes
// (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html).
func (pl *PrivateLink) createGatewayEndpoint(locked vpc.Locked, c Endpoint) (Endpoint, error) {
	s := pl.services[c.Service]
	if s == nil || s.PrefixList == nil {
		return c, awserr.New("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", c.Service)
	}
	if c.PrivateDNS || len(c.Subnets) > 0 || len(c.Groups) > 0 {
		return c, awserr.New("InvalidParameter", "Subnets, security groups and private DNS cannot be given for VPC endpoint type Gateway")
	}
	e := pl.newEndpoint(c)
	e.service, e.RouteTables = s, nil
	for _, id := range c.RouteTables {
		if err := pl.checkEndpointRoute(locked, e, id); err != nil {
			return c, err
		}
	}
	for _, id := range c.RouteTables {
		if !slices.Contains(e.RouteTables, id) {
			pl.addEndpointRoute(locked, e, id)
		}
	}
	pl.add(locked, e)
	return e.describe(), nil
}

func (pl *PrivateLink) checkEndpointRoute(locked vpc.Locked, e *endpoint, table string) error {
	t, err := locked.RouteTable(table)
	if err != nil {
		return err
	}
	if t.VPC != e.VPC {
		return awserr.New("InvalidRouteTableId.NotFound", "The routeTable ID '%s' does not exist in VPC %s", table, e.VPC)
	}
	if slices.ContainsFunc(t.Routes, func(r vpc.Route) bool { return r.Destination == e.service.PrefixList.ID }) {
		return awserr.New("RouteAlreadyExists", "route table %s already has a route with destination-prefix-list-id %s", table, e.service.PrefixList.ID)
	}
	return nil
}

func (pl *PrivateLink) addEndpointRoute(locked vpc.Locked, e *endpoint, table string) {
	locked.AddRoute(table, e.service.PrefixList.ID, e.ID, e)
	e.RouteTables = append(e.RouteTables, table)
}

func (pl *PrivateLink) removeEndpointRoute(locked vpc.Locked, e *endpoint, table string) {
	locked.RemoveRoute(table, e.service.PrefixList.ID)
	e.RouteTableDeleted(table)
}

// RouteTableDeleted implements vpc.ManagedHop.
func (e *endpoint) RouteTableDeleted(table string) {
	e.RouteTables = slices.DeleteFunc(e.RouteTables, func(id string) bool { return id == table })
}

// ModifyGatewayEndpoint replaces the policy and the route tables of a gateway
// endpoint.
func (pl *PrivateLink) ModifyGatewayEndpoint(id, policy string, routeTables []string) error {
	locked := pl.network.Lock()
	defer locked.Unlock()
	e, err := pl.endpoints.Get(id)
	if err != nil {
		return err
	}
	if e.Type != GatewayType {
		return awserr.New("InvalidParameter", "The VPC endpoint %s is not of type Gateway", id)
	}
	for _, t := range routeTables {
		if !slices.Contains(e.RouteTables, t) {
			if err := pl.checkEndpointRoute(locked, e, t); err != nil {
				return err
			}
		}
	}
	for _, t := range slices.Clone(e.RouteTables) {
		if !slices.Contains(routeTables, t) {
			pl.removeEndpointRoute(locked, e, t)
		}
	}
	for _, t := range routeTables {
		if !slices.Contains(e.RouteTables, t) {
			pl.addEndpointRoute(locked, e, t)
		}
	}
	e.Policy = policy
	return nil
}

// Active implements vpc.Hop.
func (e *endpoint) Active(string) bool { return true }

// Forward takes a packet from an interface through a gateway endpoint. It
// leads to its own service alone, whatever else the prefix list contains.
func (e *endpoint) Forward(from *vpc.ENI, p *vpc.Transit) *vpc.Host {
	dst := p.Destination()
	if !slices.Contains(e.service.Addrs, dst) {
		return p.Drop(e.ID, "not an address of the service")
	}
	if !e.ready() {
		return p.Drop(e.ID, "not usable yet")
	}
	is := vpc.Path{Endpoint: e.ID, VPC: e.VPC, Source: p.Flow.Src.Addr()}
	return p.Tunnel(is, e.ID, from, e.service.host, dst)
}
