package vpc

import (
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/trace"
)

// telling is the trace of a packet as it grows.
type telling struct {
	hops []trace.Hop
	at   string // the interface that the packet is at
}

// Trace calls f with every packet and its hops until stop is called, as Watch does. What
// a packet does is the same whether somebody traces or not.
func (n *Network) Trace(f func(Transmission)) (stop func()) { return n.tracers.add(f) }

// traced is where the hops of a packet of a host are told; nil if nobody traces.
func (n *Network) traced(from *Host) *telling {
	if n.tracers.list.Load() == nil {
		return nil
	}
	return &telling{at: from.Name()}
}

// tell adds a hop of a packet that is traced.
func (p *Transit) tell(h trace.Hop, by ...string) {
	t := p.trace
	h.At, h.By, h.Source, h.Destination = t.at, by, shown(p.Flow.Src), shown(p.Flow.Dst)
	t.hops = append(t.hops, h)
}

// shown is an address as people may see it. Those by which services know who comes by a
// private path are the network's own.
func shown(a netip.AddrPort) netip.AddrPort {
	if insidePaths(a.Addr()) {
		return netip.AddrPort{}
	}
	return a
}

// at says that the packet leaves by an interface, or is there.
func (p *Transit) at(e *ENI) {
	if p.trace == nil {
		return
	}
	if len(p.trace.hops) == 0 {
		p.trace.at = e.ID
		p.tell(trace.Hop{Action: trace.Received})
	}
	p.trace.at = e.ID
}

// arrives says that the packet comes to an interface.
func (p *Transit) arrives(e *ENI) {
	if p.trace == nil {
		return
	}
	p.trace.at = e.ID
	p.tell(trace.Hop{Action: trace.Received})
}

// outside says that the packet is outside of every VPC.
func (p *Transit) outside() {
	if p.trace == nil {
		return
	}
	if len(p.trace.hops) == 0 {
		p.tell(trace.Hop{Action: trace.Received})
	}
	p.trace.at = ""
}

// TellTranslated says that an object with an id has translated the packet.
func (p *Transit) TellTranslated(by string) {
	if p.trace != nil {
		p.tell(trace.Hop{Action: trace.Translated}, by)
	}
}

// TellForwarded says that an object with an id passes the packet on to another.
func (p *Transit) TellForwarded(by, to string) {
	if p.trace != nil {
		p.tell(trace.Hop{Action: trace.Forwarded, To: to}, by)
	}
}

// TellRefused says that an object with an id answers the packet with a reset, and why.
func (p *Transit) TellRefused(by, reason string) {
	if p.trace != nil {
		p.tell(trace.Hop{Action: trace.Refused, Reason: reason}, by)
	}
}

func (p *Transit) routedBy(t *routeTable, r *route) {
	if p.trace != nil {
		p.tell(trace.Hop{Action: trace.Routed, Rule: r.Destination, To: r.Target}, t.ID)
	}
}

func (p *Transit) admittedBy(g *securityGroup, r *Rule, d direction) {
	if p.trace != nil && g != nil {
		p.tell(trace.Hop{Action: trace.Admitted, Direction: d.String(), Rule: r.text()}, g.ID)
	}
}

// admittedAsAnswer says that an interface's groups know the flow.
func (p *Transit) admittedAsAnswer(e *ENI, d direction) {
	if p.trace != nil {
		p.tell(trace.Hop{Action: trace.Admitted, Direction: d.String(), Rule: "of a connection that is known"}, e.Groups...)
	}
}

func (p *Transit) allowedBy(l *networkACL, e *ACLEntry) {
	if p.trace != nil {
		p.tell(trace.Hop{Action: trace.Admitted, Direction: e.direction().String(), Rule: e.text(), Number: e.Number}, l.ID)
	}
}

