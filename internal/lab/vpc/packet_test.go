package vpc

import (
	"bytes"
	"net/netip"
	"testing"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

var (
	client = netip.MustParseAddrPort("10.0.0.4:40000")
	server = netip.MustParseAddrPort("52.219.60.1:443")
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
	case protoTCP:
		header.TCP(t).SetChecksum(^checksum.Checksum(t, sum))
	case protoUDP:
		header.UDP(t).SetChecksum(^checksum.Checksum(t, sum))
	case protoICMP:
		header.ICMPv4(t).SetChecksum(header.ICMPv4Checksum(header.ICMPv4(t)[:header.ICMPv4MinimumSize], checksum.Checksum(t[header.ICMPv4MinimumSize:], 0)))
	}
	ip.SetChecksum(^ip.CalculateChecksum())
	return b
}

func tcpPacket(src, dst netip.AddrPort) []byte {
	t := header.TCP(make([]byte, header.TCPMinimumSize+3))
	t.Encode(&header.TCPFields{SrcPort: src.Port(), DstPort: dst.Port(), SeqNum: 7, DataOffset: header.TCPMinimumSize, Flags: header.TCPFlagSyn})
	copy(t[header.TCPMinimumSize:], "abc")
	return build(protoTCP, src.Addr(), dst.Addr(), t)
}

func udpPacket(src, dst netip.AddrPort) []byte {
	u := header.UDP(make([]byte, header.UDPMinimumSize+3))
	u.Encode(&header.UDPFields{SrcPort: src.Port(), DstPort: dst.Port(), Length: uint16(len(u))})
	copy(u[header.UDPMinimumSize:], "abc")
	return build(protoUDP, src.Addr(), dst.Addr(), u)
}

func echoPacket(kind header.ICMPv4Type, src, dst netip.Addr, ident uint16) []byte {
	i := header.ICMPv4(make([]byte, header.ICMPv4MinimumSize+3))
	i.SetType(kind)
	i.SetIdent(ident)
	i.SetSequence(1)
	return build(protoICMP, src, dst, i)
}

// errorPacket is an ICMP error of a router about a packet.
func errorPacket(from netip.Addr, about []byte) []byte {
	inner := header.IPv4(about)
	i := header.ICMPv4(make([]byte, header.ICMPv4MinimumSize+min(len(about), int(inner.HeaderLength())+8)))
	i.SetType(header.ICMPv4DstUnreachable)
	i.SetCode(header.ICMPv4PortUnreachable)
	copy(i[header.ICMPv4MinimumSize:], about)
	return build(protoICMP, from, addrOf(inner.SourceAddress()), i)
}

func parsed(b []byte) *packet { return parse(buffer.NewViewWithData(bytes.Clone(b))) }

