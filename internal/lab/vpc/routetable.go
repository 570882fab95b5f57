package vpc

import (
	"cmp"
	"maps"
	"slices"

	"provenendpoints/internal/lab/store"
)

// RouteTable is a route table with its routes, the local ones first.
type RouteTable struct {
	// ID is rtb-…, VPC the id of the VPC.
	ID, VPC string
	// Main marks the table of subnets without an association.
	Main   bool
	Routes []Route
	// Subnets are the ids of the explicitly associated subnets, in order.
	Subnets []string
	// Propagating are the ids of the virtual private gateways whose routes are propagated
	// to the table, in order.
	Propagating []string
	// Gateways are the ids of the gateways that it applies to, in order: then it is a
	// gateway route table.
	Gateways []string
}

// routeTable is a RouteTable in use.
type routeTable struct {
	ID      string
	vpc     *vpc
	routes  []*route
	subnets map[string]*subnet
}

// RouteTables are the route tables of a network, with their routes.
type RouteTables struct{ network *Network }

// RouteTables returns the network's route tables.
func (n *Network) RouteTables() RouteTables { return RouteTables{n} }

// Create creates a route table with the VPC's local routes.
func (a RouteTables) Create(id, vpcID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.tables.CheckFree(id); err != nil {
		return err
	}
	v, err := n.vpcs.Get(vpcID)
	if err != nil {
		return err
	}
	n.addRouteTable(v, id)
	return nil
}

func (n *Network) addRouteTable(v *vpc, id string) *routeTable {
	t := &routeTable{ID: id, vpc: v, subnets: map[string]*subnet{}}
	for _, c := range v.blocks() {
		t.routes = append(t.routes, &route{Destination: c.String(), Target: "local", cidr: c, via: v})
	}
	v.tables[id], n.tables.ByID[id] = t, t
	return t
}

// Delete deletes a route table that is not the main one and has no association.
func (a RouteTables) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.Get(id)
	if err != nil {
		return err
	}
	if t == t.vpc.main {
		return dependency("routeTable", id, t.vpc.ID)
	}
	for user := range t.subnets {
		return dependency("routeTable", id, user)
	}
	for _, user := range n.gatewaysOf(t) {
		return dependency("routeTable", id, user)
	}
	for _, r := range t.routes {
		if hop, ok := r.via.(ManagedHop); ok {
			hop.RouteTableDeleted(id)
		}
	}
	for _, g := range n.vpns.ByID {
		delete(g.propagates, id)
	}
	delete(t.vpc.tables, id)
	delete(n.tables.ByID, id)
	return nil
}

// Associate makes a table apply to a subnet that has no association yet.
func (a RouteTables) Associate(table, subnetID string) error {
	n := a.network
	return n.associate(table, subnetID, false)
}

// ReplaceAssociation makes a table apply to a subnet in place of the one that it
// is associated with.
func (a RouteTables) ReplaceAssociation(table, subnetID string) error {
	n := a.network
	return n.associate(table, subnetID, true)
}

func (n *Network) associate(table, subnetID string, replace bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	t, err := n.tables.Get(table)
	if err != nil {
		return err
	}
	s, err := n.subnets.Get(subnetID)
	if err != nil {
		return err
	}
	if s.vpc != t.vpc {
		return refuse("InvalidParameterValue", "Route table %s and subnet %s belong to different networks", table, subnetID)
	}
	switch {
	case s.table != nil && !replace:
		return refuse("Resource.AlreadyAssociated", "the specified association for route table %s conflicts with an existing association", table)
	case s.table != nil:
		delete(s.table.subnets, subnetID)
	}
	s.table, t.subnets[subnetID] = t, s
	return nil
}

// Disassociate returns a subnet to the main route table.
func (a RouteTables) Disassociate(subnetID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	s, err := n.subnets.Get(subnetID)
	if err != nil {
		return err
	}
	if s.table != nil {
		delete(s.table.subnets, subnetID)
		s.table = nil
	}
	return nil
}

// Get describes a route table.
func (a RouteTables) Get(id string) (RouteTable, error) {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	t, err := n.tables.Get(id)
	if err != nil {
		return RouteTable{}, err
	}
	return t.describe(n), nil
}

// All describes all route tables in the order of their ids.
func (a RouteTables) All() []RouteTable {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.tables, func(t *routeTable) RouteTable { return t.describe(n) })
}

func (t *routeTable) describe(n *Network) RouteTable {
	c := RouteTable{ID: t.ID, VPC: t.vpc.ID, Main: t == t.vpc.main, Subnets: slices.Sorted(maps.Keys(t.subnets))}
	for _, r := range t.routes {
		c.Routes = append(c.Routes, Route{Destination: r.Destination, Target: r.Target, Propagated: r.propagated, Active: r.via != nil && r.via.Active(t.vpc.ID)})
	}
	for id, g := range n.vpns.ByID {
		if g.propagates[t.ID] != nil {
			c.Propagating = append(c.Propagating, id)
		}
	}
	slices.Sort(c.Propagating)
	c.Gateways = n.gatewaysOf(t)
	slices.Sort(c.Gateways)
	slices.SortStableFunc(c.Routes, func(a, b Route) int {
		return cmp.Compare(b2i(b.Target == "local"), b2i(a.Target == "local"))
	})
	return c
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