// refusedBy drops a packet that no rule of an interface's security groups admits.
func (p *Transit) refusedBy(e *ENI, d direction) *Host {
	if p.trace == nil {
		return p.Drop(e.ID, "security group, "+d.String())
	}
	p.dropped = Drop{At: e.ID, Reason: "security group, " + d.String()}
	p.tell(trace.Hop{Action: trace.Dropped, Direction: d.String(), Reason: "no rule admits " + p.wants(d)}, e.Groups...)
	return nil
}

// deniedBy drops a packet that a network ACL does not allow.
func (p *Transit) deniedBy(l *networkACL, d direction) *Host {
	if p.trace == nil {
		return p.Drop(l.ID, "network ACL, "+d.String())
	}
	p.dropped = Drop{At: l.ID, Reason: "network ACL, " + d.String()}
	h := trace.Hop{Action: trace.Dropped, Direction: d.String(), Reason: "no entry allows " + p.wants(d)}
	if e := l.entryFor(p, d); e != nil {
		h.Rule, h.Number, h.Reason = e.text(), e.Number, ""
	}
	p.tell(h, l.ID)
	return nil
}

// wants says what a filter would have to let pass.
func (p *Transit) wants(d direction) string {
	what, word := trace.Protocol(int(p.Flow.Protocol)), "to"
	if p.Flow.Protocol == packet.TCP || p.Flow.Protocol == packet.UDP {
		what += fmt.Sprintf(" %d", p.Flow.Dst.Port())
	}
	if d == ingress {
		word = "from"
	}
	return fmt.Sprintf("%s %s %s", what, word, far(p.Flow, d))
}

// String is the direction as EC2 names it.
func (d direction) String() string {
	if d == egress {
		return trace.Egress
	}
	return trace.Ingress
}

// text is a rule in words. Which direction it is of, the hop says.
func (r *Rule) text() string {
	far := r.Group + r.PrefixList
	if r.CIDR.IsValid() {
		far = r.CIDR.String()
	}
	number, _ := protocolNumber(r.Protocol)
	return trace.Rule(number, r.FromPort, r.ToPort, far)
}

// text is an entry in words: "entry 100: allow all of 0.0.0.0/0".
func (e *ACLEntry) text() string {
	verb := "deny"
	if e.Allow {
		verb = "allow"
	}
	from, to := e.FromPort, e.ToPort
	if e.Protocol == packet.ICMP || e.Protocol == packet.ICMPv6 {
		from, to = e.Type, e.Code
	}
	return fmt.Sprintf("entry %d: %s %s", e.Number, verb, trace.Rule(e.Protocol, from, to, e.CIDR.String()))
}

// report tells everybody who watches or traces where a packet ended; nil is nowhere.
func (n *Network) report(p *Transit, to *Host) {
	if n.watchers.list.Load() == nil && p.trace == nil {
		return
	}
	t := Transmission{
		From: p.from.Name(), Protocol: int(p.Flow.Protocol), Starts: p.Starts(),
		SentFrom: p.sent.Src, SentTo: p.sent.Dst, Source: p.Flow.Src, Destination: p.Flow.Dst,
	}
	if to == nil {
		t.Drop = p.dropped
		if p.lost != nil {
			t.Protocol, t.Source, t.Destination = int(p.lost.Protocol), p.lost.Src, p.lost.Dst
		}
	} else {
		t.To = to.Name()
	}
	n.watchers.call(t)
	if p.trace == nil {
		return
	}
	if to != nil {
		p.trace.at = to.Name()
		p.tell(trace.Hop{Action: trace.Delivered, To: to.Name()})
	}
	t.Trace = &trace.Trace{From: t.From, To: t.To, Protocol: t.Protocol, Source: t.SentFrom, Destination: t.SentTo, Hops: p.trace.hops}
	if insidePaths(t.SentTo.Addr()) { // the answer of a service
		t.Trace.Source, t.Trace.Destination = shown(p.Flow.Src), shown(p.Flow.Dst)
	}
	n.tracers.call(t)
}

// far is the other side of a flow that a filter looks at.
func far(f packet.Flow, d direction) netip.Addr {
	if d == ingress {
		return f.Src.Addr()
	}
	return f.Dst.Addr()
}
