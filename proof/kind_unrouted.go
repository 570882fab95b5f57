package proof

import "slices"

// Unrouted: no route table of the endpoint's VPC mentions Endpoint.
const Unrouted Kind = "unrouted"

var _ = define(Unrouted, definition[unroutedFacts]{
	required: []string{"Endpoint"},
	lookups:  always(EndpointLookup, VPCRouteTablesLookup),
	gather: func(g *gatherer, c Claim) unroutedFacts {
		endpoint := g.endpoint(c.Endpoint)
		return unroutedFacts{endpoint, g.routeTablesAround(endpoint)}
	},
	expected: func(Claim, unroutedFacts) string { return "appear in no route table" },
	judge:    judgeUnrouted,
})

type unroutedFacts struct {
	endpoint Endpoint
	tables   []RouteTable
}

// judgeUnrouted looks for the endpoint, and for its interfaces, in every table.
func judgeUnrouted(c Claim, f unroutedFacts, _ Observation) finding {
	own := append([]string{c.Endpoint}, f.endpoint.Interfaces...)
	for _, table := range f.tables {
		for _, route := range table.Routes {
			if slices.Contains(own, route.Target) {
				return refuted("that route, and the type of "+c.Endpoint+": an interface endpoint needs none",
					"%s sends %s to %s", table.ID, route.Destination, route.Target)
			}
		}
	}
	if len(f.tables) == 0 {
		return unproven("", "the route tables of the VPC are unknown")
	}
	return holds("in none of %s", plural(len(f.tables), "route table"))
}
