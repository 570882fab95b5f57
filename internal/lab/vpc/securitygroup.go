package vpc

import (
	"net/netip"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/store"
)

// Rule admits traffic that a security group would otherwise stop
// (docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
type Rule struct {
	// Protocol is tcp, udp, icmp, icmpv6, a protocol number, or -1 for all. Required.
	Protocol string
	// FromPort and ToPort are the first and the last port; for icmp and icmpv6 the type
	// and the code, where -1 is any. Unused where Protocol is -1.
	FromPort, ToPort int
	// The other side is one of: a CIDR block, the members of a security group
	// (by their private addresses), the entries of a prefix list (by its id).
	CIDR              netip.Prefix
	Group, PrefixList string
	// Description is for people.
	Description string
}

// anywhere is 0.0.0.0/0.
var anywhere = netip.PrefixFrom(netip.IPv4Unspecified(), 0)

// AllowAll admits everything. It is the egress rule of a new security group in EC2.
var AllowAll = Rule{Protocol: "-1", CIDR: anywhere}

// SecurityGroup is a stateful filter in front of interfaces. It has exactly the
// rules given here: with none in a direction, nothing passes in it.
type SecurityGroup struct {
	// ID is sg-…, VPC the id of the VPC. Required.
	ID, VPC string
	// Name and Description are for people.
	Name, Description string
	Ingress, Egress   []Rule
}

// securityGroup is a SecurityGroup with its member interfaces.
type securityGroup struct {
	SecurityGroup
	vpc     *vpc
	members map[netip.Addr]*ENI // by private address
}

// SecurityGroups are the security groups of a network.
type SecurityGroups struct{ network *Network }

// SecurityGroups returns the network's security groups.
func (n *Network) SecurityGroups() SecurityGroups { return SecurityGroups{n} }

// Create creates a security group.
func (a SecurityGroups) Create(c SecurityGroup) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.groups.CheckFree(c.ID); err != nil {
		return err
	}
	v, err := n.vpcs.Get(c.VPC)
	if err != nil {
		return err
	}
	if err := v.checkGroup(c); err != nil {
		return err
	}
	for _, rules := range [][]Rule{c.Ingress, c.Egress} {
		for _, r := range rules {
			if err := n.checkRule(v, r, c.ID); err != nil {
				return err
			}
		}
	}
	n.addSecurityGroup(v, c)
	return nil
}

func (n *Network) addSecurityGroup(v *vpc, c SecurityGroup) {
	c.Ingress, c.Egress = slices.Clone(c.Ingress), slices.Clone(c.Egress)
	g := &securityGroup{SecurityGroup: c, vpc: v, members: map[netip.Addr]*ENI{}}
	v.groups[c.ID], n.groups.ByID[c.ID] = g, g
}

// checkRule refuses a rule that has no peer or refers to an object that does not exist. self
// is the id of the rule's own group, which a rule may name before it exists.
func (n *Network) checkRule(v *vpc, r Rule, self string) error {
	if err := checkGroupText("Description", r.Description); err != nil {
		return err
	}
	named := 0
	if r.CIDR.IsValid() {
		named++
	}
	if r.Group != "" {
		named++
		g, err := n.groups.Get(r.Group)
		switch {
		case r.Group == self:
		case err != nil:
			return err
		case !n.sees(v, g.VPC):
			return refuse("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
		}
	}
	if r.PrefixList != "" {
		named++
		if _, err := n.lists.Get(r.PrefixList); err != nil {
			return err
		}
	}
	if named != 1 {
		return refuse("InvalidParameterValue", "A rule needs exactly one of a CIDR block, a security group and a prefix list")
	}
	if _, ok := protocolNumber(r.Protocol); !ok {
		return refuse("InvalidPermission.Malformed", "Unsupported IP protocol \"%s\"", r.Protocol)
	}
	return nil
}

// protocolNumber returns the number of a rule's protocol, -1 for all.
func protocolNumber(name string) (int, bool) {
	switch name {
	case "tcp":
		return packet.TCP, true
	case "udp":
		return packet.UDP, true
	case "icmp":
		return packet.ICMP, true
	case "icmpv6":
		return packet.ICMPv6, true
	}
	number, err := strconv.Atoi(name)
	return number, err == nil && number >= -1 && number <= 255
}

// AuthorizeIngress adds an ingress rule.
func (a SecurityGroups) AuthorizeIngress(group string, r Rule) error {
	n := a.network
	return n.authorize(group, r, func(g *securityGroup) *[]Rule { return &g.Ingress })
}

// AuthorizeEgress adds an egress rule.
func (a SecurityGroups) AuthorizeEgress(group string, r Rule) error {
	n := a.network
	return n.authorize(group, r, func(g *securityGroup) *[]Rule { return &g.Egress })
}

func (n *Network) authorize(group string, r Rule, rules func(*securityGroup) *[]Rule) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.groups.Get(group)
	if err != nil {
		return err
	}
	if err := n.checkRule(g.vpc, r, group); err != nil {
		return err
	}
	if list := rules(g); slices.ContainsFunc(*list, r.same) {
		return refuse("InvalidPermission.Duplicate", "the specified rule already exists in '%s'", group)
	} else {
		*list = append(*list, r)
	}
	return nil
}

