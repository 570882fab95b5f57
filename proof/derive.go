package proof

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/trace"
)

// derived is the way of a packet as it follows from what AWS describes. Nobody has seen
// it. It ends where the description ends.
type derived struct {
	*described
	hops []trace.Hop
	// known reports whether the end was reached: the packet is dropped, or handed to
	// what carries it out of the VPC.
	known bool
}

// derive works out the way of a TCP packet from a host in a subnet, with one security
// group and no public address, as a function's interface in a VPC has none
// (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html). The order is
// that of Reachability Analyzer: the group, the route table, the subnet's network ACL, and
// the same on the other side.
func (d *described) derive(subnet Subnet, group SecurityGroup, to netip.AddrPort) derived {
	w := &derived{described: d}
	w.known = w.leaves(subnet, group, to)
	return *w
}

// add adds a hop.
func (w *derived) add(action trace.Action, by string, h trace.Hop) {
	h.Action, h.By, h.Destination = action, []string{by}, netip.AddrPort{}
	w.hops = append(w.hops, h)
}

// drop ends the way.
func (w *derived) drop(by string, h trace.Hop) bool {
	w.add(trace.Dropped, by, h)
	return true
}

func (w *derived) leaves(subnet Subnet, group SecurityGroup, to netip.AddrPort) bool {
	w.hops = append(w.hops, trace.Hop{Action: trace.Received, At: subnet.ID})
	rule, ok, known := w.admits(group.Egress, to.Addr(), to.Port())
	switch {
	case !known:
		return false
	case !ok:
		return w.drop(group.ID, trace.Hop{Direction: trace.Egress, Reason: fmt.Sprintf("no rule admits tcp %d to %s", to.Port(), to.Addr())})
	}
	w.add(trace.Admitted, group.ID, trace.Hop{Direction: trace.Egress, Rule: rule})
	table, ok := w.table(subnet)
	if !ok {
		return false
	}
	route, ok, known := w.route(table, to.Addr())
	switch {
	case !known:
		return false
	case !ok:
		return w.drop(table.ID, trace.Hop{Reason: "no route"})
	case !route.Active:
		return w.drop(table.ID, trace.Hop{Rule: route.Destination, Reason: "black hole"})
	}
	w.add(trace.Routed, table.ID, trace.Hop{Rule: route.Destination, To: route.Target})
	inside := slices.ContainsFunc(subnet.Blocks, func(b netip.Prefix) bool { return b.Contains(to.Addr()) })
	if !inside {
		if stop, known := w.crosses(subnet.ID, true, to.Addr(), to.Port()); stop || !known {
			return known
		}
	}
	return w.next(subnet, route, to, inside)
}

// next follows a route.
func (w *derived) next(subnet Subnet, route Route, to netip.AddrPort, inside bool) bool {
	kind, _, _ := strings.Cut(route.Target, "-")
	switch {
	case route.Target == localTarget:
		return w.local(subnet, to, inside)
	case kind == "igw":
		return w.drop(route.Target, trace.Hop{Reason: "no public address"})
	case kind == "vpce", kind == "nat", kind == "tgw", kind == "pcx", kind == "vgw", kind == "lgw", kind == "cagw":
		w.add(trace.Forwarded, route.Target, trace.Hop{})
		// The answer comes back past the same network ACL, which keeps no state.
		if stop, known := w.answered(subnet.ID, to.Addr()); stop || !known {
			return known
		}
		return true
	}
	return false
}

// local follows the packet to an interface of an endpoint in the VPC. What else has an
// address there was not looked up.
func (w *derived) local(from Subnet, to netip.AddrPort, inside bool) bool {
	at := slices.IndexFunc(w.interfaces, func(i Interface) bool { return i.Address.Unmap() == to.Addr() })
	if at < 0 {
		return false
	}
	i := w.interfaces[at]
	endpoint, ok := w.behind(i)
	if !ok {
		return false
	}
	source := from.Blocks
	if !inside {
		for _, block := range source {
			if !block.Addr().Is4() {
				continue
			}
			// The sender's address is any of its subnet: only an entry about all of it decides.
			if stop, known := w.crossesFrom(i.Subnet, block, to.Port()); stop || !known {
				return known
			}
		}
	}
	for n, id := range endpoint.Groups {
		group, ok := w.groups[id]
		if !ok {
			return false
		}
		rule, admits, known := w.admitsBlocks(group.Ingress, source, to.Port())
		switch {
		case !known:
			return false
		case admits:
			w.add(trace.Admitted, id, trace.Hop{Direction: trace.Ingress, Rule: rule})
		case n < len(endpoint.Groups)-1:
			continue
		default:
			w.hops = append(w.hops, trace.Hop{Action: trace.Dropped, By: endpoint.Groups, Direction: trace.Ingress, Reason: fmt.Sprintf("no rule admits tcp %d from %s", to.Port(), from.ID)})
			return true
		}
		break
	}
	w.add(trace.Forwarded, endpoint.ID, trace.Hop{})
	return true
}

// admits finds a rule of a group for an address and a port. known is false where it
// depends on what was not looked up.
func (d *described) admits(rules []SecurityGroupRule, a netip.Addr, port uint16) (rule string, ok, known bool) {
	return d.admitsBlocks(rules, []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}, port)
}

