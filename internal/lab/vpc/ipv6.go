package vpc

import (
	"net/netip"
	"slices"
)

// anywhere6 is ::/0.
var anywhere6 = netip.PrefixFrom(netip.IPv6Unspecified(), 0)

// AllowAllIPv6 is the egress rule that a new security group in EC2 also has where the
// VPC has an IPv6 block.
var AllowAllIPv6 = Rule{Protocol: "-1", CIDR: anywhere6}

// firstIPv6 is where Amazon's own IPv6 blocks for VPCs start: address space of the
// Seoul Region.
var firstIPv6 = netip.MustParsePrefix("2406:da12:100::/56")

// AddCIDR gives a VPC another block: an IPv4 one of /16 to /28, or an IPv6 one of /56,
// Amazon's if block is not set. Each route table gets its local route; where it is the
// first IPv6 block, the default network ACL and the default security group let IPv6
// pass as they do IPv4
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
// …/default-network-acl.html, …/default-security-group.html).
func (a VPCs) AddCIDR(id string, block netip.Prefix) (netip.Prefix, error) {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	v, err := n.vpcs.Get(id)
	if err != nil {
		return block, err
	}
	switch {
	case !block.IsValid():
		block = n.nextIPv6()
	case block.Addr().Is4():
		if err := checkBlock(block); err != nil {
			return block, err
		}
	case block.Bits() != 56 || block != block.Masked():
		return block, refuse("InvalidVpc.Range", "The CIDR '%s' is invalid: an IPv6 block of /56 is needed.", block)
	}
	for _, other := range v.blocks() {
		if other.Overlaps(block) {
			return block, refuse("InvalidVpc.Range", "The CIDR '%s' overlaps '%s'", block, other)
		}
	}
	for _, p := range v.peerings {
		for _, other := range p.far(v).blocks() {
			if other.Overlaps(block) {
				return block, refuse("InvalidVpc.Range", "The CIDR '%s' overlaps '%s' of a peered VPC", block, other)
			}
		}
	}
	if block.Addr().Is4() {
		v.CIDRs = append(v.CIDRs, block)
	} else {
		v.IPv6CIDRs = append(v.IPv6CIDRs, block)
		if len(v.IPv6CIDRs) == 1 {
			n.letIPv6Pass(v)
		}
	}
	for _, t := range v.tables {
		t.routes = append([]*route{{Destination: block.String(), Target: "local", cidr: block, via: v}}, t.routes...)
	}
	return block, nil
}

// nextIPv6 is a block of Amazon's that no VPC has.
func (n *Network) nextIPv6() netip.Prefix {
	for b := firstIPv6; ; {
		taken := false
		for _, v := range n.vpcs.ByID {
			taken = taken || slices.ContainsFunc(v.IPv6CIDRs, b.Overlaps)
		}
		if !taken {
			return b
		}
		next := b.Addr().As16()
		if next[6]++; next[6] == 0 {
			next[5]++
		}
		b = netip.PrefixFrom(netip.AddrFrom16(next), 56)
	}
}

// letIPv6Pass adds to what comes with a VPC.
func (n *Network) letIPv6Pass(v *vpc) {
	for _, out := range []bool{false, true} {
		e := ACLEntry{Number: 101, Egress: out, Allow: true, Protocol: -1, CIDR: anywhere6}
		if !slices.ContainsFunc(v.acl.entries[e.direction()], func(o ACLEntry) bool { return o.Number == e.Number }) {
			v.acl.put(e)
		}
	}
	if g := n.groups.ByID[v.DefaultGroup]; slices.ContainsFunc(g.Egress, AllowAll.same) && !slices.ContainsFunc(g.Egress, AllowAllIPv6.same) {
		g.Egress = append(g.Egress, AllowAllIPv6)
	}
}

