package vpc

import (
	"net/netip"
	"time"

	"provenendpoints/internal/lab/dns"
)

// Faults disturb a network, for tests under failure.
// The functions are called concurrently and must not call the network.
type Faults struct {
	// Packet decides the fate of each packet that is about to be delivered.
	// Default: all are delivered at once.
	Packet func(Packet) Fate
	// DNS decides what is wrong with the answer to a query. Default: nothing.
	DNS func(Query) dns.Effect
}

// Packet describes a packet to a fault.
type Packet struct {
	// From and To are the sending and the receiving host: the id of the
	// interface, or the name of a public host or service.
	From, To string
	// Protocol is the IP protocol number.
	Protocol int
	// Source and Destination are those of the packet as it is delivered.
	Source, Destination netip.AddrPort
	// Size is the packet's length in bytes.
	Size int
}

// Fate is what happens to a packet.
type Fate struct {
	Drop bool
	// Delay holds the packet back for so long, on the network's clock.
	Delay time.Duration
}

// deliver hands a packet to a host, unless a fault drops or delays it.
func (n *Network) deliver(to *Host, p *Transit) {
	if n.faults.Packet == nil {
		to.Deliver(p.View())
		return
	}
	fate := n.faults.Packet(Packet{
		From: p.from.Name(), To: to.Name(), Protocol: int(p.Flow.Protocol),
		Source: p.Flow.Src, Destination: p.Flow.Dst, Size: p.Size(),
	})
	switch {
	case fate.Drop:
		p.View().Release()
	case fate.Delay > 0:
		n.clock.AfterFunc(fate.Delay, func() { to.Deliver(p.View()) })
	default:
		to.Deliver(p.View())
	}
}