// admitsBlocks is admits for all addresses of the IPv4 blocks among some.
func (d *described) admitsBlocks(rules []SecurityGroupRule, blocks []netip.Prefix, port uint16) (rule string, ok, known bool) {
	known = true
	for _, r := range rules {
		all := r.Protocol == allProtocols
		if !all && (r.Protocol != "tcp" && r.Protocol != "6" || int(port) < r.FromPort || int(port) > r.ToPort) {
			continue
		}
		inside, some := r.spans(blocks, d.lists)
		if inside {
			return trace.Rule(protocolNumber(r.Protocol), r.FromPort, r.ToPort, r.otherSide("")), true, true
		}
		known = known && !some
	}
	return "", false, known
}

// spans reports whether a rule names all IPv4 addresses of blocks; some, whether it names
// some, or may.
func (r SecurityGroupRule) spans(blocks []netip.Prefix, lists map[string]PrefixList) (all, some bool) {
	var own []netip.Prefix
	switch {
	case r.CIDR.IsValid():
		own = []netip.Prefix{r.CIDR}
	case r.PrefixList != "":
		list, known := lists[r.PrefixList]
		if !known {
			return false, true
		}
		own = list.Entries
	default:
		return false, true // whoever is in a group
	}
	all = true
	for _, b := range blocks {
		if !b.Addr().Is4() {
			continue
		}
		all = all && slices.ContainsFunc(own, func(o netip.Prefix) bool { return o.Bits() <= b.Bits() && o.Contains(b.Addr()) })
		some = some || slices.ContainsFunc(own, b.Overlaps)
	}
	return all, some
}

func protocolNumber(name string) int {
	switch name {
	case "tcp":
		return 6
	case "udp":
		return 17
	case "icmp":
		return 1
	}
	n, err := strconv.Atoi(name)
	if err != nil {
		return -1
	}
	return n
}

// route is the route that decides: the longest prefix, and of two equally long ones that of
// a CIDR block (docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html). known is
// false where a prefix list was not looked up, which may have a longer one.
func (d *described) route(table RouteTable, a netip.Addr) (best Route, ok, known bool) {
	length := -1
	for _, r := range table.Routes {
		block, err := netip.ParsePrefix(r.Destination)
		entries, list := []netip.Prefix{block}, err != nil
		if list {
			found, looked := d.lists[r.Destination]
			if !looked {
				return best, false, false
			}
			entries = found.Entries
		}
		for _, e := range entries {
			if e.Contains(a) && (e.Bits() > length || e.Bits() == length && !list) {
				best, ok, length = r, true, e.Bits()
			}
		}
	}
	return best, ok, true
}

// crosses looks at the network ACL of a subnet, for a packet to or from an address.
func (w *derived) crosses(subnet string, egress bool, a netip.Addr, port uint16) (stop, known bool) {
	return w.passes(subnet, egress, netip.PrefixFrom(a, a.BitLen()), port, port)
}

func (w *derived) crossesFrom(subnet string, block netip.Prefix, port uint16) (stop, known bool) {
	return w.passes(subnet, false, block, port, port)
}

// The ports that answers come back to: those that Linux sends from, which Lambda's
// functions run on, are among them
// (docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html).
const firstEphemeral, lastEphemeral = 1024, 65535

// answered looks whether the answer may come back into a subnet.
func (w *derived) answered(subnet string, a netip.Addr) (stop, known bool) {
	return w.passes(subnet, false, netip.PrefixFrom(a, a.BitLen()), firstEphemeral, lastEphemeral)
}

// passes tells the hop of a subnet's network ACL for a block and ports. It is not known
// where an entry is about some of them alone.
func (w *derived) passes(subnet string, egress bool, block netip.Prefix, first, last uint16) (stop, known bool) {
	acl, ok := w.acl(subnet)
	if !ok {
		return false, false
	}
	direction, words := trace.Ingress, "from"
	if egress {
		direction, words = trace.Egress, "to"
	}
	entries := slices.SortedFunc(slices.Values(acl.Entries), func(x, y NetworkACLEntry) int { return cmp.Compare(x.Number, y.Number) })
	for _, e := range entries {
		switch {
		case e.Egress != egress || !e.CIDR.Addr().Is4() || !e.CIDR.Overlaps(block) || e.Number == lastEntry:
			continue
		case e.Protocol != allProtocols && e.Protocol != "6":
			continue
		case e.Protocol == "6" && (int(last) < e.FromPort || int(first) > e.ToPort):
			continue
		}
		if e.CIDR.Bits() > block.Bits() || e.Protocol == "6" && (int(first) < e.FromPort || int(last) > e.ToPort) {
			return false, false // about some of it
		}
		h := trace.Hop{Direction: direction, Rule: e.text(), Number: e.Number}
		if e.Allow {
			w.add(trace.Admitted, acl.ID, h)
			return false, true
		}
		w.drop(acl.ID, h)
		return true, true
	}
	w.drop(acl.ID, trace.Hop{Direction: direction, Reason: fmt.Sprintf("no entry allows tcp %d %s %s", first, words, block)})
	return true, true
}

// String is the way in one line.
func (w derived) String() string {
	texts := make([]string, len(w.hops))
	for i, h := range w.hops {
		texts[i] = h.String()
	}
	return strings.Join(texts, ", ")
}

// dropped reports whether the packet is dropped.
func (w derived) dropped() bool {
	return len(w.hops) > 0 && w.hops[len(w.hops)-1].Action == trace.Dropped
}
