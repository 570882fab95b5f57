package vpc

import (
	"fmt"
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
)

// MTUs, in bytes
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html).
const (
	mtuVPC      = 9001
	mtuInternet = 1500
)

// Host is a machine with a TCP/IP stack of its own, behind an interface of a
// VPC or on the internet.
type Host struct {
	network *Network
	addrs   []netip.Addr
	stack   *stack.Stack
	port    *port
	at      *eni // nil on the internet
}

// port is where a host is plugged into the network.
type port struct {
	name string // of the interface or the public host
	host *Host
	link *link
}

// leave takes a packet that the host sends. A packet must come from the host's
// own address, which is EC2's source/destination check
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html).
func (o *port) leave(n *Network, p *packet) *port {
	h := o.host
	switch {
	case !slices.Contains(h.addrs, p.source()):
		return n.drop(p, o.name, "not the sender's address")
	case h.at == nil:
		return n.internet(p)
	case n.interfaces.byID[h.at.ID] != h.at:
		return n.drop(p, o.name, "interface is gone")
	}
	return n.output(h.at, p)
}

// receive implements device.
func (h *Host) receive(n *Network, at *eni, p *packet) *port {
	if p.destination() != at.PrivateAddr {
		return n.drop(p, at.ID, "source/destination check")
	}
	return h.port
}

// fromInternet implements publicOwner.
func (h *Host) fromInternet(*Network, *packet) *port { return h.port }

// Host returns the host behind an interface; it is started if there is none.
func (n *Network) Host(interfaceID string) (*Host, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.get(interfaceID)
	if err != nil {
		return nil, err
	}
	if h, ok := e.device.(*Host); ok {
		return h, nil
	}
	if e.Managed || e.device != nil {
		return nil, refuse("OperationNotPermitted", "You are not allowed to manage '%s'.", interfaceID)
	}
	h, err := n.newHost(interfaceID, mtuVPC, e.PrivateAddr)
	if err != nil {
		return nil, err
	}
	h.at, e.device = e, h
	return h, nil
}

// PublicHost puts a host on the internet, with addresses of its own.
func (n *Network) PublicHost(name string, addrs ...netip.Addr) (*Host, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(addrs) == 0 {
		return nil, refuse("MissingParameter", "The public host %s has no address", name)
	}
	for _, a := range addrs {
		if !a.Is4() || insidePaths(a) {
			return nil, refuse("InvalidParameterValue", "%s cannot be the address of public host %s", a, name)
		}
		if n.public[a] != nil {
			return nil, refuse("InvalidIPAddress.InUse", "Address %s is in use.", a)
		}
	}
	h, err := n.newHost(name, mtuInternet, addrs...)
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		n.public[a] = h
	}
	return h, nil
}

// newHost starts a TCP/IP stack. The caller holds the lock.
func (n *Network) newHost(name string, mtu uint32, addrs ...netip.Addr) (*Host, error) {
	if n.closed {
		return nil, fmt.Errorf("start host %s: the network is closed", name)
	}
	h := &Host{network: n, addrs: slices.Clone(addrs)}
	h.port = &port{name: name, host: h}
	h.port.link = &link{mtu: mtu, send: func(v *buffer.View) { n.send(h.port, v) }}
	h.stack = stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol, icmp.NewProtocol4},
		Clock:              n.clock,
		HandleLocal:        true,
	})
	sack := tcpip.TCPSACKEnabled(true)
	h.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &sack)
	if err := h.stack.CreateNIC(nic, h.port.link); err != nil {
		return nil, fmt.Errorf("start host %s: %s", name, err)
	}
	for _, a := range append(slices.Clone(h.addrs), loopback) {
		bits, properties := 32, stack.AddressProperties{}
		if a == loopback {
			// Never the source of what goes to others, by however many bits it is
			// like the destination.
			bits, properties.PEB = 8, stack.NeverPrimaryEndpoint
		}
		protocolAddr := tcpip.ProtocolAddress{
			Protocol:          ipv4.ProtocolNumber,
			AddressWithPrefix: tcpip.AddressWithPrefix{Address: tcpipAddr(a), PrefixLen: bits},
		}
		if err := h.stack.AddProtocolAddress(nic, protocolAddr, properties); err != nil {
			return nil, fmt.Errorf("start host %s: address %s: %s", name, a, err)
		}
	}
	h.stack.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}})
	n.hosts[h] = struct{}{}
	return h, nil
}

// nic is the id of each host's one network card.
const nic = 1

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// Close ends the host: its connections are cut and its addresses answer no
// more. The interface stays.
func (h *Host) Close() {
	n := h.network
	n.mu.Lock()
	if _, running := n.hosts[h]; !running {
		n.mu.Unlock()
		return
	}
	delete(n.hosts, h)
	if h.at != nil && h.at.device == h {
		h.at.device = nil
	}
	for _, a := range h.addrs {
		if n.public[a] == h {
			delete(n.public, a)
		}
	}
	n.mu.Unlock()
	h.stack.Close()
	h.port.link.up.Store(nil)
	h.stack.Wait()
}

// Addr returns the host's (first) address: the private one in a VPC.
func (h *Host) Addr() netip.Addr { return h.addrs[0] }

// Nameservers returns the resolvers that the host is told to use: the VPC's own
// at its base plus two, or the public one on the internet.
func (h *Host) Nameservers() []netip.AddrPort {
	n := h.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	if h.at != nil {
		return []netip.AddrPort{netip.AddrPortFrom(h.at.vpc().resolverAddr(), 53)}
	}
	if n.nameserver.IsValid() {
		return []netip.AddrPort{n.nameserver}
	}
	return nil
}
