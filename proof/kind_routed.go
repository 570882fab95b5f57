package proof

import (
	"fmt"
	"net/netip"
)

// Routed: in each of Subnets an active prefix-list route to Endpoint is in effect.
const Routed Kind = "routed"

var _ = define(Routed, definition[routedFacts]{
	required: []string{"Endpoint", "PrefixList", "Subnets"},
	lookups:  always(PrefixListLookup, SubnetsLookup, VPCRouteTablesLookup),
	gather: func(g *gatherer, c Claim) routedFacts {
		list, subnets := g.prefixList(c.PrefixList), g.subnets(c.Subnets)
		return routedFacts{list, subnets, g.routeTablesOf(vpcsOf(subnets)...)}
	},
	target:  Claim.subnetsTarget,
	subject: Claim.subnetsSubject,
	plural:  Claim.hasSeveralSubnets,
	expected: func(c Claim, _ routedFacts) string {
		return fmt.Sprintf("have an active route for %s to %s, and no other that overrides it", c.PrefixList, c.Endpoint)
	},
	judge: judgeRouted,
})

type routedFacts struct {
	prefixList PrefixList
	subnets    []Subnet
	// tables are all route tables of the subnets' VPCs.
	tables []RouteTable
}

// judgeRouted wants in each table in effect an active route for the prefix list
// to the endpoint, and none that takes traffic from it: a route to a CIDR block
// that is as narrow as an entry of the list, or narrower, has priority
// (docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
func judgeRouted(c Claim, f routedFacts, _ Observation) finding {
	var seen []string
	for _, subnet := range f.subnets {
		tables := inEffect(subnet, f.tables)
		if len(tables) == 0 {
			return unproven("", "the route table of %s is unknown", subnet.ID)
		}
		for _, table := range tables {
			if wrong := judgeRoutes(c, f.prefixList, subnet, table); wrong != nil {
				return *wrong
			}
			seen = append(seen, fmt.Sprintf("%s: %s to %s", table.ID, f.prefixList.ID, c.Endpoint))
		}
	}
	if len(seen) == 0 {
		return unproven("", "the routes are unknown")
	}
	return holds("%s", joinCommas(compact(seen)))
}

// judgeRoutes returns what is wrong with the routes of a table, nil if nothing is.
func judgeRoutes(c Claim, list PrefixList, subnet Subnet, table RouteTable) *finding {
	var routed bool
	for _, route := range table.Routes {
		own := route.Destination == list.ID && route.Target == c.Endpoint
		switch {
		case own && !route.Active:
			found := refuted("the state of "+c.Endpoint, "the route of %s to the endpoint is a black hole", table.ID)
			return &found
		case own:
			routed = true
		case route.Active && route.Target != c.Endpoint && route.overrides(list.Entries):
			found := refuted("the route of "+table.ID+" to "+route.Destination,
				"%s sends %s to %s, which overrides the endpoint's route", table.ID, route.Destination, route.Target)
			return &found
		}
	}
	if !routed {
		found := refuted("which route table "+subnet.ID+" is associated with, and which ones "+c.Endpoint+" is",
			"the route table of %s, %s, has no route for %s (%s) to the endpoint", subnet.ID, table.ID, list.ID, c.PrefixList)
		return &found
	}
	return nil
}

// overrides reports whether the route's destination is a CIDR block inside an
// entry, or equal to one.
func (r Route) overrides(entries []netip.Prefix) bool {
	block, err := netip.ParsePrefix(r.Destination)
	return err == nil && isInsideAny(block, entries)
}
