package vpc

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/store"
)

// NetworkACL filters what crosses the borders of its subnets. It keeps no state:
// answers need an entry of their own
// (docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html).
type NetworkACL struct {
	// ID is acl-…, VPC the id of the VPC.
	ID, VPC string
	// Default says that it holds for subnets without an association.
	Default bool
	// Entries are in the order in which they are looked at, those of ingress first.
	// What matches none of them is denied.
	Entries []ACLEntry
	// Subnets are the ids of the subnets that it holds for, in order.
	Subnets []string
}

// ACLEntry allows or denies traffic
// (docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html).
type ACLEntry struct {
	// Number is 1 to 32766. In each direction the lowest entry that matches decides.
	Number int
	// Egress entries are about what leaves the subnet, all others about what
	// enters it.
	Egress bool
	// Allow lets the traffic pass; otherwise it is dropped.
	Allow bool
	// Protocol is the IP protocol number, -1 for all.
	Protocol int
	// CIDR is the other side: the destination of what leaves, the source of what
	// enters. Required.
	CIDR netip.Prefix
	// FromPort and ToPort are the first and the last destination port of TCP and
	// UDP. Unused elsewhere.
	FromPort, ToPort int
	// Type and Code are those of ICMP, -1 for any. Unused elsewhere.
	Type, Code int
}

// lastACLEntry is the greatest number of an entry.
const lastACLEntry = 32766

type networkACL struct {
	ID      string
	vpc     *vpc
	entries map[direction][]ACLEntry // by number
}

// NetworkACLs are the network ACLs of a network.
type NetworkACLs struct{ network *Network }

// NetworkACLs returns the network's network ACLs.
func (n *Network) NetworkACLs() NetworkACLs { return NetworkACLs{n} }

// Create creates a network ACL without entries: it denies everything.
func (a NetworkACLs) Create(id, vpcID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.acls.CheckFree(id); err != nil {
		return err
	}
	v, err := n.vpcs.Get(vpcID)
	if err != nil {
		return err
	}
	n.addNetworkACL(v, id)
	return nil
}

func (n *Network) addNetworkACL(v *vpc, id string) *networkACL {
	l := &networkACL{ID: id, vpc: v, entries: map[direction][]ACLEntry{}}
	v.acls[id], n.acls.ByID[id] = l, l
	return l
}

// addDefaultACL creates the one that comes with every VPC. It lets everything pass
// (docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html).
func (n *Network) addDefaultACL(v *vpc, id string) {
	v.acl = n.addNetworkACL(v, id)
	for _, out := range []bool{false, true} {
		v.acl.put(ACLEntry{Number: 100, Egress: out, Allow: true, Protocol: -1, CIDR: anywhere})
	}
}

// Delete deletes a network ACL that is not the default one and that no subnet is
// associated with.
func (a NetworkACLs) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	l, err := n.acls.Get(id)
	if err != nil {
		return err
	}
	if l == l.vpc.acl {
		return refuse("InvalidParameterValue", "cannot delete default network ACL %s", id)
	}
	for _, s := range l.vpc.subnets {
		if s.acl == l {
			return dependency("networkAcl", id, s.ID)
		}
	}
	delete(l.vpc.acls, id)
	delete(n.acls.ByID, id)
	return nil
}

// CreateEntry adds an entry. Its number must be free in its direction.
func (a NetworkACLs) CreateEntry(id string, e ACLEntry) error {
	return a.change(id, e, func(l *networkACL, at int) error {
		if at >= 0 {
			return refuse("NetworkAclEntryAlreadyExists", "The network acl entry identified by %d already exists.", e.Number)
		}
		l.put(e)
		return nil
	})
}

// ReplaceEntry replaces the entry with the same number and direction.
func (a NetworkACLs) ReplaceEntry(id string, e ACLEntry) error {
	return a.change(id, e, func(l *networkACL, at int) error {
		if at < 0 {
			return noACLEntry(id, e.Number)
		}
		l.entries[e.direction()][at] = e
		return nil
	})
}

// DeleteEntry deletes the entry with this number and direction.
func (a NetworkACLs) DeleteEntry(id string, number int, egress bool) error {
	return a.change(id, ACLEntry{Number: number, Egress: egress, Protocol: -1, CIDR: anywhere}, func(l *networkACL, at int) error {
		if at < 0 {
			return noACLEntry(id, number)
		}
		d := ACLEntry{Egress: egress}.direction()
		l.entries[d] = slices.Delete(l.entries[d], at, at+1)
		return nil
	})
}

