package vpc

import (
	"net/netip"
	"slices"
)

// Route leads a destination to a target.
type Route struct {
	// Destination is a CIDR block or the id of a prefix list. Required.
	Destination string
	// Target is the id of an internet gateway, NAT gateway, peering, interface
	// or gateway endpoint; local for the VPC itself. Required.
	Target string
	// Active is false for a black hole: the target is gone or detached. Set by
	// the network.
	Active bool
}

// hop is what a route leads to. forward takes a packet that left e and says at
// which port it ends; nil if it is dropped. The caller holds the read lock.
type hop interface {
	forward(n *Network, e *eni, p *transit) *Host
	// active says whether the hop takes packets of this VPC at all.
	active(v *vpc) bool
}

type route struct {
	Destination, Target string
	cidr                netip.Prefix
	list                *PrefixList // instead of cidr
	via                 hop         // nil: black hole
}

// CreateRoute adds a route. A destination inside the VPC may only lead to an
// interface or a NAT gateway
// (docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html); routes
// to gateway endpoints come with the endpoint.
func (n *Network) CreateRoute(table string, r Route) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.get(table)
	if err != nil {
		return err
	}
	made, err := n.makeRoute(t, r)
	if err != nil {
		return err
	}
	if t.find(made.Destination) != nil {
		return refuse("RouteAlreadyExists", "The route identified by %s already exists.", made.Destination)
	}
	t.add(made)
	return nil
}

// ReplaceRoute leads the destination of an existing route elsewhere.
func (n *Network) ReplaceRoute(table string, r Route) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.get(table)
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
	if l := n.lists.byID[r.Destination]; l != nil {
		made.list = l
	} else {
		cidr, err := netip.ParsePrefix(r.Destination)
		if err != nil || !cidr.Addr().Is4() {
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
	switch via.(type) {
	case *eni, *natGateway:
		return made, nil
	}
	for _, c := range t.vpc.CIDRs {
		if made.list == nil && made.cidr.Bits() >= c.Bits() && c.Contains(made.cidr.Addr()) {
			return nil, refuse("InvalidParameterValue", "The destination CIDR block %s is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.", made.cidr)
		}
	}
	return made, nil
}

// hopTo finds the target of a route of a VPC.
func (n *Network) hopTo(v *vpc, id string) (hop, error) {
	if g := n.gateways.byID[id]; g != nil {
		if g.vpc != v {
			return nil, refuse("InvalidParameterValue", "route table and network gateway %s belong to different networks", id)
		}
		return g, nil
	}
	if g := n.nats.byID[id]; g != nil && g.at.vpc() == v {
		return g, nil
	}
	if p := n.peerings.byID[id]; p != nil && p.far(v) != nil {
		return p, nil
	}
	if e := n.interfaces.byID[id]; e != nil && e.vpc() == v {
		return e, nil
	}
	if e := n.endpoints.byID[id]; e != nil {
		return nil, refuse("InvalidParameterValue", "The route target %s is an endpoint: its routes come with its route tables", id)
	}
	return nil, refuse("InvalidParameterValue", "The route target '%s' does not exist in VPC %s", id, v.ID)
}

// DeleteRoute deletes a route; not a local one, nor one of a gateway endpoint.
func (n *Network) DeleteRoute(table, destination string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.get(table)
	if err != nil {
		return err
	}
	r := t.find(destination)
	if r == nil {
		return refuse("InvalidRoute.NotFound", "no route with destination %s in route table %s", destination, table)
	}
	switch r.via.(type) {
	case *vpc, *endpoint:
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

// blackhole cuts every route of the VPC that leads to a target.
func (v *vpc) blackhole(target string) {
	for _, t := range v.tables {
		for _, r := range t.routes {
			if r.Target == target {
				r.via = nil
			}
		}
	}
}
