package proof

import "slices"

// Accounted: the VPC of Subnets has no endpoint but Endpoints.
const Accounted Kind = "accounted"

var _ = define(Accounted, definition[accountedFacts]{
	required: []string{"Subnets"},
	optional: []string{"Endpoints"},
	lookups:  always(SubnetsLookup, VPCEndpointsLookup),
	gather: func(g *gatherer, c Claim) accountedFacts {
		vpcs := vpcsOf(g.subnets(c.Subnets))
		return accountedFacts{vpcs, g.endpointsOf(vpcs...)}
	},
	target:  Claim.vpcTarget,
	subject: Claim.vpcTarget,
	expected: func(c Claim, _ accountedFacts) string {
		if len(c.Endpoints) == 0 {
			return "have no endpoint"
		}
		return "have no endpoint but " + joinWords(c.Endpoints)
	},
	judge: judgeAccounted,
})

type accountedFacts struct {
	vpcs []string
	// endpoints are all that the VPCs have.
	endpoints []Endpoint
}

// judgeAccounted refutes by any endpoint that is not declared, even if it is not
// available yet: it leads out of the VPC to whatever its service and its policy
// let through. A description without any of those that are declared is doubtful.
func judgeAccounted(c Claim, f accountedFacts, _ Observation) finding {
	if len(f.vpcs) == 0 {
		return unproven("", "the endpoints of the VPC are unknown")
	}
	var seen []string
	for _, endpoint := range f.endpoints {
		if !slices.Contains(c.Endpoints, endpoint.ID) {
			return refuted("what made "+endpoint.ID+"; declare it if it is wanted",
				"%s has the endpoint %s, which %s", printable(endpoint.VPC), printable(endpoint.about()), endpoint.admits())
		}
		seen = append(seen, endpoint.ID)
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
