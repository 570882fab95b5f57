package proof

import (
	"slices"
	"testing"
)

var _ = exampleOf(Accounted, example{
	valid:    Claim{Subnets: []string{"subnet-1"}},
	fields:   "Endpoints Subnets! Ways",
	gathered: []Claim{{Subnets: []string{"subnet-1"}}},
})

func TestJudgeAccounted(t *testing.T) {
	t.Parallel()
	accounted := Claim{Kind: Accounted, Subnets: []string{"subnet-1"}, Endpoints: []string{"vpce-1"}}
	none := Claim{Kind: Accounted, Subnets: []string{"subnet-1"}}
	tables := []RouteTable{{ID: "rtb-1", VPC: "vpc-1", Main: true, Routes: []Route{{Destination: "10.0.0.0/16", Target: "local"}}}}
	in := func(endpoints ...Endpoint) Facts {
		return Facts{accountedFacts{[]string{"vpc-1"}, endpoints, tables}}
	}
	leading := func(routes ...Route) Facts {
		public := RouteTable{ID: "rtb-2", VPC: "vpc-1", Subnets: []string{"subnet-2"}, Routes: routes}
		return Facts{accountedFacts{[]string{"vpc-1"}, nil, append(slices.Clone(tables), public)}}
	}
	propagated := Facts{accountedFacts{[]string{"vpc-1"}, nil, []RouteTable{{ID: "rtb-1", VPC: "vpc-1", Main: true, Propagating: []string{"vgw-1"}}}}}
	unused := Facts{accountedFacts{[]string{"vpc-1"}, nil, append(slices.Clone(tables), RouteTable{ID: "rtb-2", VPC: "vpc-1", Routes: []Route{{Destination: "10.9.0.0/16", Target: "pcx-1"}}})}}
	peered := Claim{Kind: Accounted, Subnets: []string{"subnet-1"}, Ways: []string{"pcx-1", "vgw-1"}}
	hint := "that way, and what made it; declare it if it is wanted"
	own := Endpoint{ID: "vpce-1", VPC: "vpc-1", Type: "Gateway", Service: "com.amazonaws.r.s3"}
	sts := Endpoint{ID: "vpce-2", VPC: "vpc-1", Type: "Interface", Service: "com.amazonaws.r.sts", State: "pending", Policy: `{"Statement":[{"Effect":"Allow","Action":"*","Principal":"*","Resource":"*"}]}`}
	network := Endpoint{ID: "vpce-3", VPC: "vpc-1", Type: "ServiceNetwork"}
	checkJudged(t, map[string]judged{
		"declared":         {claim: accounted, facts: in(own), state: Holds, text: "vpce-1"},
		"one is gone":      {claim: Claim{Kind: Accounted, Subnets: []string{"subnet-1"}, Endpoints: []string{"vpce-0", "vpce-1"}}, facts: in(own), state: Holds, text: "vpce-1"},
		"none":             {claim: none, facts: in(), state: Holds, text: "none"},
		"another":          {claim: accounted, facts: in(own, sts), state: Refuted, text: "vpc-1 has the endpoint vpce-2 (Interface) to com.amazonaws.r.sts, which admits *", hint: "what made vpce-2; declare it if it is wanted"},
		"a network":        {claim: none, facts: in(network), state: Refuted, text: "vpc-1 has the endpoint vpce-3 (ServiceNetwork), which has no policy that could be read", hint: "what made vpce-3; declare it if it is wanted"},
		"not described":    {claim: accounted, facts: in(), state: Unproven, text: "none of them was described among the endpoints of vpc-1", hint: "whether vpce-1 belongs to this VPC"},
		"nothing is known": {claim: none, facts: Facts{accountedFacts{}}, state: Unproven, text: "the endpoints and route tables of the VPC are unknown"},
		"no tables":        {claim: none, facts: Facts{accountedFacts{vpcs: []string{"vpc-1"}}}, state: Unproven, text: "the endpoints and route tables of the VPC are unknown"},

		"ways in the VPC, to endpoints and to the internet": {claim: none, facts: leading(
			Route{"0.0.0.0/0", "igw-1", true}, Route{"::/0", "eigw-1", true}, Route{"10.1.0.0/16", "nat-1", true},
			Route{"pl-1", "vpce-1", true}, Route{"10.2.0.0/16", "eni-1", true}, Route{"10.3.0.0/16", "i-1", true}), state: Holds, text: "none"},
		"a peering": {claim: none, facts: leading(Route{"10.9.0.0/16", "pcx-1", true}), state: Refuted,
			text: "the route table rtb-2 of vpc-1 sends 10.9.0.0/16 to pcx-1", hint: hint},
		"a peering that is gone": {claim: none, facts: leading(Route{"10.9.0.0/16", "pcx-1", false}), state: Refuted,
			text: "the route table rtb-2 of vpc-1 sends 10.9.0.0/16 to pcx-1", hint: hint},
		"a kind of target that is new": {claim: none, facts: leading(Route{"10.9.0.0/16", "arn:aws:networkmanager::1:core-network/c", true}), state: Refuted,
			text: "the route table rtb-2 of vpc-1 sends 10.9.0.0/16 to arn:aws:networkmanager::1:core-network/c", hint: hint},
		"a declared peering": {claim: peered, facts: leading(Route{"10.9.0.0/16", "pcx-1", true}), state: Holds, text: "none"},
		"propagated routes": {claim: none, facts: propagated, state: Refuted,
			text: "the route table rtb-1 of vpc-1 takes the routes that vgw-1 propagates", hint: hint},
		"declared propagated routes":  {claim: peered, facts: propagated, state: Holds, text: "none"},
		"a table that no subnet uses": {claim: none, facts: unused, state: Holds, text: "none"},
	})
}

func TestEndpointIsOver(t *testing.T) {
	t.Parallel()
	for state, over := range map[string]bool{
		"available": false, "pending": false, "pendingAcceptance": false, "deleting": false, "partial": false, "": false, "a new state": false,
		"Deleted": true, "rejected": true, "failed": true, "Expired": true,
	} {
		if got := (Endpoint{State: state}).isOver(); got != over {
			t.Errorf("%q: got %t", state, got)
		}
	}
}
