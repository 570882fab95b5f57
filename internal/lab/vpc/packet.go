package vpc

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// Numbers of the protocols that the network looks into.
const (
	protoICMP = 1
	protoTCP  = 6
	protoUDP  = 17
)

// flow names a conversation in one of its directions. The ports of an ICMP echo
// are its identifier on the asking side and zero on the other; protocols
// without ports have zeros.
type flow struct {
	protocol uint8
	src, dst netip.AddrPort
}

// reverse is the flow of the answers.
func (f flow) reverse() flow { return flow{f.protocol, f.dst, f.src} }

// packet is an IPv4 packet on its way. It owns its bytes.
type packet struct {
	view *buffer.View
	ip   header.IPv4
	flow flow
	// related marks an ICMP error. Its flow is then that of the packet it is
	// about, turned round, so that it goes the way of the answers.
	related bool
	// through is the interface of the load balancer that sent the packet on with
	// the client's own address; nil for all others.
	through *eni
	hops    int
	from    *port // where it entered the network
}

// parse looks into a packet. It returns nil for what this network does not
// carry: broken headers, and fragments, whose ports nobody can see.
func parse(view *buffer.View) *packet {
	b := view.AsSlice()
	ip := header.IPv4(b)
	if len(b) < header.IPv4MinimumSize || !ip.IsValid(len(b)) || ip.More() || ip.FragmentOffset() != 0 {
		return nil
	}
	p := &packet{view: view, ip: ip[:ip.TotalLength()]}
	var ok bool
	if p.flow, ok = flowOf(p.ip); !ok {
		return nil
	}
	if inner := p.inner(); inner != nil {
		about, ok := flowOf(inner)
		if !ok {
			return nil
		}
		p.flow, p.related = about.reverse(), true
	}
	return p
}

// flowOf reads the flow from a packet's headers.
func flowOf(ip header.IPv4) (flow, bool) {
	f := flow{protocol: ip.Protocol()}
	src, dst := ip.SourceAddress().As4(), ip.DestinationAddress().As4()
	var from, to uint16
	b := ip[ip.HeaderLength():]
	switch f.protocol {
	case protoTCP, protoUDP:
		if len(b) < 8 { // TCP's ports are within the first eight bytes too
			return f, false
		}
		from, to = header.UDP(b).SourcePort(), header.UDP(b).DestinationPort()
	case protoICMP:
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
	f.src = netip.AddrPortFrom(netip.AddrFrom4(src), from)
	f.dst = netip.AddrPortFrom(netip.AddrFrom4(dst), to)
	return f, true
}

// inner is the head of the packet that an ICMP error is about; nil for all else.
func (p *packet) inner() header.IPv4 {
	if p.ip.Protocol() != protoICMP {
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

// starts says whether the packet opens a TCP connection.
func (p *packet) starts() bool {
	if p.related || p.flow.protocol != protoTCP || len(p.ip.Payload()) < header.TCPMinimumSize {
		return false
	}
	return header.TCP(p.ip.Payload()).Flags()&(header.TCPFlagSyn|header.TCPFlagAck) == header.TCPFlagSyn
}

// icmpType returns the type and the code of an ICMP packet.
func (p *packet) icmpType() (kind, code int) {
	icmp := header.ICMPv4(p.ip.Payload())
	return int(icmp.Type()), int(icmp.Code())
}

// source and destination are the packet's own addresses. For an ICMP error the
// source can be another than its flow's.
func (p *packet) source() netip.Addr      { return addrOf(p.ip.SourceAddress()) }
func (p *packet) destination() netip.Addr { return addrOf(p.ip.DestinationAddress()) }

// setSource translates the source's address.
func (p *packet) setSource(a netip.Addr) {
	f := p.flow
	f.src = netip.AddrPortFrom(a, f.src.Port())
	p.translate(f)
}

// setDestination translates the destination's address.
func (p *packet) setDestination(a netip.Addr) {
	f := p.flow
	f.dst = netip.AddrPortFrom(a, f.dst.Port())
	p.translate(f)
}

// translate rewrites addresses and ports so that the packet belongs to flow to,
// and keeps its checksums right. The packet inside an ICMP error is rewritten too.
func (p *packet) translate(to flow) {
	was := p.flow
	p.flow = to
	if !p.related {
		rewrite(p.ip, to)
		return
	}
	inner := p.inner()
	rewrite(inner, to.reverse())
	// Only the other end of the flow has a translated address; an error from a
	// router on the way keeps the router's.
	if p.source() == was.src.Addr() {
		p.ip.SetSourceAddressWithChecksumUpdate(tcpipAddr(to.src.Addr()))
	}
	p.ip.SetDestinationAddressWithChecksumUpdate(tcpipAddr(to.dst.Addr()))
	icmp := header.ICMPv4(p.ip.Payload())
	icmp.SetChecksum(0)
	icmp.SetChecksum(header.ICMPv4Checksum(icmp[:header.ICMPv4MinimumSize], checksum.Checksum(icmp.Payload(), 0)))
}

// rewrite sets addresses and ports in a packet, whole or only its head.
func rewrite(ip header.IPv4, to flow) {
	oldSrc, oldDst := ip.SourceAddress(), ip.DestinationAddress()
	src, dst := tcpipAddr(to.src.Addr()), tcpipAddr(to.dst.Addr())
	ip.SetSourceAddressWithChecksumUpdate(src)
	ip.SetDestinationAddressWithChecksumUpdate(dst)
	b := ip[ip.HeaderLength():]
	switch to.protocol {
	case protoTCP, protoUDP:
		var h header.ChecksummableTransport = header.UDP(b)
		if to.protocol == protoTCP {
			h = header.TCP(b)
			if len(b) < header.TCPMinimumSize { // the head inside an ICMP error: ports, no checksum
				header.UDP(b).SetSourcePort(to.src.Port())
				header.UDP(b).SetDestinationPort(to.dst.Port())
				return
			}
		}
		h.SetSourcePortWithChecksumUpdate(to.src.Port())
		h.SetDestinationPortWithChecksumUpdate(to.dst.Port())
		h.UpdateChecksumPseudoHeaderAddress(oldSrc, src, true)
		h.UpdateChecksumPseudoHeaderAddress(oldDst, dst, true)
	case protoICMP:
		h := header.ICMPv4(b)
		ident := max(to.src.Port(), to.dst.Port())
		if t := h.Type(); (t == header.ICMPv4Echo || t == header.ICMPv4EchoReply) && h.Ident() != ident {
			h.SetIdentWithChecksumUpdate(ident)
		}
	}
}

func addrOf(a tcpip.Address) netip.Addr { return netip.AddrFrom4(a.As4()) }

func tcpipAddr(a netip.Addr) tcpip.Address { return tcpip.AddrFrom4(a.As4()) }
