package proof

import "testing"

var _ = exampleOf(Accounted, example{
	valid:    Claim{Subnets: []string{"subnet-1"}},
	fields:   "Endpoints Subnets!",
	gathered: []Claim{{Subnets: []string{"subnet-1"}}},
})

func TestJudgeAccounted(t *testing.T) {
	t.Parallel()
	accounted := Claim{Kind: Accounted, Subnets: []string{"subnet-1"}, Endpoints: []string{"vpce-1"}}
	none := Claim{Kind: Accounted, Subnets: []string{"subnet-1"}}
	in := func(endpoints ...Endpoint) Facts { return Facts{accountedFacts{[]string{"vpc-1"}, endpoints}} }
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
		"nothing is known": {claim: none, facts: Facts{accountedFacts{}}, state: Unproven, text: "the endpoints of the VPC are unknown"},
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
