package vpc

import (
	"provenendpoints/internal/lab/store"
)

// EgressOnlyInternetGateway lets interfaces open connections to the internet over IPv6,
// and admits none from there: it keeps state
// (docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html).
type EgressOnlyInternetGateway struct {
	// ID is eigw-…, VPC the id of its VPC. Required.
	ID, VPC string
}

type egressOnlyGateway struct {
	EgressOnlyInternetGateway
	vpc   *vpc
	flows flows
}

// EgressOnlyInternetGateways are the egress-only internet gateways of a network.
type EgressOnlyInternetGateways struct{ network *Network }

// EgressOnlyInternetGateways returns the network's egress-only internet gateways.
func (n *Network) EgressOnlyInternetGateways() EgressOnlyInternetGateways {
	return EgressOnlyInternetGateways{n}
}

// Create creates a gateway.
func (a EgressOnlyInternetGateways) Create(c EgressOnlyInternetGateway) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.egressOnly.CheckFree(c.ID); err != nil {
		return err
	}
	v, err := n.vpcs.Get(c.VPC)
	if err != nil {
		return err
	}
	g := &egressOnlyGateway{EgressOnlyInternetGateway: c, vpc: v}
	n.egressOnly.ByID[c.ID], n.targets[c.ID] = g, g
	return nil
}

// Delete deletes a gateway. Routes to it become black holes.
func (a EgressOnlyInternetGateways) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.egressOnly.Get(id)
	if err != nil {
		return err
	}
	g.vpc.blackhole(id)
	delete(n.egressOnly.ByID, id)
	delete(n.targets, id)
	return nil
}

// All describes all gateways in the order of their ids.
func (a EgressOnlyInternetGateways) All() []EgressOnlyInternetGateway {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.egressOnly, func(g *egressOnlyGateway) EgressOnlyInternetGateway { return g.EgressOnlyInternetGateway })
}

// Active implements [Hop].
func (g *egressOnlyGateway) Active(string) bool { return true }

// checkRoute implements routeTarget.
func (g *egressOnlyGateway) checkRoute(from *vpc) error {
	if g.vpc != from {
		return noTarget(from, g.ID)
	}
	return nil
}

// Forward implements [Hop]: it lets a packet out and remembers its flow.
func (g *egressOnlyGateway) Forward(e *ENI, p *Transit) *Host {
	if !p.IsIPv6() || !e.has(p.Source()) {
		return p.Drop(g.ID, "no IPv6 address")
	}
	if !p.Related {
		g.flows.add(p.network.clock.NowMonotonic(), p.Flow)
	}
	p.TellForwarded(g.ID, "")
	return p.internet()
}

// answersEgressOnly reports whether a packet from the internet answers one that left by
// an egress-only internet gateway of the interface's VPC.
func (n *Network) answersEgressOnly(e *ENI, p *Transit) bool {
	for _, g := range n.egressOnly.ByID {
		if g.vpc == e.vpc() && !p.Starts() && g.flows.known(n.clock.NowMonotonic(), p.Flow.Reverse()) {
			return true
		}
	}
	return false
}
