package topology

import (
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/vpc"
)

// traffic is what a claim's packets are: TCP to a port, with the answers on the way back
// left to the groups' state.
type traffic struct {
	to   netip.Addr
	port int
}

// covers reports whether a rule covers traffic with another side. That side is an address,
// which may belong to an interface of the VPC.
func (w *world) covers(r vpc.Rule, vpcID string, other netip.Addr, port int) bool {
	switch r.Protocol {
	case "-1":
	case "tcp", "6":
		if port < r.FromPort || port > r.ToPort {
			return false
		}
	default:
		return false
	}
	switch {
	case r.CIDR.IsValid():
		return r.CIDR.Contains(other)
	case r.PrefixList != "":
		return w.inList(r.PrefixList, other)
	case r.Group != "":
		return slices.ContainsFunc(w.interfaces, func(i vpc.Interface) bool {
			return slices.Contains(i.Groups, r.Group) && (i.PrivateAddr == other || slices.Contains(i.IPv6Addrs, other)) && w.sameNetwork(i.VPC, vpcID)
		})
	}
	return false
}

// sameNetwork reports whether the groups of one VPC count in another: the same, or a peer
// (docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html).
func (w *world) sameNetwork(a, b string) bool {
	return a == b || slices.ContainsFunc(w.peerings, func(p vpc.Peering) bool {
		return p.Requester == a && p.Accepter == b || p.Requester == b && p.Accepter == a
	})
}

func (w *world) inList(id string, a netip.Addr) bool {
	l, ok := find(w.lists, func(l vpc.PrefixList) bool { return l.ID == id })
	return ok && slices.ContainsFunc(l.Entries, func(p netip.Prefix) bool { return p.Contains(a) })
}

// passes reports whether the groups of an interface let traffic out, or in. An interface
// without groups filters nothing.
func (w *world) passes(i vpc.Interface, out bool, other netip.Addr, port int) bool {
	if len(i.Groups) == 0 {
		return true
	}
	for _, id := range i.Groups {
		g, _ := find(w.allGroups, func(g group) bool { return g.ID == id })
		rules := g.Ingress
		if out {
			rules = g.Egress
		}
		if slices.ContainsFunc(rules, func(r vpc.Rule) bool { return w.covers(r, i.VPC, other, port) }) {
			return true
		}
	}
	return false
}

// The protocol numbers of TCP and of everything in the entries of network ACLs.
const (
	tcp        = 6
	everything = -1
)

// crosses reports whether the network ACL of a subnet lets TCP out, or in.
func (w *world) crosses(s vpc.Subnet, out bool, other netip.Addr, port int) (acl string, ok bool) {
	a, found := w.aclOf(s)
	if !found {
		return "", true
	}
	for _, e := range a.Entries { // in the order in which they are looked at
		if e.Egress != out || !e.CIDR.Contains(other) || e.Protocol != everything && (e.Protocol != tcp || port < e.FromPort || port > e.ToPort) {
			continue
		}
		return a.ID, e.Allow
	}
	return a.ID, false
}

// chosen is the route that a table has for an address: the active one with the longest
// prefix (docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
func (w *world) chosen(t vpc.RouteTable, a netip.Addr) (best vpc.Route, found bool) {
	bits := -1
	for _, r := range t.Routes {
		for _, p := range w.blocks(r.Destination) {
			// A static route comes before a propagated one, and the local one before both.
			if p.Contains(a) && (p.Bits() > bits || p.Bits() == bits && best.Propagated && !r.Propagated) {
				best, bits, found = r, p.Bits(), true
			}
		}
	}
	return best, found
}

// blocks are the CIDR blocks of a destination.
func (w *world) blocks(destination string) []netip.Prefix {
	if p, err := netip.ParsePrefix(destination); err == nil {
		return []netip.Prefix{p}
	}
	l, _ := find(w.lists, func(l vpc.PrefixList) bool { return l.ID == destination })
	return l.Entries
}
