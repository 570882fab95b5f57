package packet_test

import (
	"bytes"
	"net/netip"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/packet/packettest"
	"testing"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

var (
	client = netip.MustParseAddrPort("10.0.0.4:40000")
	server = netip.MustParseAddrPort("52.219.60.1:443")
)

func parsed(b []byte) *packet.Packet {
	p, ok := packet.Parse(buffer.NewViewWithData(bytes.Clone(b)))
	if !ok {
		return nil
	}
	return &p
}

// intact reports whether all the checksums of a packet are right.
func intact(ip header.IPv4) bool {
	if !ip.IsChecksumValid() {
		return false
	}
	t := ip.Payload()
	sum := header.PseudoHeaderChecksum(ip.TransportProtocol(), ip.SourceAddress(), ip.DestinationAddress(), uint16(len(t)))
	switch ip.Protocol() {
	case packet.TCP:
		return checksum.Checksum(t, sum) == 0xffff
	case packet.UDP:
		return header.UDP(t).Checksum() == 0 || checksum.Checksum(t, sum) == 0xffff
	case packet.ICMP:
		return checksum.Checksum(t, 0) == 0xffff
	}
	return true
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	to := packet.Flow{Src: netip.MustParseAddrPort("240.0.0.1:50000"), Dst: netip.MustParseAddrPort("10.9.9.9:8443")}
	router := netip.MustParseAddr("10.0.0.1")
	unsummed := packettest.UDP(client, server)
	header.UDP(header.IPv4(unsummed).Payload()).SetChecksum(0)
	tests := []struct {
		name string
		b    []byte
		is   packet.Flow
		to   packet.Flow
	}{
		{"tcp", packettest.TCP(client, server), packet.Flow{Protocol: packet.TCP, Src: client, Dst: server}, to},
		{"udp", packettest.UDP(client, server), packet.Flow{Protocol: packet.UDP, Src: client, Dst: server}, to},
		{
			"echo", packettest.Echo(header.ICMPv4Echo, client.Addr(), server.Addr(), 77),
			packet.Flow{Protocol: packet.ICMP, Src: netip.AddrPortFrom(client.Addr(), 77), Dst: netip.AddrPortFrom(server.Addr(), 0)},
			packet.Flow{Src: netip.MustParseAddrPort("240.0.0.1:78"), Dst: netip.MustParseAddrPort("10.9.9.9:0")},
		},
		{
			"echo reply", packettest.Echo(header.ICMPv4EchoReply, client.Addr(), server.Addr(), 77),
			packet.Flow{Protocol: packet.ICMP, Src: netip.AddrPortFrom(client.Addr(), 0), Dst: netip.AddrPortFrom(server.Addr(), 77)},
			packet.Flow{Src: netip.MustParseAddrPort("240.0.0.1:0"), Dst: netip.MustParseAddrPort("10.9.9.9:78")},
		},
		{"udp without a checksum", unsummed, packet.Flow{Protocol: packet.UDP, Src: client, Dst: server}, to},
		// The error goes the way of the answers to what it is about.
		{"error about tcp", packettest.Error(client.Addr(), packettest.TCP(server, client)), packet.Flow{Protocol: packet.TCP, Src: client, Dst: server}, to},
		{"error about udp", packettest.Error(client.Addr(), packettest.UDP(server, client)), packet.Flow{Protocol: packet.UDP, Src: client, Dst: server}, to},
		{"error of a router", packettest.Error(router, packettest.UDP(server, client)), packet.Flow{Protocol: packet.UDP, Src: client, Dst: server}, to},
	}
	for _, test := range tests {
		p := parsed(test.b)
		if p == nil {
			t.Errorf("%s: not parsed", test.name)
			continue
		}
		if p.Flow != test.is {
			t.Errorf("%s: flow %v, want %v", test.name, p.Flow, test.is)
		}
		wasRouter := p.Source() == router
		test.to.Protocol = test.is.Protocol
		p.Translate(test.to)
		again := parsed(p.View().AsSlice())
		if again == nil || again.Flow != test.to || p.Flow != test.to || !intact(ip(p)) {
			t.Errorf("%s: translated to %+v, checksums right: %t", test.name, again, intact(ip(p)))
		}
		if u := header.UDP(ip(p).Payload()); test.name == "udp without a checksum" && u.Checksum() != 0 {
			t.Errorf("%s: it has one now", test.name)
		}
		if want := test.to.Src.Addr(); !wasRouter && p.Source() != want {
			t.Errorf("%s: comes from %s, want %s", test.name, p.Source(), want)
		}
		if wasRouter && p.Source() != router {
			t.Errorf("%s: comes from %s, want the router", test.name, p.Source())
		}
	}
}

func TestNotParsed(t *testing.T) {
	t.Parallel()
	fragment := packettest.TCP(client, server)
	header.IPv4(fragment).SetFlagsFragmentOffset(header.IPv4FlagMoreFragments, 0)
	later := packettest.TCP(client, server)
	header.IPv4(later).SetFlagsFragmentOffset(0, 8)
	short := packettest.TCP(client, server)[:header.IPv4MinimumSize+4]
	header.IPv4(short).SetTotalLength(uint16(len(short)))
	for name, b := range map[string][]byte{
		"nothing": {}, "IPv6": {0x60}, "first fragment": fragment, "later fragment": later, "cut short": short,
		"less than it says": packettest.TCP(client, server)[:30],
	} {
		if p := parsed(b); p != nil {
			t.Errorf("%s: parsed as %+v", name, p.Flow)
		}
	}
}

// Whatever a host sends, the network neither panics nor spoils a checksum that
// was right.
func FuzzPacket(f *testing.F) {
	for _, b := range [][]byte{
		packettest.TCP(client, server), packettest.UDP(client, server), packettest.Echo(header.ICMPv4Echo, client.Addr(), server.Addr(), 1),
		packettest.Error(client.Addr(), packettest.TCP(server, client)), packettest.Error(server.Addr(), packettest.Echo(header.ICMPv4Echo, client.Addr(), server.Addr(), 1)),
	} {
		f.Add(b, uint16(1), uint16(2))
	}
	f.Fuzz(func(t *testing.T, b []byte, srcPort, dstPort uint16) {
		p := parsed(b)
		if p == nil {
			return
		}
		p.Starts()
		if ip(p).Protocol() == packet.ICMP {
			p.ICMPType()
		}
		was := intact(ip(p))
		src, dst := p.Flow.Src, p.Flow.Dst
		to := p.Flow
		to.Src, to.Dst = netip.AddrPortFrom(netip.MustParseAddr("240.0.0.1"), src.Port()), netip.AddrPortFrom(netip.MustParseAddr("10.9.9.9"), dst.Port())
		if to.Protocol == packet.TCP || to.Protocol == packet.UDP {
			to.Src, to.Dst = netip.AddrPortFrom(to.Src.Addr(), srcPort), netip.AddrPortFrom(to.Dst.Addr(), dstPort)
		}
		p.Translate(to)
		again := parsed(p.View().AsSlice())
		if again == nil || again.Flow != to {
			t.Errorf("translated %+v to %+v, became %+v", p.Flow, to, again)
		}
		if was && !intact(ip(p)) {
			t.Error("the checksum was right and is not any more")
		}
	})
}

// ip returns the packet's header and all that follows.
func ip(p *packet.Packet) header.IPv4 { return header.IPv4(p.View().AsSlice()) }

// An encapsulated packet is one to the GENEVE port with the original at its end.
func TestEncapsulate(t *testing.T) {
	t.Parallel()
	inner := packettest.TCP(client, server)
	p := parsed(inner)
	from, to := netip.MustParseAddrPort("10.1.0.4:60000"), netip.MustParseAddr("10.1.0.9")
	outer := p.Encapsulate(from, to, 1, 2)
	if want := (packet.Flow{Protocol: packet.UDP, Src: from, Dst: netip.AddrPortFrom(to, packet.GENEVE)}); outer.Flow != want {
		t.Errorf("flow %v, want %v", outer.Flow, want)
	}
	if b := outer.Bytes(); !intact(b) || !bytes.HasSuffix(b, inner) || !bytes.Equal(p.Bytes(), inner) {
		t.Errorf("% x", b)
	}
	g := header.UDP(header.IPv4(outer.Bytes()).Payload()).Payload()
	if words, ethertype := int(g[0]), int(g[2])<<8|int(g[3]); 8+4*words+len(inner) != len(g) || ethertype != 0x0800 {
		t.Errorf("%d words of options, type %#x, %d bytes", words, ethertype, len(g))
	}
}

func TestSymmetricHash(t *testing.T) {
	t.Parallel()
	f := packet.Flow{Protocol: packet.TCP, Src: client, Dst: server}
	other := packet.Flow{Protocol: packet.TCP, Src: netip.AddrPortFrom(client.Addr(), 40001), Dst: server}
	if f.SymmetricHash() != f.Reverse().SymmetricHash() || f.SymmetricHash() == other.SymmetricHash() {
		t.Error("both directions have one hash, and other flows others")
	}
}