// intact says whether all the checksums of a packet are right.
func intact(ip header.IPv4) bool {
	if !ip.IsChecksumValid() {
		return false
	}
	t := ip.Payload()
	sum := header.PseudoHeaderChecksum(ip.TransportProtocol(), ip.SourceAddress(), ip.DestinationAddress(), uint16(len(t)))
	switch ip.Protocol() {
	case protoTCP:
		return checksum.Checksum(t, sum) == 0xffff
	case protoUDP:
		return header.UDP(t).Checksum() == 0 || checksum.Checksum(t, sum) == 0xffff
	case protoICMP:
		return checksum.Checksum(t, 0) == 0xffff
	}
	return true
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	to := flow{src: netip.MustParseAddrPort("240.0.0.1:50000"), dst: netip.MustParseAddrPort("10.9.9.9:8443")}
	router := addr("10.0.0.1")
	unsummed := udpPacket(client, server)
	header.UDP(header.IPv4(unsummed).Payload()).SetChecksum(0)
	tests := []struct {
		name string
		b    []byte
		is   flow
		to   flow
	}{
		{"tcp", tcpPacket(client, server), flow{protoTCP, client, server}, to},
		{"udp", udpPacket(client, server), flow{protoUDP, client, server}, to},
		{
			"echo", echoPacket(header.ICMPv4Echo, client.Addr(), server.Addr(), 77),
			flow{protoICMP, netip.AddrPortFrom(client.Addr(), 77), netip.AddrPortFrom(server.Addr(), 0)},
			flow{src: netip.MustParseAddrPort("240.0.0.1:78"), dst: netip.MustParseAddrPort("10.9.9.9:0")},
		},
		{
			"echo reply", echoPacket(header.ICMPv4EchoReply, client.Addr(), server.Addr(), 77),
			flow{protoICMP, netip.AddrPortFrom(client.Addr(), 0), netip.AddrPortFrom(server.Addr(), 77)},
			flow{src: netip.MustParseAddrPort("240.0.0.1:0"), dst: netip.MustParseAddrPort("10.9.9.9:78")},
		},
		{"udp without a checksum", unsummed, flow{protoUDP, client, server}, to},
		// The error goes the way of the answers to what it is about.
		{"error about tcp", errorPacket(client.Addr(), tcpPacket(server, client)), flow{protoTCP, client, server}, to},
		{"error about udp", errorPacket(client.Addr(), udpPacket(server, client)), flow{protoUDP, client, server}, to},
		{"error of a router", errorPacket(router, udpPacket(server, client)), flow{protoUDP, client, server}, to},
	}
	for _, test := range tests {
		p := parsed(test.b)
		if p == nil {
			t.Errorf("%s: not parsed", test.name)
			continue
		}
		if p.flow != test.is {
			t.Errorf("%s: flow %v, want %v", test.name, p.flow, test.is)
		}
		wasRouter := p.source() == router
		test.to.protocol = test.is.protocol
		p.translate(test.to)
		again := parsed(p.view.AsSlice())
		if again == nil || again.flow != test.to || p.flow != test.to || !intact(p.ip) {
			t.Errorf("%s: translated to %+v, checksums right: %t", test.name, again, intact(p.ip))
		}
		if u := header.UDP(p.ip.Payload()); test.name == "udp without a checksum" && u.Checksum() != 0 {
			t.Errorf("%s: it has one now", test.name)
		}
		if want := test.to.src.Addr(); !wasRouter && p.source() != want {
			t.Errorf("%s: comes from %s, want %s", test.name, p.source(), want)
		}
		if wasRouter && p.source() != router {
			t.Errorf("%s: comes from %s, want the router", test.name, p.source())
		}
	}
}

func TestNotParsed(t *testing.T) {
	t.Parallel()
	fragment := tcpPacket(client, server)
	header.IPv4(fragment).SetFlagsFragmentOffset(header.IPv4FlagMoreFragments, 0)
	later := tcpPacket(client, server)
	header.IPv4(later).SetFlagsFragmentOffset(0, 8)
	short := tcpPacket(client, server)[:header.IPv4MinimumSize+4]
	header.IPv4(short).SetTotalLength(uint16(len(short)))
	for name, b := range map[string][]byte{
		"nothing": {}, "IPv6": {0x60}, "first fragment": fragment, "later fragment": later, "cut short": short,
		"less than it says": tcpPacket(client, server)[:30],
	} {
		if p := parsed(b); p != nil {
			t.Errorf("%s: parsed as %+v", name, p.flow)
		}
	}
}

// Whatever a host sends, the network neither panics nor spoils a checksum that
// was right.
func FuzzPacket(f *testing.F) {
	for _, b := range [][]byte{
		tcpPacket(client, server), udpPacket(client, server), echoPacket(header.ICMPv4Echo, client.Addr(), server.Addr(), 1),
		errorPacket(client.Addr(), tcpPacket(server, client)), errorPacket(server.Addr(), echoPacket(header.ICMPv4Echo, client.Addr(), server.Addr(), 1)),
	} {
		f.Add(b, uint16(1), uint16(2))
	}
	f.Fuzz(func(t *testing.T, b []byte, srcPort, dstPort uint16) {
		p := parsed(b)
		if p == nil {
			return
		}
		p.starts()
		if p.ip.Protocol() == protoICMP {
			p.icmpType()
		}
		was := intact(p.ip)
		src, dst := p.flow.src, p.flow.dst
		to := p.flow
		to.src, to.dst = netip.AddrPortFrom(addr("240.0.0.1"), src.Port()), netip.AddrPortFrom(addr("10.9.9.9"), dst.Port())
		if to.protocol == protoTCP || to.protocol == protoUDP {
			to.src, to.dst = netip.AddrPortFrom(to.src.Addr(), srcPort), netip.AddrPortFrom(to.dst.Addr(), dstPort)
		}
		p.translate(to)
		again := parsed(p.view.AsSlice())
		if again == nil || again.flow != to {
			t.Errorf("translated %+v to %+v, became %+v", p.flow, to, again)
		}
		if was && !intact(p.ip) {
			t.Error("the checksum was right and is not any more")
		}
	})
}
