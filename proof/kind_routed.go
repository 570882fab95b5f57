package proof

import (
	"fmt"
	"net/netip"
)

// Routed: each of RouteTables has an active prefix-list route to Endpoint.
const Routed Kind = "routed"

var _ = define(Routed, definition[routedFacts]{
	required: []string{"Endpoint", "PrefixList", "RouteTables"},
	lookups:  always(PrefixListLookup, RouteTablesLookup),
	gather: func(g *gatherer, c Claim) routedFacts {
		return routedFacts{g.prefixList(c.PrefixList), g.routeTables(c.RouteTables)}
	},
	target:  Claim.routeTables,
	subject: Claim.routeTablesSubject,
	plural:  Claim.hasSeveralRouteTables,
	expected: func(c Claim, _ routedFacts) string {
		return fmt.Sprintf("have an active route for %s to %s, and no other that overrides it", c.PrefixList, c.Endpoint)
	},
	judge: judgeRouted,
})

type routedFacts struct {
	prefixList PrefixList
	tables     []RouteTable
}

// routeTables are the claim's route tables, for people.
func (c Claim) routeTables() string { return joinWords(c.RouteTables) }

func (c Claim) routeTablesSubject() string {
	if c.hasSeveralRouteTables() {
		return "the route tables " + c.routeTables()
	}
	return "the route table " + c.routeTables()
}

func (c Claim) hasSeveralRouteTables() bool { return len(c.RouteTables) > 1 }

// judgeRouted wants in each table an active route for the prefix list to the
// endpoint, and none that takes traffic from it: a route to a CIDR block that is
// as narrow as an entry of the list, or narrower, has priority
// (docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
func judgeRouted(c Claim, f routedFacts, _ Observation) finding {
	var seen []string
	for _, table := range f.tables {
		var routed bool
		for _, route := range table.Routes {
			own := route.Destination == f.prefixList.ID && route.Target == c.Endpoint
			switch {
			case own && !route.Active:
				return refuted("the state of "+c.Endpoint, "the route of %s to the endpoint is a black hole", table.ID)
			case own:
				routed = true
			case route.Active && route.Target != c.Endpoint && route.overrides(f.prefixList.Entries):
				return refuted("the route of "+table.ID+" to "+route.Destination,
					"%s sends %s to %s, which overrides the endpoint's route", table.ID, route.Destination, route.Target)
			}
		}
		if !routed {
			return refuted("which route tables "+c.Endpoint+" is associated with",
				"%s has no route for %s (%s) to the endpoint", table.ID, f.prefixList.ID, c.PrefixList)
		}
		seen = append(seen, fmt.Sprintf("%s: %s to %s", table.ID, f.prefixList.ID, c.Endpoint))
	}
	if len(seen) == 0 {
		return unproven("", "the routes are unknown")
	}
	return holds("%s", joinCommas(seen))
}

// overrides reports whether the route's destination is a CIDR block inside an
// entry, or equal to one.
func (r Route) overrides(entries []netip.Prefix) bool {
	block, err := netip.ParsePrefix(r.Destination)
	return err == nil && isInsideAny(block, entries)
}
