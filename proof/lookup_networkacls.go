package proof

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// NetworkACLsLookup describes the network ACLs of a VPC.
var NetworkACLsLookup = newLookup[string, []NetworkACL]("network ACLs", AnyResource, "ec2:DescribeNetworkAcls")

// NetworkACL is a network ACL with the subnets that it holds for. Each subnet has
// exactly one (docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html).
type NetworkACL struct {
	ID      string
	Subnets []string
	// Entries are in any order. The last one, number 32767, denies everything.
	Entries []NetworkACLEntry
}

// NetworkACLEntry allows or denies Protocol (a number, or -1 for all) on FromPort
// to ToPort, to CIDR where it is about egress, from CIDR where it is not. For ICMP
// the ports are the type and the code.
type NetworkACLEntry struct {
	Number           int
	Egress, Allow    bool
	Protocol         string
	FromPort, ToPort int
	CIDR             netip.Prefix
}

// networkACLs looks up the network ACLs of the security group's VPC.
func (g *gatherer) networkACLs(group SecurityGroup) []NetworkACL {
	what := "the network ACLs of the VPC " + group.VPC
	if group.VPC == "" {
		g.fail(what, errors.New("the security group was described without its VPC"))
		return nil
	}
	return look(g, NetworkACLsLookup, what, group.VPC, func(acls []NetworkACL) error {
		if len(acls) == 0 {
			return errors.New("none was described")
		}
		for _, acl := range acls {
			if acl.ID == "" || len(acl.Entries) == 0 {
				return fmt.Errorf("%q was described without its id or entries", acl.ID)
			}
		}
		return nil
	})
}

// aclOf is the network ACL that holds for a subnet.
func aclOf(acls []NetworkACL, subnet string) (NetworkACL, bool) {
	at := slices.IndexFunc(acls, func(acl NetworkACL) bool { return slices.Contains(acl.Subnets, subnet) })
	if at < 0 {
		return NetworkACL{}, false
	}
	return acls[at], true
}

// stops is the first entry that keeps IPv4 traffic of one direction from passing,
// whatever its protocol; none if everything passes. Entries are looked at in the
// order of their numbers, and the first that matches decides
// (docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html).
func (a NetworkACL) stops(egress bool) (stop NetworkACLEntry, stopped bool) {
	entries := slices.SortedFunc(slices.Values(a.Entries), func(x, y NetworkACLEntry) int { return x.Number - y.Number })
	var passing []netip.Prefix
	for _, entry := range entries {
		switch {
		case entry.Egress != egress || !entry.CIDR.Addr().Is4():
		case entry.Allow && entry.Protocol == allProtocols:
			passing = append(passing, entry.CIDR)
		case !entry.Allow && !cover(passing, entry.CIDR):
			return entry, true
		}
	}
	return NetworkACLEntry{Number: lastEntry, Egress: egress}, !cover(passing, everywhere)
}

// text is the entry for people: entry 99 denies tcp 443 to 10.0.0.0/16.
func (e NetworkACLEntry) text() string {
	action, preposition := "denies", "from"
	if e.Allow {
		action = "allows"
	}
	if e.Egress {
		preposition = "to"
	}
	if e.Number == lastEntry {
		return fmt.Sprintf("nothing allows everything %s %s", preposition, everywhere)
	}
	protocol := e.Protocol
	switch protocol {
	case "6":
		protocol = "tcp"
	case "17":
		protocol = "udp"
	case "1":
		protocol = "icmp"
	}
	return fmt.Sprintf("entry %d %s %s %s %s", e.Number, action, traffic(protocol, e.FromPort, e.ToPort), preposition, e.CIDR)
}

// lastEntry is the number of the entry that denies what no other has decided, which
// the console shows as *.
const lastEntry = 32767
