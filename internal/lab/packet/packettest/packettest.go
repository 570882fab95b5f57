// Package packettest builds IPv4 packets for tests, with right checksums.
package packettest

import (
	"net/netip"
	"provenendpoints/internal/lab/packet"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// build makes an IPv4 packet with right checksums around a transport header and
// payload.
func build(protocol uint8, src, dst netip.Addr, transport []byte) []byte {
	b := make([]byte, header.IPv4MinimumSize+len(transport))
	ip := header.IPv4(b)
	ip.Encode(&header.IPv4Fields{
		TotalLength: uint16(len(b)), TTL: 64, Protocol: protocol, SrcAddr: tcpipAddr(src), DstAddr: tcpipAddr(dst),
	})
	copy(b[header.IPv4MinimumSize:], transport)
	sum := header.PseudoHeaderChecksum(tcpip.TransportProtocolNumber(protocol), tcpipAddr(src), tcpipAddr(dst), uint16(len(transport)))
	switch t := b[header.IPv4MinimumSize:]; protocol {
	case packet.TCP:
		header.TCP(t).SetChecksum(^checksum.Checksum(t, sum))
	case packet.UDP:
		header.UDP(t).SetChecksum(^checksum.Checksum(t, sum))
	case packet.ICMP:
		header.ICMPv4(t).SetChecksum(header.ICMPv4Checksum(header.ICMPv4(t)[:header.ICMPv4MinimumSize], checksum.Checksum(t[header.ICMPv4MinimumSize:], 0)))
	}
	ip.SetChecksum(^ip.CalculateChecksum())
	return b
}

// TCP returns a SYN with three bytes of data.
func TCP(src, dst netip.AddrPort) []byte {
	t := header.TCP(make([]byte, header.TCPMinimumSize+3))
	t.Encode(&header.TCPFields{SrcPort: src.Port(), DstPort: dst.Port(), SeqNum: 7, DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagSyn})
	copy(t[header.TCPMinimumSize:], "abc")
	return build(packet.TCP, src.Addr(), dst.Addr(), t)
}

// UDP returns a datagram of three bytes.
func UDP(src, dst netip.AddrPort) []byte {
	u := header.UDP(make([]byte, header.UDPMinimumSize+3))
	u.Encode(&header.UDPFields{SrcPort: src.Port(), DstPort: dst.Port(), Length: uint16(len(u))})
	copy(u[header.UDPMinimumSize:], "abc")
	return build(packet.UDP, src.Addr(), dst.Addr(), u)
}

// Echo returns an ICMP echo request or reply.
func Echo(kind header.ICMPv4Type, src, dst netip.Addr, ident uint16) []byte {
	i := header.ICMPv4(make([]byte, header.ICMPv4MinimumSize+3))
	i.SetType(kind)
	i.SetIdent(ident)
	i.SetSequence(1)
	return build(packet.ICMP, src, dst, i)
}

// Error returns the ICMP error by which a host or router reports a packet.
func Error(from netip.Addr, about []byte) []byte {
	inner := header.IPv4(about)
	i := header.ICMPv4(make([]byte, header.ICMPv4MinimumSize+min(len(about), int(inner.HeaderLength())+8)))
	i.SetType(header.ICMPv4DstUnreachable)
	i.SetCode(header.ICMPv4PortUnreachable)
	copy(i[header.ICMPv4MinimumSize:], about)
	return build(packet.ICMP, from, netip.AddrFrom4(inner.SourceAddress().As4()), i)
}

func tcpipAddr(a netip.Addr) tcpip.Address { return tcpip.AddrFrom4(a.As4()) }