// RevokeIngress removes an ingress rule, compared without its description.
func (a SecurityGroups) RevokeIngress(group string, r Rule) error {
	n := a.network
	return n.revoke(group, r, func(g *securityGroup) *[]Rule { return &g.Ingress })
}

// RevokeEgress removes an egress rule, compared without its description.
func (a SecurityGroups) RevokeEgress(group string, r Rule) error {
	n := a.network
	return n.revoke(group, r, func(g *securityGroup) *[]Rule { return &g.Egress })
}

func (n *Network) revoke(group string, r Rule, rules func(*securityGroup) *[]Rule) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.groups.Get(group)
	if err != nil {
		return err
	}
	list := rules(g)
	i := slices.IndexFunc(*list, r.same)
	if i < 0 {
		return refuse("InvalidPermission.NotFound", "The specified rule does not exist in '%s'.", group)
	}
	*list = slices.Delete(*list, i, i+1)
	return nil
}

// same reports whether two rules admit the same traffic.
func (r Rule) same(o Rule) bool {
	r.Description, o.Description = "", ""
	return r == o
}

// Delete deletes a group that no interface has and that no rule of
// another group names.
func (a SecurityGroups) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.groups.Get(id)
	if err != nil {
		return err
	}
	if id == g.vpc.DefaultGroup {
		return refuse("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id)
	}
	for _, e := range g.members {
		return dependency("security group", id, e.ID)
	}
	for _, other := range n.groups.ByID {
		names := func(r Rule) bool { return r.Group == id }
		if other != g && (slices.ContainsFunc(other.Ingress, names) || slices.ContainsFunc(other.Egress, names)) {
			return dependency("security group", id, other.ID)
		}
	}
	delete(g.vpc.groups, id)
	delete(n.groups.ByID, id)
	return nil
}

// Get describes a security group.
func (a SecurityGroups) Get(id string) (SecurityGroup, error) {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	g, err := n.groups.Get(id)
	if err != nil {
		return SecurityGroup{}, err
	}
	return g.describe(), nil
}

// All describes all security groups in the order of their ids.
func (a SecurityGroups) All() []SecurityGroup {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.groups, (*securityGroup).describe)
}

func (g *securityGroup) describe() SecurityGroup {
	c := g.SecurityGroup
	c.Ingress, c.Egress = slices.Clone(c.Ingress), slices.Clone(c.Egress)
	return c
}

// groupsOf returns the groups of a VPC with these ids.
func (n *Network) groupsOf(v *vpc, ids []string) ([]*securityGroup, error) {
	var groups []*securityGroup
	for _, id := range ids {
		g, err := n.groups.Get(id)
		if err != nil {
			return nil, err
		}
		if g.vpc != v {
			return nil, refuse("InvalidParameter", "Security group %s and subnet belong to different networks.", id)
		}
		groups = append(groups, g)
	}
	return groups, nil
}
