package vpc

import (
	"net/netip"
	"slices"
)

// Route leads a destination to a target.
type Route struct {
	// Destination is an IPv4 or IPv6 CIDR block or the id of a prefix list. Required.
	Destination string
	// Target is the id of an internet gateway, NAT gateway, peering, interface,
	// middlebox or gateway endpoint; local for the VPC itself. Required.
	Target string
	// Propagated routes come from a virtual private gateway. Set by the network.
	Propagated bool
	// Active is false for a black hole: the target is gone or detached. Set by
	// the network.
	Active bool
}

type route struct {
	Destination, Target string
	cidr                netip.Prefix
	list                *PrefixList // instead of cidr
	via                 Hop         // nil: black hole
	propagated          bool        // by a virtual private gateway
}

// CreateRoute adds a route. A destination inside the VPC may only lead to an
// interface, a NAT gateway or a middlebox
// (docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html); routes
// to gateway endpoints come with the endpoint.
func (a RouteTables) CreateRoute(table string, r Route) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.Get(table)
	if err != nil {
		return err
	}
	made, err := n.makeRoute(t, r)
	if err != nil {
		return err
	}
	if old := t.find(made.Destination); old != nil && old.propagated {
		t.remove(made.Destination) // a static route takes its place
	} else if old != nil {
		return refuse("RouteAlreadyExists", "The route identified by %s already exists.", made.Destination)
	}
	t.add(made)
	return nil
}

// ReplaceRoute gives an existing route another target.
func (a RouteTables) ReplaceRoute(table string, r Route) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.Get(table)
	if err != nil {
		return err
	}
	made, err := n.makeRoute(t, r)
	if err != nil {
		return err
	}
	old := t.find(made.Destination)
	if old == nil {
		return refuse("InvalidParameterValue", "There is no route defined for '%s' in the route table.", made.Destination)
	}
	*old = *made
	return nil
}

func (n *Network) makeRoute(t *routeTable, r Route) (*route, error) {
	made := &route{Destination: r.Destination, Target: r.Target}
	if l := n.lists.ByID[r.Destination]; l != nil {
		made.list = l
	} else {
		cidr, err := netip.ParsePrefix(r.Destination)
		if err != nil {
			return nil, refuse("InvalidParameterValue", "Value (%s) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.", r.Destination)
		}
		made.cidr = cidr.Masked()
		made.Destination = made.cidr.String()
	}
	via, err := n.hopTo(t.vpc, r.Target)
	if err != nil {
		return nil, err
	}
	made.via = via
	ipv6 := made.list != nil && made.list.IPv6 || made.list == nil && made.cidr.Addr().Is6()
	within := false // whether it may lead to a part of the VPC
	switch via.(type) {
	case *natGateway:
		if ipv6 {
			// EC2 takes 64:ff9b::/96 alone, for NAT64, which the network does not have.
			return nil, refuse("InvalidParameterValue", "The route to %s over IPv6 cannot have a NAT gateway as its target", made.Destination)
		}
		within = true
	case *egressOnlyGateway:
		if !ipv6 {
			return nil, refuse("InvalidParameterValue", "The egress-only internet gateway %s is for IPv6 destinations alone", r.Target)
		}
	case *ENI, middlebox:
		within = true
	}
	if err := n.checkEdges(t, made); err != nil {
		return nil, err
	}
	if within || made.list != nil {
		return made, nil
	}
	for _, c := range t.vpc.blocks() {
		if made.cidr.Bits() >= c.Bits() && c.Contains(made.cidr.Addr()) {
			return nil, refuse("InvalidParameterValue", "The destination CIDR block %s is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface, an instance or a Gateway Load Balancer endpoint.", made.cidr)
		}
	}
	return made, nil
}

// checkEdges refuses a route that the table cannot have while gateways are associated with it.
func (n *Network) checkEdges(t *routeTable, r *route) error {
	if len(n.gatewaysOf(t)) == 0 {
		return nil
	}
	return t.checkEdge(r)
}

// A ManagedHop is a hop whose routes an AWS service adds and removes; DeleteRoute
// refuses them.
type ManagedHop interface {
	Hop
	// RouteTableDeleted is called after a route table with such a route was
	// deleted. The caller holds the lock.
	RouteTableDeleted(id string)
}

// routeTarget is a hop that CreateRoute accepts as a target.
type routeTarget interface {
	Hop
	// checkRoute returns EC2's error for a route from a VPC that cannot have
	// this target.
	checkRoute(from *vpc) error
}

// hopTo finds the target of a route of a VPC.
func (n *Network) hopTo(v *vpc, id string) (Hop, error) {
	if t := n.targets[id]; t != nil {
		return t, t.checkRoute(v)
	}
	for _, other := range n.vpcs.ByID {
		if other.users[id] {
			return nil, refuse("InvalidParameterValue", "The route target %s is an endpoint: its routes come with its route tables", id)
		}
	}
	return nil, noTarget(v, id)
}

// noTarget is EC2's error for a target that does not exist in the VPC.
func noTarget(v *vpc, id string) error {
	return refuse("InvalidParameterValue", "The route target '%s' does not exist in VPC %s", id, v.ID)
}

// DeleteRoute deletes a route; not a local one, nor one of a gateway endpoint.
func (a RouteTables) DeleteRoute(table, destination string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.Get(table)
	if err != nil {
		return err
	}
	r := t.find(destination)
	if r == nil {
		return refuse("InvalidRoute.NotFound", "no route with destination %s in route table %s", destination, table)
	}
	if r.propagated {
		return refuse("InvalidParameterValue", "cannot remove the propagated route to %s in route table %s", r.Target, table)
	}
	switch r.via.(type) {
	case *vpc, ManagedHop:
		return refuse("InvalidParameterValue", "cannot remove the route to %s in route table %s", r.Target, table)
	}
	t.remove(destination)
	return nil
}

func (t *routeTable) find(destination string) *route {
	for _, r := range t.routes {
		if r.Destination == destination {
			return r
		}
	}
	return nil
}

func (t *routeTable) add(r *route) { t.routes = append(t.routes, r) }

func (t *routeTable) remove(destination string) {
	t.routes = slices.DeleteFunc(t.routes, func(r *route) bool { return r.Destination == destination })
}

// lookup returns the route for an address: the longest prefix wins, and of two
// equally long ones that of the CIDR block before that of a prefix list
// (docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
func (t *routeTable) lookup(a netip.Addr) *route {
	var best *route
	length := -1
	for _, r := range t.routes {
		if bits := r.match(a); bits > length || bits == length && best != nil && best.list != nil && r.list == nil {
			best, length = r, bits
		}
	}
	return best
}

// match returns the length of the longest of the route's prefixes that holds an
// address; -1 if none does.
func (r *route) match(a netip.Addr) int {
	if r.list == nil {
		if r.cidr.Contains(a) {
			return r.cidr.Bits()
		}
		return -1
	}
	length := -1
	for _, p := range r.list.Entries {
		if p.Bits() > length && p.Contains(a) {
			length = p.Bits()
		}
	}
	return length
}

// lead gives every route of the VPC to a target its next hop: routes to a gateway
// that is attached again work again.
func (v *vpc) lead(target string, via Hop) {
	for _, t := range v.tables {
		for _, r := range t.routes {
			if r.Target == target {
				r.via = via
			}
		}
	}
}

// blackhole cuts every route of the VPC that leads to a target.
func (v *vpc) blackhole(target string) { v.lead(target, nil) }
