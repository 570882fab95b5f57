package vpc

import "sync/atomic"

// Captured is a packet as a capture at an interface shows it: what leaves, before any
// filter, and what the interface's filters have let in.
type Captured struct {
	// Interface is where; the zero value at a host on the internet, whose name is Host.
	Interface Interface
	Host      string
	// Packet is the packet with its IP header. It is valid during the call alone.
	Packet []byte
}

// captor is who captures; nil: nobody.
type captor = atomic.Pointer[func(Captured)]

// Capture calls f with every packet at every interface, and at every host on the
// internet, until stop is called. f must not call the network. The addresses that AWS
// services know private paths by are the network's own: such packets are left out
// there, and seen at the interface.
func (n *Network) Capture(f func(Captured)) (stop func()) {
	n.captor.Store(&f)
	return func() { n.captor.CompareAndSwap(&f, nil) }
}

// capture shows a packet at an interface.
func (p *Transit) capture(e *ENI) {
	if f := p.network.captor.Load(); f != nil {
		(*f)(Captured{Interface: e.Interface, Packet: p.Bytes()})
	}
}

// captureOutside shows a packet at a host on the internet.
func (p *Transit) captureOutside(h *Host) {
	f := p.network.captor.Load()
	if f == nil || h.at != nil || insidePaths(p.Source()) || insidePaths(p.Destination()) {
		return
	}
	(*f)(Captured{Host: h.Name(), Packet: p.Bytes()})
}
