package proof

import (
	"fmt"
	"slices"
	"strings"
)

// Enclosed: Subnets, if there are any, are associated with RouteTables, and no
// route of RouteTables leads anywhere but to the VPC itself and to gateway
// endpoints.
const Enclosed Kind = "enclosed"

var _ = define(Enclosed, definition[enclosedFacts]{
	required: []string{"RouteTables"},
	optional: []string{"Subnets"},
	lookups:  always(RouteTablesLookup, EndpointLookup),
	gather:   gatherEnclosed,
	target:   Claim.routeTables,
	subject:  Claim.routeTablesSubject,
	plural:   Claim.hasSeveralRouteTables,
	expected: func(c Claim, _ enclosedFacts) string {
		const alone = "lead nowhere but to the VPC itself and to gateway endpoints"
		if len(c.Subnets) > 0 {
			return "serve " + joinWords(c.Subnets) + " and " + alone
		}
		return alone
	},
	judge: judgeEnclosed,
})

type enclosedFacts struct {
	tables []RouteTable
	// endpoints are the VPC endpoints that routes of the tables lead to: a gateway
	// endpoint leads to its service alone, a Gateway Load Balancer endpoint anywhere.
	endpoints []Endpoint
}

func gatherEnclosed(g *gatherer, c Claim) enclosedFacts {
	f := enclosedFacts{tables: g.routeTables(c.RouteTables)}
	asked := map[string]bool{}
	for _, table := range f.tables {
		for _, route := range table.Routes {
			if id := route.Target; strings.HasPrefix(id, "vpce-") && !asked[id] {
				asked[id] = true
				f.endpoints = append(f.endpoints, g.endpoint(id))
			}
		}
	}
	return f
}

// judgeEnclosed allows routes to the VPC itself and to gateway endpoints. A
// black hole counts as a way out: it is one again when its target comes back.
func judgeEnclosed(c Claim, f enclosedFacts, _ Observation) finding {
	var seen []string
	for _, table := range f.tables {
		for _, route := range table.Routes {
			if route.Target != "local" && !f.leadsToGateway(route) {
				return refuted("that route, and what added it", "%s sends %s to %s", table.ID, route.Destination, route.Target)
			}
			seen = append(seen, fmt.Sprintf("%s to %s", route.Destination, route.Target))
		}
	}
	if len(f.tables) == 0 {
		return unproven("", "the routes of %s are unknown", c.routeTables())
	}
	if subnet := unserved(c.Subnets, f.tables); subnet != "" {
		return refuted("which route table "+subnet+" is associated with",
			"%s is not associated with %s", subnet, c.routeTables())
	}
	slices.Sort(seen)
	return holds("%s", joinCommas(slices.Compact(seen)))
}

// leadsToGateway reports whether the route's target is a gateway endpoint.
func (f enclosedFacts) leadsToGateway(route Route) bool {
	return slices.ContainsFunc(f.endpoints, func(e Endpoint) bool { return e.ID == route.Target && e.isGateway() })
}

// unserved returns the first subnet that none of the tables serves. A main
// table may serve any.
func unserved(subnets []string, tables []RouteTable) string {
	for _, subnet := range subnets {
		if !slices.ContainsFunc(tables, func(t RouteTable) bool { return t.Main || slices.Contains(t.Subnets, subnet) }) {
			return subnet
		}
	}
	return ""
}
