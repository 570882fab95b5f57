package packet

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// Numbers of the protocols that the network looks into.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
)

// Flow names a conversation in one of its directions. The ports of an ICMP echo
// are its identifier on the asking side and zero on the other; protocols
// without ports have zeros.
type Flow struct {
	Protocol uint8
	Src, Dst netip.AddrPort
}

// Reverse is the flow of the answers.
func (f Flow) Reverse() Flow { return Flow{f.Protocol, f.Dst, f.Src} }

// flowOf reads the flow from a packet's headers.
func flowOf(ip header.IPv4) (Flow, bool) {
	f := Flow{Protocol: ip.Protocol()}
	src, dst := ip.SourceAddress().As4(), ip.DestinationAddress().As4()
	var from, to uint16
	b := ip[ip.HeaderLength():]
	switch f.Protocol {
	case TCP, UDP:
		if len(b) < 8 { // TCP's ports are within the first eight bytes too
			return f, false
		}
		from, to = header.UDP(b).SourcePort(), header.UDP(b).DestinationPort()
	case ICMP:
		if len(b) < header.ICMPv4MinimumSize {
			return f, false
		}
		switch icmp := header.ICMPv4(b); icmp.Type() {
		case header.ICMPv4Echo:
			from = icmp.Ident()
		case header.ICMPv4EchoReply:
			to = icmp.Ident()
		}
	}
	f.Src = netip.AddrPortFrom(netip.AddrFrom4(src), from)
	f.Dst = netip.AddrPortFrom(netip.AddrFrom4(dst), to)
	return f, true
}
