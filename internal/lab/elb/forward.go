package elb

import (
	"net/netip"
	"time"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// idleBalanced is how long a load balancer remembers an idle flow
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html,
// "Connection idle timeout").
const idleBalanced = 350 * time.Second

// Ports of a node's own address: the first ones are for its health checks, the
// others for the flows that it passes on under its own address.
const (
	firstProberPort = 1024
	lastProberPort  = 8191
)

// Receive implements vpc.Device. The packet is from a client, an answer of a
// target, or an answer to a health check.
func (b *Balancer) Receive(at *vpc.ENI, p *vpc.Transit) *vpc.Host {
	if p.Destination() != at.PrivateAddr {
		return p.Drop(at.ID, "source/destination check")
	}
	return b.Forward(at, at, p)
}

// Forward passes on a packet that has arrived at an interface: the node itself,
// or that of an endpoint whose service uses the node.
func (b *Balancer) Forward(at, node *vpc.ENI, p *vpc.Transit) *vpc.Host {
	if !b.IsActive() {
		return p.Drop(b.ID, "provisioning")
	}
	switch b.Type {
	case Application:
		return b.probers[node] // which takes the connections itself
	case Gateway:
		return b.toProber(at, node, p)
	}
	if b.terminates(p) {
		return b.terminate(at, node, p)
	}
	in := vpc.Arrival{At: at, Flow: p.Flow}
	to, via, ok := b.table.Lookup(in)
	if !ok {
		if !p.Starts() && p.Flow.Protocol != packet.UDP {
			return b.stray(at, node, p)
		}
		var stop string
		to, via, stop = b.open(in, node, p)
		switch {
		case stop == noTarget && p.Reset():
			p.TellRefused(b.ID, stop)
			return p.Output(at)
		case stop != "":
			return p.Drop(b.ID, stop)
		}
	}
	if to.Src == p.Flow.Src {
		// The client's address is preserved: the packet still leaves by the node,
		// and groups that name the load balancer's group know it by that.
		p.PreserveClient(node)
		via = node
	}
	p.Translate(to)
	p.TellTranslated(b.ID)
	return p.Output(via)
}

const noTarget = "no target"

// open picks the target of a new flow. It returns the flow as the target sees
// it and the interface at which answers arrive; or the reason why there is none.
func (b *Balancer) open(in vpc.Arrival, node *vpc.ENI, p *vpc.Transit) (to packet.Flow, out *vpc.ENI, stop string) {
	l := b.on(p.Flow.Protocol, p.Flow.Dst.Port())
	if l == nil {
		return to, nil, "no listener"
	}
	linked := in.At != node
	if linked && !b.IgnoreRulesOnPrivateLink && !node.AdmitsNew(p) {
		// The rules see the client's own address
		// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
		return to, nil, "security group, ingress through PrivateLink"
	}
	t := b.pick(l.group(), node, p)
	if t == nil {
		return to, nil, noTarget
	}
	to, out = p.Flow, t.eni
	to.Dst = netip.AddrPortFrom(t.addr, uint16(t.Port))
	preserve := *l.group().PreserveClientIP && !linked
	if !preserve {
		to.Src, out = netip.AddrPortFrom(node.PrivateAddr, max(p.Flow.Src.Port(), lastProberPort+1)), node
	}
	if out == nil {
		return to, nil, "no such address"
	}
	made, ok := b.table.Add(in, to, out, !preserve)
	if !ok && preserve {
		// A flow of the same client and port has come to the target by another
		// node. The new one takes over; if the old one is still open, the target
		// answers to neither as it should, which is documented in the page on
		// target group attributes, "Client IP preservation".
		old := vpc.Arrival{At: out, Flow: to.Reverse()}
		b.table.Remove(func(known vpc.Arrival, _ packet.Flow, _ *vpc.ENI) bool { return known == old })
		made, ok = b.table.Add(in, to, out, false)
	}
	if !ok {
		return to, nil, "no free port"
	}
	return made, out, ""
}

// pick chooses among the healthy targets that a node may use by a hash over
// protocol, addresses, ports and the TCP sequence number
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html).
// If none is healthy, all of them are used (…/target-group-health.html).
func (b *Balancer) pick(g *targetGroup, node *vpc.ENI, p *vpc.Transit) *target {
	return choose(b.usable(g, node), flowHash(p))
}

// choose chooses among the healthy targets by a hash.
func choose(usable []*target, hash uint64) *target {
	healthy := make([]*target, 0, len(usable))
	for _, t := range usable {
		if t.state == StateHealthy {
			healthy = append(healthy, t)
		}
	}
	if len(healthy) == 0 {
		healthy = usable
	}
	if len(healthy) == 0 {
		return nil
	}
	return healthy[hash%uint64(len(healthy))]
}

// usable are the targets that a node may use: those of its zone, or all with
// cross-zone load balancing.
func (b *Balancer) usable(g *targetGroup, node *vpc.ENI) []*target {
	var usable []*target
	for _, t := range g.targets {
		if b.CrossZone || t.zone == node.Zone || t.zone == allZones {
			usable = append(usable, t)
		}
	}
	return usable
}

// healthyIn reports whether a node is in a healthy zone: each target group of the
// load balancer has a healthy target there or none at all anywhere
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func (b *Balancer) healthyIn(node *vpc.ENI) bool {
	for _, l := range b.listeners {
		for _, g := range l.groups {
			healthy := len(g.targets) == 0
			for _, t := range b.usable(g, node) {
				healthy = healthy || t.state == StateHealthy
			}
			if !healthy {
				return false
			}
		}
	}
	return true
}

// flowHash hashes what distinguishes a connection from others.
func flowHash(p *vpc.Transit) uint64 {
	h := uint64(14695981039346656037)
	mix := func(bytes ...byte) {
		for _, b := range bytes {
			h = (h ^ uint64(b)) * 1099511628211
		}
	}
	f := p.Flow
	src, dst, seq := f.Src.Addr().As4(), f.Dst.Addr().As4(), p.SequenceNumber()
	mix(f.Protocol)
	mix(src[:]...)
	mix(dst[:]...)
	mix(byte(f.Src.Port()>>8), byte(f.Src.Port()), byte(f.Dst.Port()>>8), byte(f.Dst.Port()))
	mix(byte(seq>>24), byte(seq>>16), byte(seq>>8), byte(seq))
	return packet.Mix(h)
}

// stray takes a packet of no known flow: it is for the node's own stack, or belongs
// to a connection that has ended and is answered with a reset.
func (b *Balancer) stray(at, node *vpc.ENI, p *vpc.Transit) *vpc.Host {
	if b.isProbers(at, node, p) {
		return b.probers[node]
	}
	if p.Reset() {
		p.TellRefused(b.ID, "unknown flow")
		return p.Output(at)
	}
	return p.Drop(b.ID, "unknown flow")
}

// toProber takes a packet to the node's own stack, if it is for that.
func (b *Balancer) toProber(at, node *vpc.ENI, p *vpc.Transit) *vpc.Host {
	if b.isProbers(at, node, p) {
		return b.probers[node]
	}
	return p.Drop(b.ID, "not for a load balancer")
}

// isProbers reports whether a packet answers a health check.
func (b *Balancer) isProbers(at, node *vpc.ENI, p *vpc.Transit) bool {
	local := p.Flow.Dst.Port()
	return b.probers[node] != nil && at == node && local >= firstProberPort && local <= lastProberPort
}
