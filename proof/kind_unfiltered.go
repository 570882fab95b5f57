package proof

import (
	"fmt"
	"net/netip"
	"slices"
)

// Unfiltered: nothing of its own holds back the prober of the vantage point From.
// Its security group lets everything out, and the network ACLs in effect in its
// Subnets let everything pass in both directions, as AWS makes them, but for those
// declared as NetworkACLs. Then what the prober does not reach, the network under
// test keeps from it. That Group is its only one is for [Placed] to show.
const Unfiltered Kind = "unfiltered"

var _ = define(Unfiltered, definition[unfilteredFacts]{
	required: []string{"From", "Subnets", "Group"},
	optional: []string{"NetworkACLs"},
	lookups:  always(SecurityGroupsLookup, NetworkACLsLookup),
	gather:   gatherUnfiltered,
	target:   func(c Claim) string { return c.Group },
	subject:  func(c Claim) string { return "the prober at " + c.From },
	expected: expectedUnfiltered,
	judge:    judgeUnfiltered,
})

type unfilteredFacts struct {
	// group is the prober's, acls are those of its VPC.
	group SecurityGroup
	acls  []NetworkACL
}

func gatherUnfiltered(g *gatherer, c Claim) unfilteredFacts {
	var f unfilteredFacts
	for _, group := range g.groups([]string{c.Group}) {
		if group.ID == c.Group {
			f.group = group
		}
	}
	f.acls = g.networkACLs(f.group)
	return f
}

func expectedUnfiltered(c Claim, _ unfilteredFacts) string {
	expected := fmt.Sprintf("be held back by nothing of its own: %s lets everything out, and the network ACLs of %s let everything pass", c.Group, joinWords(c.Subnets))
	if len(c.NetworkACLs) > 0 {
		expected += ", but for " + joinWords(c.NetworkACLs)
	}
	return expected
}

func judgeUnfiltered(c Claim, f unfilteredFacts, _ Observation) finding {
	if f.group.ID == "" {
		return unproven("", "the rules of %s are unknown", c.Group)
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
	return holds("%s, %s", c.Group, joinWords(found))
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
