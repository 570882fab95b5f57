package vpc

import (
	"maps"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/store"
)

// VPNGateway is a virtual private gateway: the VPC's side of VPN connections, whose
// other side is a customer's own network
// (docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html).
type VPNGateway struct {
	// ID is vgw-…. Required.
	ID string
	// VPC is the id of the VPC that it is attached to, if any. Set by the network.
	VPC string
}

// VPNConnection is a VPN connection with static routes. Its tunnels are up.
type VPNConnection struct {
	// ID is vpn-…, Gateway the id of its virtual private gateway. Required.
	ID, Gateway string
	// Routes are the blocks of the customer's network. Set by the network.
	Routes []netip.Prefix
}

type vpnGateway struct {
	ID          string
	vpc         *vpc // attached to; may be nil
	connections map[string]*VPNConnection
	propagates  map[string]*routeTable // to which its routes are propagated
	far         map[netip.Addr]*Host   // hosts of the customer's network
}

// VPNGateways are the virtual private gateways of a network.
type VPNGateways struct{ network *Network }

// VPNGateways returns the network's virtual private gateways.
func (n *Network) VPNGateways() VPNGateways { return VPNGateways{n} }

// Create creates a gateway that is attached to nothing.
func (a VPNGateways) Create(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.vpns.CheckFree(id); err != nil {
		return err
	}
	g := &vpnGateway{ID: id, connections: map[string]*VPNConnection{}, propagates: map[string]*routeTable{}, far: map[netip.Addr]*Host{}}
	n.vpns.ByID[id], n.targets[id] = g, g
	return nil
}

// Attach attaches a gateway to a VPC; each can have one of the other.
func (a VPNGateways) Attach(id, vpcID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.vpns.Get(id)
	if err != nil {
		return err
	}
	v, err := n.vpcs.Get(vpcID)
	if err != nil {
		return err
	}
	if g.vpc != nil {
		return refuse("VpnGatewayAttachmentLimitExceeded", "The vpnGateway ID '%s' is attached to %s already", id, g.vpc.ID)
	}
	for _, other := range n.vpns.ByID {
		if other.vpc == v {
			return refuse("InvalidVpcState", "Network %s already has a vpn gateway attached", vpcID)
		}
	}
	g.vpc = v
	v.lead(id, g)
	return nil
}

// Detach detaches a gateway. Routes to it become black holes, and what it propagates
// goes.
func (a VPNGateways) Detach(id, vpcID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.vpns.Get(id)
	if err != nil {
		return err
	}
	if g.vpc == nil || g.vpc.ID != vpcID {
		return refuse("Gateway.NotAttached", "resource %s is not attached to network %s", id, vpcID)
	}
	clear(g.propagates)
	delete(n.edges, id)
	g.propagate()
	g.vpc.blackhole(id)
	g.vpc = nil
	return nil
}

// Delete deletes a gateway that is attached to nothing and has no connections.
func (a VPNGateways) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.vpns.Get(id)
	if err != nil {
		return err
	}
	if g.vpc != nil {
		return dependency("vpnGateway", id, g.vpc.ID)
	}
	for user := range g.connections {
		return dependency("vpnGateway", id, user)
	}
	delete(n.vpns.ByID, id)
	delete(n.targets, id)
	return nil
}

// Connect creates a VPN connection.
func (a VPNGateways) Connect(c VPNConnection) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.vpns.Get(c.Gateway)
	if err != nil {
		return err
	}
	if g.connections[c.ID] != nil {
		return refuse("InvalidParameterValue", "The vpnConnection ID '%s' already exists", c.ID)
	}
	c.Routes = nil
	g.connections[c.ID] = &c
	return nil
}

// Disconnect deletes a VPN connection with its routes.
func (a VPNGateways) Disconnect(id string) error {
	return a.connection(id, func(g *vpnGateway, _ *VPNConnection) error {
		delete(g.connections, id)
		return nil
	})
}

// AddRoute says that a block is in the customer's network, RemoveRoute that it is not.
func (a VPNGateways) AddRoute(connection string, block netip.Prefix) error {
	return a.connection(connection, func(_ *vpnGateway, c *VPNConnection) error {
		if slices.Contains(c.Routes, block) {
			return refuse("InvalidParameterValue", "The route %s exists already on %s", block, connection)
		}
		c.Routes = append(c.Routes, block)
		return nil
	})
}

// RemoveRoute ends what AddRoute has said.
func (a VPNGateways) RemoveRoute(connection string, block netip.Prefix) error {
	return a.connection(connection, func(_ *vpnGateway, c *VPNConnection) error {
		c.Routes = slices.DeleteFunc(c.Routes, func(b netip.Prefix) bool { return b == block })
		return nil
	})
}

