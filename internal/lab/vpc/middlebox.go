package vpc

import (
	"provenendpoints/internal/lab/packet"
)

// A Middlebox is what a service puts behind an interface of its own to be the target of
// routes: packets that are for others come to it, and go on from there by the routes of its
// subnet (docs.aws.amazon.com/vpc/latest/privatelink/create-gateway-load-balancer-endpoint-service.html,
// docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html).
type Middlebox interface {
	Device
	// Entrance is the interface that it is behind.
	Entrance() *ENI
	// Takes reports whether it takes packets at all. Routes to it are black holes until then.
	Takes() bool
}

// middlebox is a Middlebox as the target of routes.
type middlebox struct{ Middlebox }

// AddMiddlebox makes a middlebox a target of routes, by an id.
func (l Locked) AddMiddlebox(id string, m Middlebox) { l.n.targets[id] = middlebox{m} }

// RemoveMiddlebox ends what AddMiddlebox has begun. Routes to it become black holes.
func (l Locked) RemoveMiddlebox(id string) {
	if m, ok := l.n.targets[id].(middlebox); ok {
		m.Entrance().vpc().blackhole(id)
		delete(l.n.targets, id)
	}
}

// Forward implements [Hop].
func (m middlebox) Forward(_ *ENI, p *Transit) *Host { return p.Input(m.Entrance()) }

// Active implements [Hop].
func (m middlebox) Active(string) bool { return m.Takes() }

// checkRoute implements routeTarget.
func (m middlebox) checkRoute(from *vpc) error {
	if m.Entrance().vpc() != from {
		return noTarget(from, m.Entrance().ID)
	}
	return nil
}

// entrance is the interface in the same VPC to which a hop takes a packet; nil if it takes
// it elsewhere, or does not say.
func entrance(h Hop) *ENI {
	switch via := h.(type) {
	case *ENI:
		return via
	case *natGateway:
		return via.at
	case middlebox:
		return via.Entrance()
	}
	return nil
}

// Carry sends a packet that a service makes around this one from an interface of its own,
// and returns the host that gets it; nil if it is dropped on its way, and then this one is
// as well. The packet itself stays where it is.
func (p *Transit) Carry(from *ENI, around packet.Packet) *Host {
	outer := &Transit{Packet: around, network: p.network, from: p.from, hops: p.hops, sent: around.Flow, trace: p.trace}
	to := outer.Output(from)
	p.hops = outer.hops
	if to == nil {
		p.dropped, p.lost = outer.dropped, &outer.Flow
	}
	return to
}
