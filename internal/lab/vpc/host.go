package vpc

import (
	"fmt"
	"net/netip"

	"gvisor.dev/gvisor/pkg/buffer"

	"provenendpoints/internal/lab/netstack"
)

// MTUs, in bytes
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html).
const (
	mtuVPC      = 9001
	mtuInternet = 1500
)

// Host is a machine on the network: behind an interface of a VPC, or on the
// internet. Its name is the interface's id, or the one that it was given.
type Host struct {
	*netstack.Host
	network *Network
	at      *ENI // nil on the internet
	// attached are the host's other interfaces, forwarding how it treats packets for
	// others. The network's lock guards both.
	attached   []*ENI
	customer   *vpnGateway // behind which the host is, in a customer's network
	forwarding forwarding
}

// egress takes a packet that the host sends, by the interface that has the source
// address. Amazon Linux has such a rule for each interface after the first
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure_ec2_network_interface.html).
// A packet must come from an address of the host's, which is EC2's
// source/destination check (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html).
func (h *Host) egress(p *Transit) *Host {
	if !h.Has(p.Source()) {
		return p.Drop(h.Name(), "not the sender's address")
	}
	if h.customer != nil {
		return h.customer.fromCustomer(p)
	}
	if h.at == nil {
		return p.internet()
	}
	at := h.at
	for _, e := range h.attached {
		if e.has(p.Source()) {
			at = e
		}
	}
	if p.network.interfaces.ByID[at.ID] != at {
		return p.Drop(h.Name(), "interface is gone")
	}
	return p.Output(at)
}

// fromInternet implements publicOwner.
func (h *Host) fromInternet(*Transit) *Host { return h }

// Host returns the host behind an interface; it is started if there is none.
func (n *Network) Host(interfaceID string) (*Host, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(interfaceID)
	if err != nil {
		return nil, err
	}
	if h, ok := e.device.(*Host); ok {
		return h, nil
	}
	if e.Managed || e.device != nil {
		return nil, refuse("OperationNotPermitted", "You are not allowed to manage '%s'.", interfaceID)
	}
	return n.hostBehind(e)
}

// Launch starts the host of an instance behind its first interface.
func (n *Network) Launch(instance, interfaceID string) (*Host, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(interfaceID)
	if err != nil {
		return nil, err
	}
	if e.Managed || e.device != nil {
		return nil, refuse("InvalidNetworkInterface.InUse", "Interface: [%s] in use.", interfaceID)
	}
	h, err := n.hostBehind(e)
	if err == nil {
		e.Instance, e.Device = instance, 0
	}
	return h, err
}

// hostBehind starts a host behind an interface that has no device. The caller holds
// the lock.
func (n *Network) hostBehind(e *ENI) (*Host, error) {
	h, err := n.newHost(netstack.Options{Name: e.ID, MTU: mtuVPC, Addrs: e.addresses()}, e)
	if err != nil {
		return nil, err
	}
	e.device = h
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
		if !a.IsValid() || !a.IsGlobalUnicast() || a.Is4In6() || insidePaths(a) {
			return nil, refuse("InvalidParameterValue", "%s cannot be the address of public host %s", a, name)
		}
		if n.public[a] != nil {
			return nil, refuse("InvalidIPAddress.InUse", "Address %s is in use.", a)
		}
	}
	h, err := n.newHost(netstack.Options{Name: name, MTU: mtuInternet, Addrs: addrs}, nil)
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		n.public[a] = h
	}
	return h, nil
}

// newHost starts a host behind an interface, or on the internet if at is nil.
// The caller holds the lock.
func (n *Network) newHost(o netstack.Options, at *ENI) (*Host, error) {
	if n.closed {
		return nil, fmt.Errorf("start host %s: the network is closed", o.Name)
	}
	h := &Host{network: n, at: at}
	o.Clock = n.clock
	o.Send = func(v *buffer.View) { n.send(h, v) }
	var err error
	if h.Host, err = netstack.New(o); err != nil {
		return nil, err
	}
	n.hosts[h] = struct{}{}
	return h, nil
}

// newCustomerHost starts a host in a customer's network. The caller holds the lock.
func (n *Network) newCustomerHost(name string, addr netip.Addr, behind *vpnGateway) (*Host, error) {
	h, err := n.newHost(netstack.Options{Name: name, MTU: mtuInternet, Addrs: []netip.Addr{addr}}, nil)
	if err == nil {
		h.customer = behind
	}
	return h, err
}

// Close stops the host: its connections are cut and its addresses no longer
// answer. The interface stays.
func (h *Host) Close() {
	n := h.network
	n.mu.Lock()
	if _, running := n.hosts[h]; !running {
		n.mu.Unlock()
		return
	}
	delete(n.hosts, h)
	for _, e := range h.interfaces() {
		if e.device == h {
			e.device, e.Instance, e.Device = nil, "", 0
		}
	}
	if h.customer != nil {
		delete(h.customer.far, h.Addr())
	}
	for _, a := range h.Addrs() {
		if n.public[a] == h {
			delete(n.public, a)
		}
	}
	n.mu.Unlock()
	h.Host.Close()
}

// Nameservers returns the resolvers that the host is configured with: those of the
// VPC's DHCP options, or the public one on the internet.
func (h *Host) Nameservers() []netip.AddrPort {
	n := h.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	if h.at != nil {
		return h.at.vpc().nameservers()
	}
	if n.nameserver.IsValid() {
		return []netip.AddrPort{n.nameserver}
	}
	return nil
}
