package vpc

import (
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/store"
)

// VPC is a virtual private cloud: address space of its own. Several VPCs may
// have the same CIDR blocks, and any block, public address space included
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
type VPC struct {
	// ID is vpc-…. Required.
	ID string
	// CIDRs are its IPv4 blocks, the primary one first, each /16 to /28. Required.
	CIDRs []netip.Prefix
	// IPv6CIDRs are its IPv6 blocks. Set by the network; see AddCIDR.
	IPv6CIDRs []netip.Prefix
	// DNSSupport has the VPC's resolver answer, DNSHostnames gives names to
	// public addresses; private DNS names need both
	// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
	DNSSupport, DNSHostnames bool
	// MainTable, DefaultGroup and DefaultACL are the ids of the route table, the
	// security group and the network ACL that come with every VPC. Default: made
	// from ID.
	MainTable, DefaultGroup, DefaultACL string
	// DHCPOptions is the id of its DHCP options, [NoDHCPOptions] if it has none. Set by
	// the network.
	DHCPOptions string
}

// vpc is a VPC with its contents.
type vpc struct {
	VPC
	main     *routeTable
	dhcp     *DHCPOptions     // may be nil
	acl      *networkACL      // the default one
	gateway  *internetGateway // attached; may be nil
	subnets  map[string]*subnet
	byAddr   map[netip.Addr]*ENI
	tables   map[string]*routeTable
	groups   map[string]*securityGroup
	acls     map[string]*networkACL
	peerings map[string]*peering
	users    map[string]bool // what is built on the network and in the VPC, by id
}

// VPCs are the VPCs of a network.
type VPCs struct{ network *Network }

// VPCs returns the network's VPCs.
func (n *Network) VPCs() VPCs { return VPCs{n} }

// Create creates a VPC with its main route table, its default network ACL, which
// lets everything pass, and its default security group, which lets everything out
// and its members in
// (docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html).
func (a VPCs) Create(c VPC) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.vpcs.CheckFree(c.ID); err != nil {
		return err
	}
	if len(c.CIDRs) == 0 {
		return refuse("MissingParameter", "The request must contain the parameter cidrBlock")
	}
	if err := checkDNS(c.DNSSupport, c.DNSHostnames); err != nil {
		return err
	}
	c.CIDRs, c.IPv6CIDRs = slices.Clone(c.CIDRs), nil
	for i, cidr := range c.CIDRs {
		if err := checkBlock(cidr); err != nil {
			return err
		}
		for _, other := range c.CIDRs[:i] {
			if cidr.Overlaps(other) {
				return refuse("InvalidVpc.Range", "The CIDR '%s' overlaps '%s'", cidr, other)
			}
		}
	}
	suffix := strings.TrimPrefix(c.ID, "vpc-")
	if c.MainTable == "" {
		c.MainTable = "rtb-" + suffix
	}
	if c.DefaultGroup == "" {
		c.DefaultGroup = "sg-" + suffix
	}
	if c.DefaultACL == "" {
		c.DefaultACL = "acl-" + suffix
	}
	if err := n.tables.CheckFree(c.MainTable); err != nil {
		return err
	}
	if err := n.groups.CheckFree(c.DefaultGroup); err != nil {
		return err
	}
	if err := n.acls.CheckFree(c.DefaultACL); err != nil {
		return err
	}
	v := &vpc{
		VPC: c, dhcp: n.defaultDHCP, subnets: map[string]*subnet{}, byAddr: map[netip.Addr]*ENI{}, tables: map[string]*routeTable{},
		groups: map[string]*securityGroup{}, acls: map[string]*networkACL{}, peerings: map[string]*peering{}, users: map[string]bool{},
	}
	n.vpcs.ByID[c.ID] = v
	v.main = n.addRouteTable(v, c.MainTable)
	n.addDefaultACL(v, c.DefaultACL)
	n.addSecurityGroup(v, SecurityGroup{
		ID: c.DefaultGroup, VPC: c.ID, Name: "default", Description: "default VPC security group",
		Ingress: []Rule{{Protocol: "-1", Group: c.DefaultGroup}},
		Egress:  []Rule{AllowAll},
	})
	return nil
}

