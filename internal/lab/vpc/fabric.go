package vpc

import (
	"net/netip"
	"provenendpoints/internal/lab/packet"

	"gvisor.dev/gvisor/pkg/buffer"
)

// maxHops ends packets that go round in circles between devices.
const maxHops = 32

// transit is a packet on its way through the network.
type transit struct {
	packet.Packet
	from *Host // where it entered the network
	hops int
	// through is the interface of the load balancer that passed the packet on with
	// the client's own address; nil for all others.
	through *eni
}

// send takes a packet from a host, finds its whole way, and delivers it. It
// runs on the sender's goroutine: there is no queue in the network.
func (n *Network) send(from *Host, view *buffer.View) {
	parsed, ok := packet.Parse(view)
	if !ok {
		view.Release()
		return
	}
	p := &transit{Packet: parsed, from: from}
	n.mu.RLock()
	to := from.egress(n, p)
	n.mu.RUnlock()
	if to == nil {
		view.Release()
		return
	}
	n.deliver(to, p)
}

// output takes a packet that leaves an interface.
func (n *Network) output(e *eni, p *transit) *Host {
	if p.hops++; p.hops > maxHops {
		return n.drop(p, e.ID, "too many hops")
	}
	v := e.vpc()
	if dst := p.Flow.Dst.Addr(); v.resolves(dst) {
		// Security groups do not see what goes to the resolver
		// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html).
		if !v.DNSSupport || n.resolver == nil {
			return n.drop(p, v.ID, "no resolver")
		}
		return n.tunnel(p, Path{VPC: v.ID, Source: p.Flow.Src.Addr()}, v.ID, e, n.resolver, n.resolver.Addr())
	}
	if !e.admits(n, p, egress) {
		return n.drop(p, e.ID, "security group, egress")
	}
	if next, ok := e.diverted(n, p); ok {
		return next
	}
	t := e.subnet.routes()
	r := t.lookup(p.Destination())
	switch {
	case r == nil:
		return n.drop(p, t.ID, "no route")
	case r.via == nil || !r.via.active(v):
		return n.drop(p, t.ID, "black hole")
	}
	return r.via.forward(n, e, p)
}

// input takes a packet that has come to an interface.
func (n *Network) input(e *eni, p *transit) *Host {
	if p.hops++; p.hops > maxHops {
		return n.drop(p, e.ID, "too many hops")
	}
	if !e.admits(n, p, ingress) {
		return n.drop(p, e.ID, "security group, ingress")
	}
	if e.device == nil {
		return n.drop(p, e.ID, "nobody there")
	}
	return e.device.receive(n, e, p)
}

// local takes a packet to the interface that has its destination address.
func (n *Network) local(v *vpc, p *transit) *Host {
	if e := v.byAddr[p.Destination()]; e != nil {
		return n.input(e, p)
	}
	return n.drop(p, v.ID, "no such address")
}

// A VPC is what its own local routes lead to.
func (v *vpc) forward(n *Network, _ *eni, p *transit) *Host { return n.local(v, p) }
func (v *vpc) active(*vpc) bool                             { return true }

// An interface can be the target of a route: its device gets what is not for it.
func (e *eni) forward(n *Network, _ *eni, p *transit) *Host { return n.input(e, p) }
func (e *eni) active(*vpc) bool                             { return e.device != nil }

// publicOwner is what has an address on the internet.
type publicOwner interface {
	fromInternet(n *Network, p *transit) *Host
}

// internet takes a packet that is outside of every VPC.
func (n *Network) internet(p *transit) *Host {
	dst := p.Destination()
	if p.hops++; p.hops > maxHops {
		return n.drop(p, "internet", "too many hops")
	}
	if insidePaths(dst) {
		return n.untunnel(p)
	}
	if owner := n.public[dst]; owner != nil {
		return owner.fromInternet(n, p)
	}
	return n.drop(p, "internet", "no such address")
}

// Drop tells of a packet that the network dropped, as silently as AWS does.
type Drop struct {
	// At is the id of the object that dropped it, or internet.
	At string
	// Reason is a short text.
	Reason string
	// Protocol is the IP protocol number. Source and Destination are those of
	// the packet where it was dropped.
	Protocol            int
	Source, Destination netip.AddrPort
}

// drop ends a packet's way.
func (n *Network) drop(p *transit, at, reason string) *Host {
	if n.onDrop != nil {
		n.onDrop(Drop{At: at, Reason: reason, Protocol: int(p.Flow.Protocol), Source: p.Flow.Src, Destination: p.Flow.Dst})
	}
	return nil
}
