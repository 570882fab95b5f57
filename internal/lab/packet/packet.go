package packet

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// Packet is an IPv4 or IPv6 packet on its way. It owns its bytes.
type Packet struct {
	// Flow is the packet's flow. Only Translate and its kin change it.
	Flow Flow
	// Related marks an ICMP error. Its flow is the reverse of that of the packet
	// that it reports: the error travels with the answers.
	Related bool

	view *buffer.View
	ip   header.IPv4 // empty in an IPv6 packet
	ip6  header.IPv6 // empty in an IPv4 packet
}

// Parse reads a packet's headers. It returns false for what the lab does not
// carry: broken headers, fragments, which have no ports, and IPv6 extension headers.
func Parse(view *buffer.View) (p Packet, ok bool) {
	b := view.AsSlice()
	if header.IPVersion(b) == header.IPv6Version {
		return parse6(view)
	}
	ip := header.IPv4(b)
	if len(b) < header.IPv4MinimumSize || !ip.IsValid(len(b)) || ip.More() || ip.FragmentOffset() != 0 {
		return p, false
	}
	p.view, p.ip = view, ip[:ip.TotalLength()]
	if p.Flow, ok = flowOf(p.ip); !ok {
		return p, false
	}
	if inner := p.inner(); inner != nil {
		about, ok := flowOf(inner)
		if !ok {
			return p, false
		}
		p.Flow, p.Related = about.Reverse(), true
	}
	return p, true
}

// inner returns the head of the packet that an ICMP error reports; nil for all
// other packets.
func (p *Packet) inner() header.IPv4 {
	if p.ip.Protocol() != ICMP {
		return nil
	}
	icmp := header.ICMPv4(p.ip.Payload())
	switch icmp.Type() {
	case header.ICMPv4DstUnreachable, header.ICMPv4TimeExceeded, header.ICMPv4ParamProblem:
	default:
		return nil
	}
	ip := header.IPv4(icmp.Payload())
	if len(ip) < header.IPv4MinimumSize || int(ip.HeaderLength()) < header.IPv4MinimumSize || len(ip) < int(ip.HeaderLength()) {
		return nil
	}
	return ip
}

// Starts reports whether the packet opens a TCP connection.
func (p *Packet) Starts() bool {
	if p.Related || p.Flow.Protocol != TCP || len(p.payload()) < header.TCPMinimumSize {
		return false
	}
	return header.TCP(p.payload()).Flags()&(header.TCPFlagSyn|header.TCPFlagAck) == header.TCPFlagSyn
}

// ICMPType returns the type and the code of an ICMP packet.
func (p *Packet) ICMPType() (kind, code int) {
	icmp := header.ICMPv4(p.payload()) // ICMPv6 begins alike
	return int(icmp.Type()), int(icmp.Code())
}

// Source returns the packet's own source address. For an ICMP error it can be
// another than its flow's.
func (p *Packet) Source() netip.Addr {
	if p.IsIPv6() {
		return addrFrom(p.ip6.SourceAddress())
	}
	return addrFrom(p.ip.SourceAddress())
}

// Destination returns the packet's own destination address.
func (p *Packet) Destination() netip.Addr {
	if p.IsIPv6() {
		return addrFrom(p.ip6.DestinationAddress())
	}
	return addrFrom(p.ip.DestinationAddress())
}

func addrFrom(a tcpip.Address) netip.Addr {
	addr, _ := netip.AddrFromSlice(a.AsSlice())
	return addr
}

// Protocol returns the IP protocol number in the packet's own header. For an
// ICMP error it is another than its flow's.
func (p *Packet) Protocol() uint8 {
	if p.IsIPv6() {
		return p.ip6.NextHeader()
	}
	return p.ip.Protocol()
}

// Size returns the packet's length in bytes.
func (p *Packet) Size() int { return len(p.ip) + len(p.ip6) }

// Bytes are the packet's bytes, with its IP header.
func (p *Packet) Bytes() []byte {
	if p.IsIPv6() {
		return p.ip6
	}
	return p.ip
}

// View returns the packet's bytes for the stack that receives it. The packet
// must not be used afterwards.
func (p *Packet) View() *buffer.View { return p.view }