// checkBlock returns an error unless a CIDR block can be a VPC's or a subnet's.
// Special-purpose addresses cannot. Nor can class E here, which the network uses
// for private paths (see [Network.Path]).
func checkBlock(cidr netip.Prefix) error {
	a := cidr.Addr()
	if !cidr.IsValid() || !a.Is4() || cidr.Bits() < 16 || cidr.Bits() > 28 ||
		a.As4()[0] == 0 || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || insidePaths(a) {
		return refuse("InvalidVpc.Range", "The CIDR '%s' is invalid: an IPv4 block of /16 to /28 is needed.", cidr)
	}
	if cidr != cidr.Masked() {
		return refuse("InvalidParameterValue", "The CIDR '%s' has host bits set; '%s' has none", cidr, cidr.Masked())
	}
	return nil
}

// checkDNS refuses DNS hostnames without DNS support
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html).
func checkDNS(support, hostnames bool) error {
	if hostnames && !support {
		return refuse("InvalidParameterCombination", "enableDnsHostnames can only be true if enableDnsSupport is true")
	}
	return nil
}

// Modify sets the DNS attributes of a VPC.
func (a VPCs) Modify(id string, dnsSupport, dnsHostnames bool) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	v, err := n.vpcs.Get(id)
	if err != nil {
		return err
	}
	if err := checkDNS(dnsSupport, dnsHostnames); err != nil {
		return err
	}
	v.DNSSupport, v.DNSHostnames = dnsSupport, dnsHostnames
	return nil
}

// Delete deletes a VPC with its main route table, default network ACL and default
// security group. Everything else in it must have been deleted before.
func (a VPCs) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	v, err := n.vpcs.Get(id)
	if err != nil {
		return err
	}
	if user := n.userOfVPC(v); user != "" {
		return dependency("vpc", id, user)
	}
	delete(n.tables.ByID, v.MainTable)
	delete(n.groups.ByID, v.DefaultGroup)
	delete(n.acls.ByID, v.DefaultACL)
	delete(n.vpcs.ByID, id)
	n.paths.forget(id)
	n.directory.forget(id)
	return nil
}

// userOfVPC returns the id of an object that keeps a VPC from being deleted.
func (n *Network) userOfVPC(v *vpc) string {
	for id := range v.subnets {
		return id
	}
	if v.gateway != nil {
		return v.gateway.ID
	}
	for id, g := range n.vpns.ByID {
		if g.vpc == v {
			return id
		}
	}
	for _, g := range n.transits.ByID {
		for id, a := range g.attachments {
			if a.vpc == v {
				return id
			}
		}
	}
	for id, g := range n.egressOnly.ByID {
		if g.vpc == v {
			return id
		}
	}
	for id := range v.peerings {
		return id
	}
	for id := range v.tables {
		if id != v.MainTable {
			return id
		}
	}
	for id := range v.groups {
		if id != v.DefaultGroup {
			return id
		}
	}
	for id := range v.acls {
		if id != v.DefaultACL {
			return id
		}
	}
	for id := range v.users {
		return id
	}
	return ""
}

// Get describes a VPC.
func (a VPCs) Get(id string) (VPC, error) {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	v, err := n.vpcs.Get(id)
	if err != nil {
		return VPC{}, err
	}
	return v.describe(), nil
}

// All describes all VPCs in the order of their ids.
func (a VPCs) All() []VPC {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.vpcs, (*vpc).describe)
}

func (v *vpc) describe() VPC {
	c := v.VPC
	c.CIDRs, c.IPv6CIDRs = slices.Clone(c.CIDRs), slices.Clone(c.IPv6CIDRs)
	c.DHCPOptions = NoDHCPOptions
	if v.dhcp != nil {
		c.DHCPOptions = v.dhcp.ID
	}
	return c
}

// linkResolver is the link-local address of every VPC's resolver.
var linkResolver = netip.AddrFrom4([4]byte{169, 254, 169, 253})

// resolves reports whether an address is that of the VPC's resolver: the base of
// the primary block plus two, or 169.254.169.253
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func (v *vpc) resolves(a netip.Addr) bool { return a == linkResolver || a == v.resolverAddr() }

// resolverAddr is the base of the VPC's primary block plus two.
func (v *vpc) resolverAddr() netip.Addr { return v.CIDRs[0].Addr().Next().Next() }

// Forward implements Hop: a VPC is the target of its own local routes.
func (v *vpc) Forward(_ *ENI, p *Transit) *Host { return p.local(v) }

// Active implements Hop.
func (v *vpc) Active(string) bool { return true }