// change checks an entry and finds the place of the one with its number, -1 if
// there is none.
func (a NetworkACLs) change(id string, e ACLEntry, do func(*networkACL, int) error) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	l, err := n.acls.Get(id)
	if err != nil {
		return err
	}
	switch {
	case e.Number < 1 || e.Number > lastACLEntry:
		return refuse("InvalidParameterValue", "Value (%d) for parameter ruleNumber is invalid. Must be 1 to %d.", e.Number, lastACLEntry)
	case !e.CIDR.IsValid():
		return refuse("InvalidParameterValue", "Value (%s) for parameter cidrBlock is invalid. This is not a valid CIDR block.", e.CIDR)
	case e.Protocol < -1 || e.Protocol > 255:
		return refuse("InvalidParameterValue", "Value (%d) for parameter protocol is invalid. Unknown protocol.", e.Protocol)
	}
	return do(l, slices.IndexFunc(l.entries[e.direction()], func(old ACLEntry) bool { return old.Number == e.Number }))
}

func noACLEntry(id string, number int) error {
	return refuse("InvalidNetworkAclEntry.NotFound", "The network acl entry identified by %d in %s does not exist.", number, id)
}

// put adds an entry in its place.
func (l *networkACL) put(e ACLEntry) {
	d := e.direction()
	l.entries[d] = append(l.entries[d], e)
	slices.SortFunc(l.entries[d], func(a, b ACLEntry) int { return cmp.Compare(a.Number, b.Number) })
}

func (e ACLEntry) direction() direction {
	if e.Egress {
		return egress
	}
	return ingress
}

// Associate makes a network ACL hold for a subnet, in place of the one before: a
// subnet always has one.
func (a NetworkACLs) Associate(id, subnetID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	l, err := n.acls.Get(id)
	if err != nil {
		return err
	}
	s, err := n.subnets.Get(subnetID)
	if err != nil {
		return err
	}
	if s.vpc != l.vpc {
		return refuse("InvalidParameterValue", "Network ACL %s and subnet %s belong to different networks", id, subnetID)
	}
	s.acl = l
	return nil
}

// Disassociate returns a subnet to the VPC's default network ACL, unless another
// has taken the place of this one.
func (a NetworkACLs) Disassociate(id, subnetID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.subnets.Get(subnetID)
	if err != nil {
		return err
	}
	if s.acl != nil && s.acl.ID == id {
		s.acl = nil
	}
	return nil
}

// All describes all network ACLs in the order of their ids.
func (a NetworkACLs) All() []NetworkACL {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.acls, (*networkACL).describe)
}

func (l *networkACL) describe() NetworkACL {
	c := NetworkACL{ID: l.ID, VPC: l.vpc.ID, Default: l == l.vpc.acl}
	c.Entries = slices.Concat(l.entries[ingress], l.entries[egress])
	for _, id := range slices.Sorted(maps.Keys(l.vpc.subnets)) {
		if l.vpc.subnets[id].filter() == l {
			c.Subnets = append(c.Subnets, id)
		}
	}
	return c
}

// filter is the network ACL that holds for the subnet.
func (s *subnet) filter() *networkACL {
	if s.acl != nil {
		return s.acl
	}
	return s.vpc.acl
}

// admits reports whether a packet may cross the border of a subnet. The first
// entry that matches decides; the last, which always matches, denies.
func (l *networkACL) admits(p *Transit, d direction) bool {
	e := l.entryFor(p, d)
	if e == nil || !e.Allow {
		return false
	}
	p.allowedBy(l, e)
	return true
}

// entryFor is the first entry that matches a packet; nil if none does.
func (l *networkACL) entryFor(p *Transit, d direction) *ACLEntry {
	for i := range l.entries[d] {
		if e := &l.entries[d][i]; e.matches(p) {
			return e
		}
	}
	return nil
}

// crossed is the network ACL that stops a packet between two subnets, nil if none
// does.
func crossed(from, to *subnet, p *Transit) *networkACL {
	switch {
	case from == to:
		return nil
	case !from.filter().admits(p, egress):
		return from.filter()
	case !to.filter().admits(p, ingress):
		return to.filter()
	}
	return nil
}

// matches reports whether an entry is about a packet, as the packet is: what it
// answers or is related to makes no difference.
func (e *ACLEntry) matches(p *Transit) bool {
	far := p.Source()
	if e.Egress {
		far = p.Destination()
	}
	switch {
	case !e.CIDR.Contains(far):
		return false
	case e.Protocol == -1:
		return true
	case e.Protocol != int(p.Protocol()):
		return false
	}
	switch e.Protocol {
	case packet.TCP, packet.UDP:
		port := int(p.Flow.Dst.Port())
		return e.FromPort <= port && port <= e.ToPort
	case packet.ICMP, packet.ICMPv6:
		kind, code := p.ICMPType()
		return (e.Type == -1 || e.Type == kind) && (e.Code == -1 || e.Code == code)
	}
	return true
}