// connection changes a connection, and what its gateway propagates.
func (a VPNGateways) connection(id string, change func(*vpnGateway, *VPNConnection) error) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, g := range n.vpns.ByID {
		if c := g.connections[id]; c != nil {
			err := change(g, c)
			g.propagate()
			return err
		}
	}
	return refuse("InvalidVpnConnectionID.NotFound", "The vpnConnection ID '%s' does not exist", id)
}

// Propagate turns the propagation of a gateway's routes to a route table on or off
// (docs.aws.amazon.com/vpn/latest/s2svpn/SetUpVPNConnections.html, "route propagation").
func (a VPNGateways) Propagate(id, table string, on bool) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.vpns.Get(id)
	if err != nil {
		return err
	}
	t, err := n.tables.Get(table)
	if err != nil {
		return err
	}
	if g.vpc == nil || g.vpc != t.vpc {
		return refuse("Gateway.NotAttached", "resource %s is not attached to network %s", id, t.vpc.ID)
	}
	if on {
		g.propagates[table] = t
	} else {
		delete(g.propagates, table)
	}
	g.propagate()
	return nil
}

// propagate makes the route tables of the VPC have exactly the gateway's routes that are
// propagated to them. A static route to the same destination stays in place of one
// (docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
func (g *vpnGateway) propagate() {
	if g.vpc == nil {
		return
	}
	blocks := g.blocks()
	for id, t := range g.vpc.tables {
		t.routes = slices.DeleteFunc(t.routes, func(r *route) bool { return r.propagated && r.Target == g.ID })
		if g.propagates[id] == nil {
			continue
		}
		for _, block := range blocks {
			if t.find(block.String()) == nil {
				t.add(&route{Destination: block.String(), Target: g.ID, cidr: block, via: g, propagated: true})
			}
		}
	}
}

// blocks are the blocks of the customer's network, each once.
func (g *vpnGateway) blocks() []netip.Prefix {
	set := map[netip.Prefix]bool{}
	for _, c := range g.connections {
		for _, block := range c.Routes {
			set[block] = true
		}
	}
	return slices.SortedFunc(maps.Keys(set), netip.Prefix.Compare)
}

// CustomerHost puts a host into the customer's network behind a gateway.
func (n *Network) CustomerHost(gateway, name string, addr netip.Addr) (*Host, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.vpns.Get(gateway)
	if err != nil {
		return nil, err
	}
	if g.far[addr] != nil {
		return nil, refuse("InvalidIPAddress.InUse", "Address %s is in use.", addr)
	}
	h, err := n.newCustomerHost(name, addr, g)
	if err == nil {
		g.far[addr] = h
	}
	return h, err
}

// All describes all gateways in the order of their ids, Connections all connections.
func (a VPNGateways) All() []VPNGateway {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.vpns, func(g *vpnGateway) VPNGateway {
		c := VPNGateway{ID: g.ID}
		if g.vpc != nil {
			c.VPC = g.vpc.ID
		}
		return c
	})
}

// Connections describes all VPN connections in the order of their ids.
func (a VPNGateways) Connections() []VPNConnection {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	var out []VPNConnection
	for _, g := range n.vpns.ByID {
		for _, c := range g.connections {
			copied := *c
			copied.Routes = slices.Clone(c.Routes)
			out = append(out, copied)
		}
	}
	slices.SortFunc(out, func(a, b VPNConnection) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return out
}

// Active implements [Hop].
func (g *vpnGateway) Active(vpc string) bool { return g.vpc != nil && g.vpc.ID == vpc }

// checkRoute implements routeTarget.
func (g *vpnGateway) checkRoute(from *vpc) error {
	if g.vpc != from {
		return refuse("InvalidParameterValue", "route table and network gateway %s belong to different networks", g.ID)
	}
	return nil
}

// Forward implements [Hop]: it passes a packet to the customer's network, if a
// connection has a route there.
func (g *vpnGateway) Forward(_ *ENI, p *Transit) *Host {
	dst := p.Destination()
	if !slices.ContainsFunc(g.blocks(), func(b netip.Prefix) bool { return b.Contains(dst) }) {
		return p.Drop(g.ID, "no VPN connection")
	}
	if h := g.far[dst]; h != nil {
		p.TellForwarded(g.ID, h.Name())
		return h
	}
	return p.Drop(g.ID, "no such address")
}

// fromCustomer passes a packet of the customer's network to the VPC, and to nothing
// beyond: the VPC's internet gateway, endpoints and peerings are not for it
// (docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html,
// edge to edge routing).
func (g *vpnGateway) fromCustomer(p *Transit) *Host {
	src := p.Source()
	switch {
	case g.vpc == nil:
		return p.Drop(g.ID, "not attached")
	case !slices.ContainsFunc(g.blocks(), func(b netip.Prefix) bool { return b.Contains(src) }):
		return p.Drop(g.ID, "no VPN connection")
	}
	p.TellForwarded(g.ID, g.vpc.ID)
	if e := g.vpc.byAddr[p.Destination()]; e != nil {
		return p.enterBy(g.ID, e)
	}
	return p.local(g.vpc)
}
