package proof

import (
	"slices"
	"strings"
)

// Accounted: the VPC of Subnets has no endpoint but Endpoints, and none of its
// subnets has a route to another network but Ways.
const Accounted Kind = "accounted"

var _ = define(Accounted, definition[accountedFacts]{
	required: []string{"Subnets"},
	optional: []string{"Endpoints", "Ways"},
	lookups:  always(SubnetsLookup, VPCEndpointsLookup, VPCRouteTablesLookup),
	gather: func(g *gatherer, c Claim) accountedFacts {
		vpcs := vpcsOf(g.subnets(c.Subnets))
		return accountedFacts{vpcs, g.endpointsOf(vpcs...), g.routeTablesOf(vpcs...)}
	},
	target:  Claim.vpcTarget,
	subject: Claim.vpcTarget,
	expected: func(c Claim, _ accountedFacts) string {
		return "have no endpoint" + butFor(c.Endpoints) + ", and no route to another network" + butFor(c.Ways)
	},
	judge: judgeAccounted,
})

type accountedFacts struct {
	vpcs []string
	// endpoints and tables are all that the VPCs have.
	endpoints []Endpoint
	tables    []RouteTable
}

// judgeAccounted refutes by any endpoint that is not declared, even if it is not
// available yet: it leads out of the VPC to whatever its service and its policy
// let through. A description without any of those that are declared is doubtful.
//
// So does a route of any subnet to another network, such as a peering connection: a
// host of that subnet can pass on what the claim's subnets send it, as one with a
// public address can ([Unaddressed]), and needs no such address for that.
func judgeAccounted(c Claim, f accountedFacts, _ Observation) finding {
	if len(f.vpcs) == 0 || len(f.tables) == 0 {
		return unproven("", "the endpoints and route tables of the VPC are unknown")
	}
	var seen []string
	for _, endpoint := range f.endpoints {
		if !slices.Contains(c.Endpoints, endpoint.ID) {
			return refuted("what made "+endpoint.ID+"; declare it if it is wanted",
				"%s has the endpoint %s, which %s", printable(endpoint.VPC), printable(endpoint.about()), endpoint.admits())
		}
		seen = append(seen, endpoint.ID)
	}
	for _, table := range f.tables {
		if way := table.leadsElsewhere(c.Ways); way != "" {
			return refuted("that way, and what made it; declare it if it is wanted",
				"the route table %s of %s %s", table.ID, printable(table.VPC), way)
		}
	}
	switch {
	case len(seen) == 0 && len(c.Endpoints) > 0:
		return unproven("whether "+c.Endpoints[0]+" belongs to this VPC", "none of them was described among the endpoints of %s", joinWords(f.vpcs))
	case len(seen) == 0:
		return holds("none")
	}
	slices.Sort(seen)
	return holds("%s", joinCommas(seen))
}

// admits says what the endpoint's policy lets through.
func (e Endpoint) admits() string {
	policy, err := readPolicy(e.Policy)
	if e.Policy == "" || err != nil {
		return "has no policy that could be read"
	}
	return "admits " + printable(shorten(joinWords(policyActions(policy)), 200))
}

// withinOrPublic are the beginnings of the ids of targets that keep traffic in the
// VPC, or lead to the internet for those that have a public address (about which
// [Unaddressed] speaks), or belong to endpoints. Every other target leads to another
// network
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html).
var withinOrPublic = []string{localTarget, "igw-", "eigw-", "nat-", "vpce-", "eni-", "i-"}

// leadsElsewhere says which way of the table leads to another network that is not
// declared. Empty if none does, or no subnet has the table.
func (t RouteTable) leadsElsewhere(declared []string) string {
	if len(t.Subnets) == 0 && !t.Main {
		return ""
	}
	for _, route := range t.Routes {
		stays := slices.ContainsFunc(withinOrPublic, func(beginning string) bool { return strings.HasPrefix(route.Target, beginning) })
		if !stays && !slices.Contains(declared, route.Target) {
			return "sends " + route.Destination + " to " + printable(route.Target)
		}
	}
	for _, gateway := range t.Propagating {
		if !slices.Contains(declared, gateway) {
			return "takes the routes that " + printable(gateway) + " propagates"
		}
	}
	return ""
}

// butFor are the exceptions of a claim for people; empty if there are none.
func butFor(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return " but " + joinWords(ids)
}
