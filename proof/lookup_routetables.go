package proof

import (
	"errors"
	"fmt"
	"slices"
)

// RouteTablesLookup describes route tables by their ids, VPCRouteTablesLookup
// all those of a VPC.
var (
	RouteTablesLookup    = newLookup[[]string, []RouteTable]("route tables", AnyResource, "ec2:DescribeRouteTables")
	VPCRouteTablesLookup = newLookup[string, []RouteTable]("route tables of a VPC", AnyResource, "ec2:DescribeRouteTables")
)

// RouteTable is a route table with its routes.
type RouteTable struct {
	ID     string
	Routes []Route
	// Subnets are those that it is explicitly associated with. Main is set where
	// it serves every subnet of the VPC that has no association of its own.
	Subnets []string
	Main    bool
}

// Route leads a destination (a CIDR block or a prefix list id) to a target (the
// id of a gateway, endpoint, interface, …; "local" for the VPC itself).
type Route struct {
	Destination, Target string
	// Active is false for a black hole.
	Active bool
}

var errNoRouteTable = errors.New("none was described")

// routeTables looks up the route tables with these ids.
func (g *gatherer) routeTables(ids []string) []RouteTable {
	return look(g, RouteTablesLookup, "the route tables "+joinWords(ids), ids, func(tables []RouteTable) error {
		if len(tables) == 0 {
			return errNoRouteTable
		}
		for _, id := range ids {
			if !slices.ContainsFunc(tables, func(t RouteTable) bool { return t.ID == id }) {
				return fmt.Errorf("%s was not described", id)
			}
		}
		return nil
	})
}

// routeTablesAround looks up all route tables of the endpoint's VPC.
func (g *gatherer) routeTablesAround(endpoint Endpoint) []RouteTable {
	what := "the route tables of the VPC " + endpoint.VPC
	if endpoint.VPC == "" {
		g.fail(what, errNoVPC)
		return nil
	}
	return look(g, VPCRouteTablesLookup, what, endpoint.VPC, func(tables []RouteTable) error {
		if len(tables) == 0 {
			return errNoRouteTable
		}
		return nil
	})
}
