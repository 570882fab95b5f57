package packet

import (
	"encoding/binary"
	"net/netip"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// GENEVE is the UDP port of GENEVE (RFC 8926, section 3.3), which Gateway Load Balancers
// speak with their targets.
const GENEVE = 6081

// The options that Gateway Load Balancers send
// (aws.amazon.com/blogs/networking-and-content-delivery/integrate-your-custom-logic-or-appliance-with-aws-gateway-load-balancer).
const (
	geneveClass      = 0x0108
	geneveEndpoint   = 1 // 8 bytes
	geneveFlowCookie = 3 // 4 bytes
)

// Encapsulate returns a packet from one address to the GENEVE port of another that carries
// this one, with the options of a Gateway Load Balancer: which endpoint the packet came by
// and which flow it belongs to.
func (p *Packet) Encapsulate(from netip.AddrPort, to netip.Addr, endpoint uint64, flow uint32) Packet {
	const options = 4 + 8 + 4 + 4
	inner := p.Bytes()
	size := header.IPv4MinimumSize + header.UDPMinimumSize + 8 + options + len(inner)
	b := make([]byte, size)
	ip := header.IPv4(b)
	ip.Encode(&header.IPv4Fields{
		TotalLength: uint16(size), TTL: 64, Protocol: UDP,
		SrcAddr: tcpip.AddrFrom4(from.Addr().As4()), DstAddr: tcpip.AddrFrom4(to.As4()),
	})
	ip.SetChecksum(^ip.CalculateChecksum())
	udp := header.UDP(ip.Payload())
	udp.Encode(&header.UDPFields{SrcPort: from.Port(), DstPort: GENEVE, Length: uint16(len(udp))}) // without a checksum, as RFC 8926 allows over IPv4
	g := udp.Payload()
	g[0] = options / 4
	kind := uint16(header.IPv4ProtocolNumber)
	if p.IsIPv6() {
		kind = uint16(header.IPv6ProtocolNumber)
	}
	binary.BigEndian.PutUint16(g[2:], kind)
	option := func(at, kind, words int) []byte {
		binary.BigEndian.PutUint16(g[at:], geneveClass)
		g[at+2], g[at+3] = byte(kind), byte(words)
		return g[at+4:]
	}
	binary.BigEndian.PutUint64(option(8, geneveEndpoint, 2), endpoint)
	binary.BigEndian.PutUint32(option(20, geneveFlowCookie, 1), flow)
	copy(g[8+options:], inner)
	made, _ := Parse(buffer.NewViewWithData(b)) // what was made here has the form
	return made
}
