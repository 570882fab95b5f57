package netstack

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/log"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"provenendpoints/internal/lab/clock"
)

// Options are a host's settings, all of them required.
type Options struct {
	// Name appears in errors and identifies the host to others.
	Name string
	// Addrs are the host's addresses; the first is the one that it sends from.
	Addrs []netip.Addr
	// MTU is the largest packet that the host sends, in bytes.
	MTU uint32
	// Clock runs the stack's timers, deadlines and measurements.
	Clock *clock.Clock
	// Send takes each packet that the host sends and owns it from then on. It is
	// called on the goroutine that sends.
	Send func(*buffer.View)
}

// Host is a machine with a TCP/IP stack of its own.
type Host struct {
	name  string
	clock *clock.Clock
	stack *stack.Stack
	link  *link
	ports *ports // of TCP

	mu    sync.RWMutex
	addrs []netip.Addr
}

// nic is the id of each host's one network card.
const nic = 1

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// New starts a host.
func New(o Options) (*Host, error) {
	silence()
	chance := newChance(o)
	h := &Host{name: o.Name, addrs: slices.Clone(o.Addrs), clock: o.Clock, link: &link{mtu: o.MTU, send: o.Send}, ports: newPorts(chance)}
	h.stack = stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4, icmp.NewProtocol6},
		Clock:              o.Clock,
		HandleLocal:        true,
		RandSource:         chance, // which port, which sequence number: the same in each run
		SecureRNG:          chance,
	})
	sack := tcpip.TCPSACKEnabled(true)
	h.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &sack)
	h.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &byAcknowledgements)
	if err := h.stack.CreateNIC(nic, h.link); err != nil {
		return nil, fmt.Errorf("start host %s: %s", o.Name, err)
	}
	for _, a := range h.addrs {
		if err := h.addAddr(a, a.BitLen(), stack.AddressProperties{}); err != nil {
			return nil, fmt.Errorf("start host %s: %w", o.Name, err)
		}
	}
	// Never the source of packets to others, however many leading bits it shares with
	// their destination.
	if err := h.addAddr(loopback, 8, stack.AddressProperties{PEB: stack.NeverPrimaryEndpoint}); err != nil {
		return nil, fmt.Errorf("start host %s: %w", o.Name, err)
	}
	h.stack.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}, {Destination: header.IPv6EmptySubnet, NIC: nic}})
	return h, nil
}

// byAcknowledgements finds losses by duplicate acknowledgements (RFC 6675), and not by time
// (RACK, RFC 8985): on a wire that takes no time every packet in flight is as old as the one
// that was just acknowledged.
var byAcknowledgements tcpip.TCPRecovery

// silence turns gVisor's log off. The log is one for the whole process, so the
// first host turns it off for all. It reports every connection that is cut; a
// program learns that from the errors of its own calls.
var silence = sync.OnceFunc(func() {
	log.SetTarget(&log.GoogleEmitter{Writer: &log.Writer{Next: io.Discard}})
})

// Deliver hands the host a packet that has arrived for it, and owns it from then on.
func (h *Host) Deliver(packet *buffer.View) { h.link.inject(packet) }

// Close cuts the host's connections and stops its stack. It may be called once.
func (h *Host) Close() {
	h.stack.Close()
	h.link.up.Store(nil)
	h.stack.Wait()
}

// Name returns the host's name.
func (h *Host) Name() string { return h.name }

// Addr returns the host's first address.
func (h *Host) Addr() netip.Addr {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.addrs[0]
}

// Addrs returns all of the host's addresses.
func (h *Host) Addrs() []netip.Addr {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Clone(h.addrs)
}

// Has reports whether an address is the host's own.
func (h *Host) Has(a netip.Addr) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Contains(h.addrs, a)
}

func tcpipAddr(a netip.Addr) tcpip.Address { return tcpip.AddrFromSlice(a.AsSlice()) }

// networkOf is the network protocol of an address.
func networkOf(a netip.Addr) tcpip.NetworkProtocolNumber {
	if a.Is6() {
		return ipv6.ProtocolNumber
	}
	return ipv4.ProtocolNumber
}
