package proof

import (
	"fmt"
	"slices"
)

// Enclosed: every route that is in effect in Subnets leads to the VPC itself or
// to one of Ways.
const Enclosed Kind = "enclosed"

var _ = define(Enclosed, definition[enclosedFacts]{
	required: []string{"Subnets"},
	optional: []string{"Ways"},
	lookups:  always(SubnetsLookup, VPCRouteTablesLookup),
	gather: func(g *gatherer, c Claim) enclosedFacts {
		subnets := g.subnets(c.Subnets)
		return enclosedFacts{subnets, g.routeTablesOf(vpcsOf(subnets)...)}
	},
	target:  Claim.subnetsTarget,
	subject: Claim.subnetsSubject,
	plural:  Claim.hasSeveralSubnets,
	expected: func(c Claim, _ enclosedFacts) string {
		return "have no way out" + butFor(c.Ways)
	},
	judge: judgeEnclosed,
})

type enclosedFacts struct {
	subnets []Subnet
	// tables are all route tables of the subnets' VPCs.
	tables []RouteTable
}

// judgeEnclosed looks at every route of every table in effect, whatever its
// destination: IPv4, IPv6, a prefix list. A black hole counts as a way out: it is
// one again when its target comes back. So does a virtual private gateway that
// may add routes, though it has not added any.
//
// A service network of VPC Lattice that is associated with the VPC shows as a
// route too, whose target is not local.
func judgeEnclosed(c Claim, f enclosedFacts, _ Observation) finding {
	var seen []string
	for _, subnet := range f.subnets {
		tables := inEffect(subnet, f.tables)
		if len(tables) == 0 {
			return unproven("", "the route table of %s is unknown", subnet.ID)
		}
		for _, table := range tables {
			for _, route := range table.Routes {
				if route.Target != localTarget && !slices.Contains(c.Ways, route.Target) {
					return refuted("that route, and what added it", "the route table of %s, %s, sends %s to %s", subnet.ID, table.ID, route.Destination, route.Target)
				}
				seen = append(seen, fmt.Sprintf("%s to %s", route.Destination, route.Target))
			}
			for _, gateway := range table.Propagating {
				if !slices.Contains(c.Ways, gateway) {
					return refuted("the route propagation of "+table.ID, "the route table of %s, %s, takes the routes that %s propagates", subnet.ID, table.ID, gateway)
				}
			}
		}
	}
	if len(f.subnets) == 0 {
		return unproven("", "the subnets are unknown")
	}
	slices.Sort(seen)
	return holds("%s", joinCommas(slices.Compact(seen)))
}
