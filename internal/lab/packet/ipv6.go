package packet

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// IsIPv6 reports whether the packet is one of IPv6. Nothing translates such a packet:
// Translate and its kin are for IPv4 alone.
func (p *Packet) IsIPv6() bool { return len(p.ip6) > 0 }

// payload is what follows the IP header.
func (p *Packet) payload() []byte {
	if p.IsIPv6() {
		return p.ip6.Payload()
	}
	return p.ip.Payload()
}

// parse6 is Parse for IPv6.
func parse6(view *buffer.View) (p Packet, ok bool) {
	b := view.AsSlice()
	ip := header.IPv6(b)
	if !ip.IsValid(len(b)) {
		return p, false
	}
	p.view, p.ip6 = view, ip[:header.IPv6MinimumSize+int(ip.PayloadLength())]
	if p.Flow, ok = flowOf6(p.ip6, p.ip6.Payload()); !ok {
		return p, false
	}
	if inner := p.inner6(); inner != nil {
		about, ok := flowOf6(inner, inner[header.IPv6MinimumSize:])
		if !ok {
			return p, false
		}
		p.Flow, p.Related = about.Reverse(), true
	}
	return p, true
}

// inner6 is inner for IPv6.
func (p *Packet) inner6() header.IPv6 {
	icmp := header.ICMPv6(p.ip6.Payload())
	if p.ip6.NextHeader() != ICMPv6 || icmp.Type() >= header.ICMPv6EchoRequest {
		return nil
	}
	ip := header.IPv6(icmp[header.ICMPv6ErrorHeaderSize:])
	if len(ip) < header.IPv6MinimumSize {
		return nil
	}
	return ip
}

// flowOf6 is flowOf for IPv6. Of extension headers none is carried.
func flowOf6(ip header.IPv6, payload []byte) (Flow, bool) {
	f := Flow{Protocol: ip.NextHeader()}
	var from, to uint16
	switch f.Protocol {
	case TCP, UDP:
		if len(payload) < 8 { // TCP's ports are within the first eight bytes too
			return f, false
		}
		from, to = header.UDP(payload).SourcePort(), header.UDP(payload).DestinationPort()
	case ICMPv6:
		if len(payload) < header.ICMPv6MinimumSize {
			return f, false
		}
		switch icmp := header.ICMPv6(payload); icmp.Type() {
		case header.ICMPv6EchoRequest:
			from = icmp.Ident()
		case header.ICMPv6EchoReply:
			to = icmp.Ident()
		}
	default:
		return f, false
	}
	f.Src = netip.AddrPortFrom(addrFrom(ip.SourceAddress()), from)
	f.Dst = netip.AddrPortFrom(addrFrom(ip.DestinationAddress()), to)
	return f, true
}
