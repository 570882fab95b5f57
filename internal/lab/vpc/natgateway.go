package vpc

import (
	"net/netip"
	"time"

	"provenendpoints/internal/lab/nat"
	"provenendpoints/internal/lab/store"
)

// NatGateway lets interfaces without a public address open connections to the
// internet, and admits none from there. It sends from its own interface, by
// the routes of its own subnet
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html).
type NatGateway struct {
	// ID is nat-…, Subnet the id of its (public) subnet. Required.
	ID, Subnet string
	// PublicAddr is its public address. Default: one of the Region's.
	PublicAddr netip.Addr
	// Interface is the id of its interface. Default: made from ID.
	Interface string
	// PrivateAddr is its private address. Default: a free one of the subnet.
	PrivateAddr netip.Addr
	// Available is when it is available. Until then it is pending and takes no packets.
	// Default: at once.
	Available time.Time
}

// idleNAT is how long a NAT gateway remembers an idle flow
// (docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html).
const idleNAT = 350 * time.Second

// Translations is a table of translated flows between interfaces, and Arrival a
// flow that arrives at one.
type (
	Translations = nat.Table[*ENI]
	Arrival      = nat.Arrival[*ENI]
)

type natGateway struct {
	NatGateway
	at    *ENI
	table *Translations
}

// NatGateways are the NAT gateways of a network.
type NatGateways struct{ network *Network }

// NatGateways returns the network's NAT gateways.
func (n *Network) NatGateways() NatGateways { return NatGateways{n} }

// Create creates a public NAT gateway.
func (a NatGateways) Create(c NatGateway) (NatGateway, error) {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.nats.CheckFree(c.ID); err != nil {
		return c, err
	}
	s, err := n.subnets.Get(c.Subnet)
	if err != nil {
		return c, err
	}
	if s.vpc.gateway == nil {
		return c, refuse("Gateway.NotAttached", "Network %s has no Internet gateway attached", s.VPC)
	}
	if c.Interface == "" {
		c.Interface = "eni-" + c.ID
	}
	g := &natGateway{table: nat.NewTable[*ENI](n.clock, idleNAT)}
	g.at, err = n.addInterface(Interface{
		ID: c.Interface, Subnet: c.Subnet, PrivateAddr: c.PrivateAddr, PublicAddr: c.PublicAddr, Public: true,
		Description: "Interface for NAT Gateway " + c.ID, Type: "nat_gateway", Managed: true,
	}, g)
	if err != nil {
		return c, err
	}
	c.PublicAddr, c.PrivateAddr = g.at.PublicAddr, g.at.PrivateAddr
	g.NatGateway = c
	n.nats.ByID[c.ID], n.targets[c.ID] = g, g
	return c, nil
}

// Delete deletes a NAT gateway. Routes to it become black holes.
func (a NatGateways) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.nats.Get(id)
	if err != nil {
		return err
	}
	g.at.vpc().blackhole(id)
	n.removeInterface(g.at)
	delete(n.nats.ByID, id)
	delete(n.targets, id)
	return nil
}

// All describes all NAT gateways in the order of their ids.
func (a NatGateways) All() []NatGateway {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.nats, func(g *natGateway) NatGateway { return g.NatGateway })
}

func (g *natGateway) Active(string) bool { return true }

// checkRoute implements routeTarget.
func (g *natGateway) checkRoute(from *vpc) error {
	if g.at.vpc() != from {
		return noTarget(from, g.ID)
	}
	return nil
}

// Forward takes a packet from a route.
func (g *natGateway) Forward(_ *ENI, p *Transit) *Host { return p.Input(g.at) }

// Receive takes packets from both sides. Those of known flows are translated. A
// new flow is opened only by a packet from a route, not by one that is addressed to
// the gateway itself.
func (g *natGateway) Receive(at *ENI, p *Transit) *Host {
	if p.network.clock.Now().Before(g.Available) {
		return p.Drop(g.ID, "pending")
	}
	if to, _, ok := g.table.Lookup(Arrival{At: at, Flow: p.Flow}); ok {
		p.Translate(to)
		p.TellTranslated(g.ID)
		return p.Output(at)
	}
	if p.Destination() == at.PrivateAddr || !masquerade(g.table, at, at, p) {
		return p.Drop(g.ID, "unknown flow")
	}
	p.TellTranslated(g.ID)
	return p.Output(at)
}
