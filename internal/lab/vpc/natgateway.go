package vpc

import (
	"net/netip"
	"provenendpoints/internal/lab/packet"
	"time"
)

// NatGateway lets interfaces without a public address open connections to the
// internet, and nobody open one to them. It sends from its own interface, by
// the routes of its own subnet
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html).
type NatGateway struct {
	// ID is nat-…, Subnet the id of the (public) subnet that it lies in. Required.
	ID, Subnet string
	// PublicAddr is its public address. Default: one of the Region's.
	PublicAddr netip.Addr
	// Interface is the id of its interface. Default: made from ID.
	Interface string
	// PrivateAddr is its private address. Default: a free one of the subnet.
	PrivateAddr netip.Addr
}

// idleNAT is how long a NAT gateway remembers an idle flow
// (docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html).
const idleNAT = 350 * time.Second

type natGateway struct {
	NatGateway
	at    *eni
	table *translator
}

// CreateNatGateway creates a public NAT gateway.
func (n *Network) CreateNatGateway(c NatGateway) (NatGateway, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.nats.free(c.ID); err != nil {
		return c, err
	}
	s, err := n.subnets.get(c.Subnet)
	if err != nil {
		return c, err
	}
	if s.vpc.gateway == nil {
		return c, refuse("Gateway.NotAttached", "Network %s has no Internet gateway attached", s.VPC)
	}
	if c.Interface == "" {
		c.Interface = "eni-" + c.ID
	}
	g := &natGateway{table: newTranslator(n.clock, idleNAT)}
	g.at, err = n.addInterface(Interface{
		ID: c.Interface, Subnet: c.Subnet, PrivateAddr: c.PrivateAddr, PublicAddr: c.PublicAddr, Public: true,
		Description: "Interface for NAT Gateway " + c.ID, Type: "nat_gateway", Managed: true,
	}, g)
	if err != nil {
		return c, err
	}
	c.PublicAddr, c.PrivateAddr = g.at.PublicAddr, g.at.PrivateAddr
	g.NatGateway = c
	n.nats.byID[c.ID] = g
	return c, nil
}

// DeleteNatGateway deletes a NAT gateway. Routes to it become black holes.
func (n *Network) DeleteNatGateway(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.nats.get(id)
	if err != nil {
		return err
	}
	g.at.vpc().blackhole(id)
	n.removeInterface(g.at)
	delete(n.nats.byID, id)
	return nil
}

// NatGateways describes all NAT gateways in the order of their ids.
func (n *Network) NatGateways() []NatGateway {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return describeAll(n.nats.sorted(), func(g *natGateway) NatGateway { return g.NatGateway })
}

func (g *natGateway) active(*vpc) bool { return true }

// forward takes a packet that a route has led here.
func (g *natGateway) forward(n *Network, _ *eni, p *transit) *Host { return n.input(g.at, p) }

// receive takes packets from both sides: those of known flows are translated,
// new ones only if they were led here and not sent to the gateway itself.
func (g *natGateway) receive(n *Network, at *eni, p *transit) *Host {
	in := arrival{at: at, flow: p.Flow}
	if to, _, ok := g.table.lookup(in); ok {
		p.Translate(to)
		return n.output(at, p)
	}
	if p.Related || p.Destination() == at.PrivateAddr {
		return n.drop(p, g.ID, "unknown flow")
	}
	to := p.Flow
	if to.Protocol == packet.ICMP && to.Src.Port() == 0 {
		return n.drop(p, g.ID, "unknown flow")
	}
	to.Src = netip.AddrPortFrom(at.PrivateAddr, to.Src.Port())
	to, ok := g.table.add(in, to, at, to.Src.Port() != 0)
	if !ok {
		return n.drop(p, g.ID, "no free port")
	}
	p.Translate(to)
	return n.output(at, p)
}