// RemoveCIDR takes a block from a VPC that is not its first one, and in which no subnet
// is.
func (a VPCs) RemoveCIDR(id string, block netip.Prefix) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	v, err := n.vpcs.Get(id)
	if err != nil {
		return err
	}
	switch {
	case !slices.Contains(v.blocks(), block):
		return refuse("InvalidVpcCidrBlockAssociationID.NotFound", "The VPC %s has no block %s", id, block)
	case v.CIDRs[0] == block:
		return refuse("OperationNotPermitted", "The vpc CIDR block %s is the primary one of %s", block, id)
	}
	for _, s := range v.subnets {
		if block.Overlaps(s.CIDR) || s.IPv6CIDR.IsValid() && block.Overlaps(s.IPv6CIDR) {
			return dependency("vpc CIDR block", block.String(), s.ID)
		}
	}
	same := func(b netip.Prefix) bool { return b == block }
	v.CIDRs, v.IPv6CIDRs = slices.DeleteFunc(v.CIDRs, same), slices.DeleteFunc(v.IPv6CIDRs, same)
	for _, t := range v.tables {
		t.routes = slices.DeleteFunc(t.routes, func(r *route) bool { return r.cidr == block && r.via == v })
	}
	return nil
}

// blocks are all blocks of a VPC.
func (v *vpc) blocks() []netip.Prefix { return append(slices.Clone(v.CIDRs), v.IPv6CIDRs...) }

// SetIPv6 gives a subnet its IPv6 block, a /64 of one of the VPC's, or takes it away if
// block is not set. No interface of the subnet may have an address of the old one.
func (a Subnets) SetIPv6(id string, block netip.Prefix) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.subnets.Get(id)
	if err != nil {
		return err
	}
	for _, e := range s.enis {
		if len(e.IPv6Addrs) > 0 && !block.IsValid() {
			return dependency("subnet CIDR block", s.IPv6CIDR.String(), e.ID)
		}
	}
	if block.IsValid() {
		if s.IPv6CIDR.IsValid() {
			return refuse("InvalidSubnet.Conflict", "The subnet %s has the IPv6 CIDR block %s already", id, s.IPv6CIDR)
		}
		if err := s.vpc.checkIPv6(block); err != nil {
			return err
		}
	}
	s.IPv6CIDR = block
	return nil
}

// checkIPv6 returns EC2's error for a block that cannot be a subnet's
// (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
func (v *vpc) checkIPv6(block netip.Prefix) error {
	inside := func(b netip.Prefix) bool { return b.Contains(block.Addr()) }
	if block.Bits() != 64 || block != block.Masked() || !slices.ContainsFunc(v.IPv6CIDRs, inside) {
		return refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid: a /64 of an IPv6 block of %s is needed.", block, v.ID)
	}
	for _, s := range v.subnets {
		if s.IPv6CIDR.IsValid() && s.IPv6CIDR.Overlaps(block) {
			return refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", block)
		}
	}
	return nil
}

// takeIPv6 returns addresses for an interface: those that it wants, and as many free
// ones as it asks for.
func (s *subnet) takeIPv6(want []netip.Addr, count int) ([]netip.Addr, error) {
	if len(want) == 0 && count == 0 {
		return nil, nil
	}
	if !s.IPv6CIDR.IsValid() {
		return nil, refuse("InvalidParameterValue", "The subnet %s has no IPv6 CIDR block", s.ID)
	}
	for _, a := range want {
		switch {
		case !s.IPv6CIDR.Contains(a):
			return nil, refuse("InvalidParameterValue", "Address %s does not fall within the subnet's address range", a)
		case s.vpc.byAddr[a] != nil:
			return nil, refuse("InvalidIPAddress.InUse", "Address %s is in use.", a)
		}
	}
	out := slices.Clone(want)
	bytes := s.IPv6CIDR.Addr().As16()
	bytes[15] = 0x10
	for a := netip.AddrFrom16(bytes); count > 0; a = a.Next() {
		if s.vpc.byAddr[a] == nil && !slices.Contains(out, a) {
			out = append(out, a)
			count--
		}
	}
	return out, nil
}

// addresses are all of the interface's own addresses.
func (e *ENI) addresses() []netip.Addr {
	return append([]netip.Addr{e.PrivateAddr}, e.IPv6Addrs...)
}

// has reports whether an address is the interface's own.
func (e *ENI) has(a netip.Addr) bool {
	return a == e.PrivateAddr || slices.Contains(e.IPv6Addrs, a)
}
