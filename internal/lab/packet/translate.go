package packet

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// SetSource translates the source's address.
func (p *Packet) SetSource(a netip.Addr) {
	f := p.Flow
	f.Src = netip.AddrPortFrom(a, f.Src.Port())
	p.Translate(f)
}

// SetDestination translates the destination's address.
func (p *Packet) SetDestination(a netip.Addr) {
	f := p.Flow
	f.Dst = netip.AddrPortFrom(a, f.Dst.Port())
	p.Translate(f)
}

// Translate rewrites addresses and ports so that the packet belongs to flow to,
// and keeps its checksums right. The packet inside an ICMP error is rewritten too.
func (p *Packet) Translate(to Flow) {
	was := p.Flow
	p.Flow = to
	if !p.Related {
		rewrite(p.ip, to)
		return
	}
	inner := p.inner()
	rewrite(inner, to.Reverse())
	// Only the other end of the flow has a translated address; an error from a
	// router on the way keeps the router's.
	if p.Source() == was.Src.Addr() {
		p.ip.SetSourceAddressWithChecksumUpdate(tcpipAddr(to.Src.Addr()))
	}
	p.ip.SetDestinationAddressWithChecksumUpdate(tcpipAddr(to.Dst.Addr()))
	icmp := header.ICMPv4(p.ip.Payload())
	icmp.SetChecksum(0)
	icmp.SetChecksum(header.ICMPv4Checksum(icmp[:header.ICMPv4MinimumSize], checksum.Checksum(icmp.Payload(), 0)))
}

// rewrite sets addresses and ports in a packet, whole or only its head.
func rewrite(ip header.IPv4, to Flow) {
	oldSrc, oldDst := ip.SourceAddress(), ip.DestinationAddress()
	src, dst := tcpipAddr(to.Src.Addr()), tcpipAddr(to.Dst.Addr())
	ip.SetSourceAddressWithChecksumUpdate(src)
	ip.SetDestinationAddressWithChecksumUpdate(dst)
	b := ip[ip.HeaderLength():]
	switch to.Protocol {
	case TCP, UDP:
		var h header.ChecksummableTransport = header.UDP(b)
		if to.Protocol == TCP {
			h = header.TCP(b)
			if len(b) < header.TCPMinimumSize { // the head inside an ICMP error: ports, no checksum
				header.UDP(b).SetSourcePort(to.Src.Port())
				header.UDP(b).SetDestinationPort(to.Dst.Port())
				return
			}
		}
		h.SetSourcePortWithChecksumUpdate(to.Src.Port())
		h.SetDestinationPortWithChecksumUpdate(to.Dst.Port())
		h.UpdateChecksumPseudoHeaderAddress(oldSrc, src, true)
		h.UpdateChecksumPseudoHeaderAddress(oldDst, dst, true)
	case ICMP:
		h := header.ICMPv4(b)
		ident := max(to.Src.Port(), to.Dst.Port())
		if t := h.Type(); (t == header.ICMPv4Echo || t == header.ICMPv4EchoReply) && h.Ident() != ident {
			h.SetIdentWithChecksumUpdate(ident)
		}
	}
}

func tcpipAddr(a netip.Addr) tcpip.Address { return tcpip.AddrFrom4(a.As4()) }
