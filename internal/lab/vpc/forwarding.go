package vpc

import (
	"net/netip"

	"provenendpoints/internal/lab/nat"
	"provenendpoints/internal/lab/packet"
)

// forwarding is how a host treats packets that are for others: a NAT instance, or an
// appliance between subnets. EC2 lets such packets in and out only where the
// interface's source/destination check is off
// (docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html).
type forwarding struct {
	on bool
	// table is set where the host puts its own address in place of the sender's.
	table *Translations
}

// SetForwarding has the host pass on packets that are for others, as Linux does where
// net.ipv4.ip_forward is 1.
func (h *Host) SetForwarding(on bool) {
	n := h.network
	n.mu.Lock()
	defer n.mu.Unlock()
	h.forwarding.on = on
}

// SetMasquerading has the host pass packets on under its own address, as the target
// MASQUERADE of iptables does.
func (h *Host) SetMasquerading(on bool) {
	n := h.network
	n.mu.Lock()
	defer n.mu.Unlock()
	h.forwarding.table = nil
	if on {
		h.forwarding.table = nat.NewTable[*ENI](n.clock, idleNAT)
	}
}

// Receive implements Device: it takes a packet for the host itself, or passes it on.
func (h *Host) Receive(at *ENI, p *Transit) *Host {
	own, f := at.has(p.Destination()), h.forwarding
	switch {
	case !own && !at.NoSourceDestCheck:
		return p.Drop(at.ID, "source/destination check")
	case own && f.table == nil:
		return h
	case !own && !f.on:
		return p.Drop(h.Name(), "does not forward")
	}
	if f.table != nil && f.on && !p.IsIPv6() {
		if to, via, ok := f.table.Lookup(Arrival{At: at, Flow: p.Flow}); ok {
			p.Translate(to)
			p.TellTranslated(h.Name())
			return h.passOn(via, p)
		}
	}
	if own {
		return h
	}
	out := h.towards(p.Destination())
	if f.table != nil && !p.IsIPv6() {
		if !masquerade(f.table, at, out, p) {
			return p.Drop(h.Name(), "unknown flow")
		}
		p.TellTranslated(h.Name())
	} else {
		p.TellForwarded(h.Name(), out.ID)
	}
	return h.passOn(out, p)
}

// towards is the interface by which the host sends to an address: the one in whose
// subnet it lies, or else the first.
func (h *Host) towards(a netip.Addr) *ENI {
	for _, e := range h.interfaces() {
		if e.subnet.CIDR.Contains(a) || e.subnet.IPv6CIDR.Contains(a) {
			return e
		}
	}
	return h.at
}

// passOn sends a packet out by an interface of the host.
func (h *Host) passOn(out *ENI, p *Transit) *Host {
	if !out.has(p.Source()) && !out.NoSourceDestCheck {
		return p.Drop(out.ID, "source/destination check")
	}
	return p.Output(out)
}

// masquerade opens a translated flow for a packet that arrived at one interface and
// leaves by another under that one's address. It reports false for a packet that
// opens none.
func masquerade(table *Translations, at, out *ENI, p *Transit) bool {
	to := p.Flow
	if p.IsIPv6() || p.Related || to.Protocol == packet.ICMP && to.Src.Port() == 0 {
		return false
	}
	to.Src = netip.AddrPortFrom(out.PrivateAddr, to.Src.Port())
	to, ok := table.Add(Arrival{At: at, Flow: p.Flow}, to, out, to.Src.Port() != 0)
	if ok {
		p.Translate(to)
	}
	return ok
}
