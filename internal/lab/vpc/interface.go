package vpc

import (
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/store"
)

// Interface is an elastic network interface: what has an address in a subnet
// and security groups
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html).
type Interface struct {
	// ID is eni-…, Subnet the id of its subnet. Required.
	ID, Subnet string
	// Groups are the ids of its security groups. Default: the VPC's default group.
	Groups []string
	// PrivateAddr is its address. Default: a free one of the subnet.
	PrivateAddr netip.Addr
	// PublicAddr is the public address that the VPC's internet gateway
	// translates to and from PrivateAddr. Default: none, or one of the Region's
	// if Public is set.
	PublicAddr netip.Addr
	// Public asks for a public address of the Region's.
	Public bool
	// IPv6Addrs are its IPv6 addresses, which are public ones too. Default: none, or as
	// many of the subnet's as IPv6Count says.
	IPv6Addrs []netip.Addr
	IPv6Count int
	// NoSourceDestCheck is EC2's SourceDestCheck turned off: the interface also takes
	// and sends packets that are neither to nor from its own address.
	NoSourceDestCheck bool
	// Instance is the id of the instance that the interface is attached to, Device
	// its place there, with 0 for the first. Set by the network.
	Instance string
	Device   int
	// Allocation is the id of the elastic address that PublicAddr is. Default: it is
	// none.
	Allocation string
	// Description is for people. Type is EC2's InterfaceType. Default: interface.
	Description, Type string
	// VPC and Zone are those of the subnet. Set by the network.
	VPC, Zone string
	// InUse reports whether something is behind the interface. Set by the network.
	InUse bool
	// Managed marks an interface that an AWS service made for itself: only that
	// service deletes it. Set by the network.
	Managed bool
}

// Interfaces are the network interfaces of a network.
type Interfaces struct{ network *Network }

// Interfaces returns the network's network interfaces.
func (n *Network) Interfaces() Interfaces { return Interfaces{n} }

// Create creates an interface. No host answers behind it until
// [Network.Host] puts a host there.
func (a Interfaces) Create(c Interface) (Interface, error) {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.Type == "" {
		c.Type = "interface"
	}
	c.Managed, c.Instance, c.Device, c.Allocation = false, "", 0, ""
	e, err := n.addInterface(c, nil)
	if err != nil {
		return Interface{}, err
	}
	return e.describe(), nil
}

// addInterface creates an interface with a device behind it. A managed one
// without groups has none and filters nothing. The caller holds the lock.
func (n *Network) addInterface(c Interface, d Device) (*ENI, error) {
	if err := n.interfaces.CheckFree(c.ID); err != nil {
		return nil, err
	}
	s, err := n.subnets.Get(c.Subnet)
	if err != nil {
		return nil, err
	}
	if len(c.Groups) == 0 && !c.Managed {
		c.Groups = []string{s.vpc.DefaultGroup}
	}
	groups, err := n.groupsOf(s.vpc, c.Groups)
	if err != nil {
		return nil, err
	}
	if c.PrivateAddr, err = s.take(c.PrivateAddr); err != nil {
		return nil, err
	}
	if c.IPv6Addrs, err = s.takeIPv6(c.IPv6Addrs, c.IPv6Count); err != nil {
		return nil, err
	}
	if c.Public && !c.PublicAddr.IsValid() {
		c.PublicAddr = n.pool.take(n.public)
	}
	if c.PublicAddr.IsValid() {
		if _, taken := n.public[c.PublicAddr]; taken {
			return nil, refuse("InvalidIPAddress.InUse", "Address %s is in use.", c.PublicAddr)
		}
	}
	c.Groups, c.VPC, c.Zone = slices.Clone(c.Groups), s.VPC, s.Zone
	e := &ENI{Interface: c, subnet: s, device: d}
	if c.PublicAddr.IsValid() {
		n.public[c.PublicAddr] = e
	}
	e.setGroups(groups)
	s.enis[c.ID], n.interfaces.ByID[c.ID] = e, e
	for _, a := range e.addresses() {
		s.vpc.byAddr[a] = e
	}
	for _, a := range e.IPv6Addrs {
		n.public[a] = e
	}
	n.targets[c.ID] = e
	return e, nil
}

// Check turns an interface's source/destination check on or off
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html).
func (a Interfaces) Check(id string, on bool) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return err
	}
	e.NoSourceDestCheck = !on
	return nil
}

// Modify replaces an interface's security groups.
func (a Interfaces) Modify(id string, groups []string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return err
	}
	if len(groups) == 0 && !e.Managed {
		return refuse("InvalidParameterValue", "An interface needs at least one security group")
	}
	gs, err := n.groupsOf(e.vpc(), groups)
	if err != nil {
		return err
	}
	e.Groups = slices.Clone(groups)
	e.setGroups(gs)
	return nil
}

// AssociateAddress gives an interface a public address of the caller's choice,
// or one of the Region's if addr is not set, in place of the one it has. The VPC
// needs an internet gateway
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html).
func (a Interfaces) AssociateAddress(id string, addr netip.Addr, allocation string) (netip.Addr, error) {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return addr, err
	}
	if e.vpc().gateway == nil {
		return addr, refuse("Gateway.NotAttached", "Network %s is not attached to any internet gateway", e.VPC)
	}
	if !addr.IsValid() {
		addr = n.pool.take(n.public)
	}
	if _, taken := n.public[addr]; taken {
		return addr, refuse("Resource.AlreadyAssociated", "Address %s is already associated.", addr)
	}
	delete(n.public, e.PublicAddr)
	e.PublicAddr, e.Allocation = addr, allocation
	n.public[addr] = e
	return addr, nil
}

// DisassociateAddress removes an interface's public address.
func (a Interfaces) DisassociateAddress(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return err
	}
	delete(n.public, e.PublicAddr)
	e.PublicAddr, e.Allocation = netip.Addr{}, ""
	return nil
}

// Delete deletes an interface. The host behind it must have been
// closed before; a service's own interface goes with what it serves.
func (a Interfaces) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return err
	}
	if e.Managed {
		return refuse("OperationNotPermitted", "You do not have permission to delete the network interface '%s': %s.", id, e.Description)
	}
	if e.device != nil {
		return refuse("InvalidParameterValue", "Network interface '%s' is currently in use.", id)
	}
	n.removeInterface(e)
	return nil
}

// removeInterface deletes an interface with whatever is behind it. Routes that
// lead to it become black holes. The caller holds the lock.
func (n *Network) removeInterface(e *ENI) {
	e.setGroups(nil)
	delete(n.public, e.PublicAddr)
	for _, a := range e.addresses() {
		delete(e.vpc().byAddr, a)
	}
	for _, a := range e.IPv6Addrs {
		delete(n.public, a)
	}
	delete(e.subnet.enis, e.ID)
	delete(n.interfaces.ByID, e.ID)
	delete(n.targets, e.ID)
	e.device = nil
	e.vpc().blackhole(e.ID)
}

// Get describes an interface.
func (a Interfaces) Get(id string) (Interface, error) {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	e, err := n.interfaces.Get(id)
	if err != nil {
		return Interface{}, err
	}
	return e.describe(), nil
}

// All describes all interfaces in the order of their ids.
func (a Interfaces) All() []Interface {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.interfaces, (*ENI).describe)
}

func (e *ENI) describe() Interface {
	c := e.Interface
	c.InUse = e.device != nil
	c.Groups, c.IPv6Addrs = slices.Clone(c.Groups), slices.Clone(c.IPv6Addrs)
	return c
}
