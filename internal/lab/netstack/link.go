package netstack

import (
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// link is the network card of a host: what its TCP/IP stack writes goes into
// the network on the same goroutine, and what the network delivers goes up.
// It implements stack.LinkEndpoint.
type link struct {
	mtu  uint32
	send func(*buffer.View)
	up   atomic.Pointer[stack.NetworkDispatcher] // nil: not attached
}

// WritePackets implements stack.LinkWriter.
func (l *link) WritePackets(list stack.PacketBufferList) (int, tcpip.Error) {
	for _, pkt := range list.AsSlice() {
		l.send(pkt.ToView())
	}
	return list.Len(), nil
}

// inject hands a packet to the stack.
func (l *link) inject(v *buffer.View) {
	up := l.up.Load()
	if up == nil {
		v.Release()
		return
	}
	network := ipv4.ProtocolNumber
	if header.IPVersion(v.AsSlice()) == header.IPv6Version {
		network = ipv6.ProtocolNumber
	}
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithView(v)})
	(*up).DeliverNetworkPacket(network, pkt)
	pkt.DecRef()
}

// Attach implements stack.NetworkLinkEndpoint.
func (l *link) Attach(d stack.NetworkDispatcher) {
	if d == nil {
		l.up.Store(nil)
		return
	}
	l.up.Store(&d)
}

// The rest of stack.NetworkLinkEndpoint: a plain card without addresses of its
// own and without help with checksums.

func (l *link) IsAttached() bool                             { return l.up.Load() != nil }
func (l *link) MTU() uint32                                  { return l.mtu }
func (l *link) SetMTU(uint32)                                {}
func (l *link) MaxHeaderLength() uint16                      { return 0 }
func (l *link) LinkAddress() tcpip.LinkAddress               { return "" }
func (l *link) SetLinkAddress(tcpip.LinkAddress)             {}
func (l *link) Capabilities() stack.LinkEndpointCapabilities { return 0 }
func (l *link) Wait()                                        {}
func (l *link) ARPHardwareType() header.ARPHardwareType      { return header.ARPHardwareNone }
func (l *link) AddHeader(*stack.PacketBuffer)                {}
func (l *link) ParseHeader(*stack.PacketBuffer) bool         { return true }
func (l *link) Close()                                       {}
func (l *link) SetOnCloseAction(func())                      {}
