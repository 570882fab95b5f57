package vpc

import (
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/store"
)

// Subnet is a range of a VPC's addresses in one Availability Zone.
type Subnet struct {
	// ID is subnet-…, VPC the id of the VPC. Required.
	ID, VPC string
	// CIDR is its block, inside one of the VPC's and overlapping no other
	// subnet. Required.
	CIDR netip.Prefix
	// IPv6CIDR is its IPv6 block, a /64 of one of the VPC's. Default: none.
	IPv6CIDR netip.Prefix
	// AssignIPv6 is EC2's AssignIpv6AddressOnCreation. The network keeps it; whoever makes
	// an interface applies it.
	AssignIPv6 bool
	// Zone is its Availability Zone. Default: the Region's first.
	Zone string
	// MapPublic is EC2's MapPublicIpOnLaunch. The network keeps it; whoever starts an
	// instance applies it.
	MapPublic bool
}

// subnet is a Subnet with its contents.
type subnet struct {
	Subnet
	vpc   *vpc
	table *routeTable // explicitly associated; nil: the main one
	acl   *networkACL // explicitly associated; nil: the default one
	enis  map[string]*ENI
	next  netip.Addr // where the search for a free address starts
}

// Subnets are the subnets of a network.
type Subnets struct{ network *Network }

// Subnets returns the network's subnets.
func (n *Network) Subnets() Subnets { return Subnets{n} }

// Create creates a subnet.
func (a Subnets) Create(c Subnet) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.subnets.CheckFree(c.ID); err != nil {
		return err
	}
	v, err := n.vpcs.Get(c.VPC)
	if err != nil {
		return err
	}
	if c.Zone == "" {
		c.Zone = n.zones[0]
	}
	if !slices.Contains(n.zones, c.Zone) {
		return refuse("InvalidParameterValue", "Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %v.", c.Zone, n.zones)
	}
	if err := checkBlock(c.CIDR); err != nil {
		return refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid.", c.CIDR)
	}
	inside := slices.ContainsFunc(v.CIDRs, func(b netip.Prefix) bool {
		return b.Bits() <= c.CIDR.Bits() && b.Contains(c.CIDR.Addr())
	})
	if !inside {
		return refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid.", c.CIDR)
	}
	for _, s := range v.subnets {
		if s.CIDR.Overlaps(c.CIDR) {
			return refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", c.CIDR)
		}
	}
	if c.IPv6CIDR.IsValid() {
		if err := v.checkIPv6(c.IPv6CIDR); err != nil {
			return err
		}
	}
	s := &subnet{Subnet: c, vpc: v, enis: map[string]*ENI{}, next: firstUsable(c.CIDR)}
	v.subnets[c.ID], n.subnets.ByID[c.ID] = s, s
	return nil
}

// Delete deletes a subnet in which no interface is left.
func (a Subnets) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.subnets.Get(id)
	if err != nil {
		return err
	}
	for user := range s.enis {
		return dependency("subnet", id, user)
	}
	if s.table != nil {
		delete(s.table.subnets, id)
	}
	delete(s.vpc.subnets, id)
	delete(n.subnets.ByID, id)
	return nil
}

// Modify sets MapPublic and AssignIPv6.
func (a Subnets) Modify(id string, mapPublic, assignIPv6 bool) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.subnets.Get(id)
	if err != nil {
		return err
	}
	if assignIPv6 && !s.IPv6CIDR.IsValid() {
		return refuse("InvalidParameterValue", "The subnet %s has no IPv6 CIDR block", id)
	}
	s.MapPublic, s.AssignIPv6 = mapPublic, assignIPv6
	return nil
}

// Get describes a subnet.
func (a Subnets) Get(id string) (Subnet, error) {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	s, err := n.subnets.Get(id)
	if err != nil {
		return Subnet{}, err
	}
	return s.Subnet, nil
}

// All describes all subnets in the order of their ids.
func (a Subnets) All() []Subnet {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.subnets, func(s *subnet) Subnet { return s.Subnet })
}

// routes returns the route table that applies to the subnet.
func (s *subnet) routes() *routeTable {
	if s.table != nil {
		return s.table
	}
	return s.vpc.main
}

// firstUsable is the first address of a block that is not reserved. Of each
// subnet the first four addresses and the last are
// (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
func firstUsable(cidr netip.Prefix) netip.Addr {
	return cidr.Masked().Addr().Next().Next().Next().Next()
}

// usable reports whether an interface in the subnet may have this address.
func (s *subnet) usable(a netip.Addr) bool {
	return s.CIDR.Contains(a) && !a.Less(firstUsable(s.CIDR)) && s.CIDR.Contains(a.Next())
}

// take returns a free address of the subnet: want, or the next one if want is
// not set.
func (s *subnet) take(want netip.Addr) (netip.Addr, error) {
	if want.IsValid() {
		switch {
		case !s.usable(want):
			return want, refuse("InvalidParameterValue", "Address %s does not fall within the subnet's usable address range", want)
		case s.vpc.byAddr[want] != nil:
			return want, refuse("InvalidIPAddress.InUse", "Address %s is in use.", want)
		}
		return want, nil
	}
	for a, wrapped := s.next, false; ; a = a.Next() {
		if !s.usable(a) {
			if wrapped {
				return a, refuse("InsufficientFreeAddressesInSubnet", "The specified subnet '%s' does not have enough free addresses to satisfy the request.", s.ID)
			}
			a, wrapped = firstUsable(s.CIDR), true
		}
		if s.vpc.byAddr[a] == nil {
			s.next = a.Next()
			return a, nil
		}
	}
}
