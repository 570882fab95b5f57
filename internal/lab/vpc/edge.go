package vpc

// A gateway route table decides where packets go that enter a VPC through a gateway
// (docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html). Without one they go
// to the interface that they are for.

// gatewayTables is the route table of each gateway that has one, by the gateway's id.
type gatewayTables map[string]*routeTable

// attachedTo is the VPC that an internet gateway or a virtual private gateway is attached to.
func (n *Network) attachedTo(gateway string) (*vpc, error) {
	var v *vpc
	if g := n.gateways.ByID[gateway]; g != nil {
		v = g.vpc
	} else if g := n.vpns.ByID[gateway]; g != nil {
		v = g.vpc
	} else {
		return nil, refuse("InvalidGatewayID.NotFound", "The gateway ID '%s' does not exist", gateway)
	}
	if v == nil {
		return nil, refuse("Gateway.NotAttached", "resource %s is not attached to any network", gateway)
	}
	return v, nil
}

// AssociateGateway makes a table apply to what enters its VPC through a gateway that has no
// table yet.
func (a RouteTables) AssociateGateway(table, gateway string) error {
	return a.associateGateway(table, gateway, false)
}

// ReplaceGatewayAssociation makes a table apply in place of the one that the gateway has.
func (a RouteTables) ReplaceGatewayAssociation(table, gateway string) error {
	return a.associateGateway(table, gateway, true)
}

func (a RouteTables) associateGateway(table, gateway string, replace bool) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.Get(table)
	if err != nil {
		return err
	}
	v, err := n.attachedTo(gateway)
	switch {
	case err != nil:
		return err
	case v != t.vpc:
		return refuse("InvalidParameterValue", "route table %s and network gateway %s belong to different networks", table, gateway)
	case n.edges[gateway] != nil && !replace:
		return refuse("Resource.AlreadyAssociated", "the specified association for route table %s conflicts with an existing association", table)
	}
	for _, g := range n.vpns.ByID {
		if g.propagates[table] != nil {
			return refuse("InvalidParameterValue", "route table %s has route propagation enabled: it cannot be associated with the gateway %s", table, gateway)
		}
	}
	for _, r := range t.routes {
		if err := t.checkEdge(r); err != nil {
			return err
		}
	}
	n.edges[gateway] = t
	return nil
}

// DisassociateGateway leaves a gateway without a route table.
func (a RouteTables) DisassociateGateway(gateway string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.edges, gateway)
	return nil
}

// gatewaysOf are the gateways that a table is associated with.
func (n *Network) gatewaysOf(t *routeTable) []string {
	var out []string
	for id, other := range n.edges {
		if other == t {
			out = append(out, id)
		}
	}
	return out
}

// checkEdge refuses a route that a gateway route table cannot have: the target is an
// interface, a Gateway Load Balancer endpoint or local, the destination is in the VPC.
func (t *routeTable) checkEdge(r *route) error {
	switch r.via.(type) {
	case *vpc, *ENI, middlebox, nil:
	default:
		return refuse("InvalidParameterValue", "The route target %s is not valid in the gateway route table %s", r.Target, t.ID)
	}
	if r.list != nil {
		return refuse("InvalidParameterValue", "The gateway route table %s cannot have the prefix list %s as a destination", t.ID, r.Destination)
	}
	for _, c := range t.vpc.blocks() {
		if c.Bits() <= r.cidr.Bits() && c.Contains(r.cidr.Addr()) {
			return nil
		}
	}
	return refuse("InvalidParameterValue", "The destination %s in the gateway route table %s is outside of the VPC", r.Destination, t.ID)
}

// enterBy passes on a packet that has entered the VPC of an interface through a gateway and
// is for that interface.
func (p *Transit) enterBy(gateway string, e *ENI) *Host {
	t := p.network.edges[gateway]
	if t == nil {
		return p.Input(e)
	}
	r := p.routeBy(t, e.VPC)
	if r == nil {
		return nil
	}
	at := entrance(r.via)
	if at == nil {
		return p.Input(e)
	}
	if _, appliance := r.via.(*ENI); appliance && p.network.gateways.ByID[gateway] != nil && !p.IsIPv6() && !at.PublicAddr.IsValid() {
		// …/gateway-route-tables.html, "Rules and considerations"
		return p.Drop(t.ID, "the interface has no public address")
	}
	return p.Input(at)
}
