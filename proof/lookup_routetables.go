package proof

import (
	"errors"
	"slices"
)

// VPCRouteTablesLookup describes all route tables of a VPC by its id.
var VPCRouteTablesLookup = newLookup[string, []RouteTable]("route tables of a VPC", AnyResource, "ec2:DescribeRouteTables")

// RouteTable is a route table with its routes.
type RouteTable struct {
	// VPC is the id of its VPC.
	ID, VPC string
	Routes  []Route
	// Subnets are those that it is explicitly associated with. Main is set where
	// it serves every subnet of the VPC that has no association of its own.
	Subnets []string
	Main    bool
	// Propagating are the virtual private gateways that may add routes at any time.
	Propagating []string
}

// Route leads a destination (a CIDR block or a prefix list id) to a target (the
// id of a gateway, endpoint, interface, …; "local" for the VPC itself).
type Route struct {
	Destination, Target string
	// Active is false for a black hole.
	Active bool
}

// localTarget is the target of the routes that lead to the VPC itself.
const localTarget = "local"

var errNoRouteTable = errors.New("none was described")

// routeTablesAround looks up all route tables of the endpoint's VPC.
func (g *gatherer) routeTablesAround(endpoint Endpoint) []RouteTable {
	if endpoint.VPC == "" {
		g.fail("the route tables of the VPC "+endpoint.VPC, errNoVPC)
		return nil
	}
	return g.routeTablesOf(endpoint.VPC)
}

// routeTablesOf looks up all route tables of the VPCs.
func (g *gatherer) routeTablesOf(vpcs ...string) []RouteTable {
	var tables []RouteTable
	for _, vpc := range vpcs {
		tables = append(tables, look(g, VPCRouteTablesLookup, "the route tables of the VPC "+vpc, vpc, func(tables []RouteTable) error {
			if len(tables) == 0 {
				return errNoRouteTable
			}
			return nil
		})...)
	}
	return tables
}

// inEffect are the route tables that decide on the subnet's traffic: the one that
// it is explicitly associated with, else the main one of its VPC
// (docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html). While an
// association changes there may be two.
func inEffect(subnet Subnet, tables []RouteTable) []RouteTable {
	var explicit, main []RouteTable
	for _, table := range tables {
		if slices.Contains(table.Subnets, subnet.ID) {
			explicit = append(explicit, table)
		} else if table.Main && table.VPC == subnet.VPC {
			main = append(main, table)
		}
	}
	if len(explicit) > 0 {
		return explicit
	}
	return main
}
