package vpc

import (
	"gvisor.dev/gvisor/pkg/buffer"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/trace"
)

// maxHops ends packets that circle between devices.
const maxHops = 32

// Transit is a packet on its way through the network. Its methods pass it on;
// each returns the host where the packet ends, or nil if it is dropped. All of
// them run under the network's read lock.
type Transit struct {
	packet.Packet
	network *Network
	from    *Host // where it entered the network
	hops    int
	sent    packet.Flow // as the sender sent it
	dropped Drop        // the last one; valid if the packet ends nowhere
	// lost is the flow of the packet around this one, if it ended in that; see Carry.
	lost *packet.Flow
	// left is the subnet that it left last; nil if it comes from outside of every
	// VPC.
	left *subnet
	// through is the interface of the load balancer that passed the packet on with
	// the client's own address; nil for all others.
	through *ENI
	// trace is where its hops are told; nil where nobody wants to know.
	trace *telling
}

// A Hop is what a route leads to.
type Hop interface {
	// Forward takes a packet that leaves an interface by the route.
	Forward(from *ENI, p *Transit) *Host
	// Active reports whether the hop takes packets of a VPC. A route to an
	// inactive hop is a black hole.
	Active(vpc string) bool
}

// A Device sits behind an interface: a host, a gateway, an endpoint or a load
// balancer's node.
type Device interface {
	// Receive takes a packet that the interface's security groups have let in.
	Receive(at *ENI, p *Transit) *Host
}

// publicOwner is what has an address on the internet.
type publicOwner interface {
	fromInternet(p *Transit) *Host
}

// send takes a packet from a host, finds its whole way, and delivers it. It
// runs on the sender's goroutine: there is no queue in the network.
func (n *Network) send(from *Host, view *buffer.View) {
	parsed, ok := packet.Parse(view)
	if !ok {
		view.Release()
		return
	}
	p := &Transit{Packet: parsed, network: n, from: from, sent: parsed.Flow, trace: n.traced(from)}
	p.captureOutside(from)
	n.mu.RLock()
	to := from.egress(p)
	n.mu.RUnlock()
	n.report(p, to)
	if to == nil {
		view.Release()
		return
	}
	p.captureOutside(to)
	n.deliver(to, p)
}

// enter counts a hop. It reports false for a packet that has made too many.
func (p *Transit) enter() bool {
	p.hops++
	return p.hops <= maxHops
}

// Output passes on a packet that leaves an interface.
func (p *Transit) Output(e *ENI) *Host {
	if !p.enter() {
		return p.Drop(e.ID, "too many hops")
	}
	p.left = e.subnet
	p.capture(e)
	p.at(e)
	v := e.vpc()
	if v.resolves(p.Flow.Dst.Addr()) {
		return p.toResolver(e)
	}
	if !e.admits(p, egress) {
		return p.refusedBy(e, egress)
	}
	if to, ok := e.returned(p); ok {
		return to
	}
	r := p.routeBy(e.subnet.routes(), v.ID)
	if r == nil {
		return nil
	}
	if next := r.next(p); next == nil || next.subnet != e.subnet {
		if l := e.subnet.filter(); !l.admits(p, egress) {
			return p.deniedBy(l, egress)
		}
	}
	return r.via.Forward(e, p)
}

// routeBy finds the route of a table for the packet, from a VPC. Where there is none that is
// active, it drops the packet and returns nil.
func (p *Transit) routeBy(t *routeTable, vpc string) *route {
	r := t.lookup(p.Destination())
	switch {
	case r == nil:
		p.Drop(t.ID, "no route")
		return nil
	case r.via == nil || !r.via.Active(vpc):
		p.Drop(t.ID, "black hole")
		return nil
	}
	p.routedBy(t, r)
	return r
}

// next is the interface of the same network to which the route takes a packet, nil
// if it takes it elsewhere.
func (r *route) next(p *Transit) *ENI {
	if v, local := r.via.(*vpc); local {
		return v.byAddr[p.Destination()]
	}
	return entrance(r.via)
}

// Input passes on a packet that arrives at an interface.
func (p *Transit) Input(e *ENI) *Host {
	if !p.enter() {
		return p.Drop(e.ID, "too many hops")
	}
	p.arrives(e)
	if l := e.subnet.filter(); p.left != e.subnet && !l.admits(p, ingress) {
		return p.deniedBy(l, ingress)
	}
	if !e.admits(p, ingress) {
		return p.refusedBy(e, ingress)
	}
	return p.toDevice(e)
}

// toDevice hands the packet to the device behind an interface, past the security
// groups.
func (p *Transit) toDevice(e *ENI) *Host {
	p.capture(e)
	if e.device == nil {
		return p.Drop(e.ID, "no host")
	}
	if p.IsIPv6() && !takesIPv6(e.device) {
		return p.Drop(e.ID, "no IPv6") // a service's own interface has none
	}
	return e.device.Receive(e, p)
}

// takesIPv6 reports whether a device takes IPv6: hosts do, and what packets pass through.
func takesIPv6(d Device) bool {
	switch d.(type) {
	case *Host, Middlebox:
		return true
	}
	return false
}

// local passes the packet to the interface of a VPC that has its destination
// address.
func (p *Transit) local(v *vpc) *Host {
	if e := v.byAddr[p.Destination()]; e != nil {
		return p.Input(e)
	}
	return p.Drop(v.ID, "no such address")
}

// internet passes on a packet that is outside of every VPC.
func (p *Transit) internet() *Host {
	dst := p.Destination()
	p.left = nil
	p.outside()
	if !p.enter() {
		return p.Drop("internet", "too many hops")
	}
	if insidePaths(dst) {
		return p.untunnel()
	}
	if owner := p.network.public[dst]; owner != nil {
		return owner.fromInternet(p)
	}
	return p.Drop("internet", "no such address")
}

// PreserveClient marks a packet that the load balancer's node passes on with the
// client's own address. It leaves by the node, and security groups that name the
// load balancer's group admit it.
func (p *Transit) PreserveClient(node *ENI) { p.through = node }

// Drop ends the packet's way at the object with an id, and returns nil.
func (p *Transit) Drop(at, reason string) *Host {
	p.dropped = Drop{At: at, Reason: reason}
	if p.trace != nil {
		p.tell(trace.Hop{Action: trace.Dropped, Reason: reason}, at)
	}
	return nil
}
