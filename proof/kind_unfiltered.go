package proof

import (
	"fmt"
	"net/netip"
	"slices"
)

// Unfiltered: nothing of its own holds back the prober of the vantage point From.
// Its security group lets everything out and nothing in, and the network ACLs in effect in its
// Subnets let everything pass in both directions, as AWS makes them, but for those
// declared as NetworkACLs. No other network ACL of the VPC, which a packet passes
// elsewhere on its way, tells the prober's address from others in its subnet. Then
// what the prober does not reach, the network under test keeps from all that is in
// its subnet. That Group is its only one is for [Placed] to show.
const Unfiltered Kind = "unfiltered"

var _ = define(Unfiltered, definition[unfilteredFacts]{
	required: []string{"From", "Subnets", "Group"},
	optional: []string{"NetworkACLs"},
	lookups:  always(SecurityGroupsLookup, NetworkACLsLookup, SubnetsLookup),
	gather:   gatherUnfiltered,
	target:   func(c Claim) string { return c.Group },
	subject:  func(c Claim) string { return "the prober at " + c.From },
	expected: expectedUnfiltered,
	judge:    judgeUnfiltered,
})

type unfilteredFacts struct {
	// group and subnets are the prober's, acls are those of its VPC.
	group   SecurityGroup
	subnets []Subnet
	acls    []NetworkACL
}

func gatherUnfiltered(g *gatherer, c Claim) unfilteredFacts {
	var f unfilteredFacts
	for _, group := range g.groups([]string{c.Group}) {
		if group.ID == c.Group {
			f.group = group
		}
	}
	f.acls, f.subnets = g.networkACLs(f.group), g.subnets(c.Subnets)
	return f
}

func expectedUnfiltered(c Claim, _ unfilteredFacts) string {
	expected := fmt.Sprintf("be held back by nothing of its own: %s lets everything out and nothing in, and the network ACLs of %s let everything pass", c.Group, joinWords(c.Subnets))
	if len(c.NetworkACLs) > 0 {
		expected += ", but for " + joinWords(c.NetworkACLs)
	}
	return expected
}

func judgeUnfiltered(c Claim, f unfilteredFacts, _ Observation) finding {
	if f.group.ID == "" {
		return unproven("", "the rules of %s are unknown", c.Group)
	}
	if len(f.group.Ingress) > 0 {
		return refuted("the inbound rules of "+c.Group, "%s admits %s", c.Group, f.group.Ingress[0].text())
	}
	if !f.group.letsAllOut() {
		return refuted("the outbound rules of "+c.Group, "%s %s", c.Group, f.group.egressText())
	}
	var found []string
	for _, subnet := range c.Subnets {
		acl, known := aclOf(f.acls, subnet)
		switch {
		case !known:
			return unproven("", "which network ACL holds for %s is unknown", subnet)
		case slices.Contains(found, acl.ID):
			continue
		}
		found = append(found, acl.ID)
		if slices.Contains(c.NetworkACLs, acl.ID) {
			continue
		}
		for _, egress := range []bool{true, false} {
			if stop, stopped := acl.stops(egress); stopped {
				return refuted("the entries of "+acl.ID, "of %s, the network ACL of %s, %s", acl.ID, subnet, stop.text())
			}
		}
	}
	for _, acl := range f.acls {
		if entry, singles := acl.singlesOut(f.subnets); singles && !slices.Contains(c.NetworkACLs, acl.ID) {
			return refuted("the entries of "+acl.ID, "%s tells addresses of one subnet apart: %s", acl.ID, entry.text())
		}
	}
	return holds("%s, %s", c.Group, joinWords(found))
}

// singlesOut is an entry about a part of a subnet, in a network ACL that is in use
// and does not let everything pass.
func (a NetworkACL) singlesOut(subnets []Subnet) (NetworkACLEntry, bool) {
	for _, egress := range []bool{true, false} {
		if _, stopped := a.stops(egress); !stopped || len(a.Subnets) == 0 {
			continue
		}
		for _, entry := range a.Entries {
			if entry.Egress == egress && slices.ContainsFunc(subnets, func(s Subnet) bool { return s.hasPart(entry.CIDR) }) {
				return entry, true
			}
		}
	}
	return NetworkACLEntry{}, false
}

// hasPart reports whether the block is a part of the subnet, and not all of it.
func (s Subnet) hasPart(block netip.Prefix) bool {
	return slices.ContainsFunc(s.Blocks, func(whole netip.Prefix) bool { return isInside(block, whole) && block != whole })
}

// letsAllOut reports whether the group lets all IPv4 traffic out. A prober's
// interface has no IPv6 address.
func (g SecurityGroup) letsAllOut() bool {
	var blocks []netip.Prefix
	for _, rule := range g.Egress {
		if rule.Protocol == allProtocols {
			blocks = append(blocks, rule.CIDR)
		}
	}
	return cover(blocks, everywhere)
}
