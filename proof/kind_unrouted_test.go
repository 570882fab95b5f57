package proof

import (
	"testing"
)

var _ = exampleOf(Unrouted, example{
	valid:  Claim{Endpoint: "vpce-1"},
	fields: "Endpoint!",
	gathered: []Claim{
		{Endpoint: "vpce-1"},
	},
})

func TestJudgeUnrouted(t *testing.T) {
	t.Parallel()
	unrouted := Claim{Kind: Unrouted, Endpoint: "vpce-1"}
	in := func(tables ...RouteTable) Facts { return Facts{unroutedFacts{testEndpoint, tables}} }
	const needsNone = "that route, and the type of vpce-1: an interface endpoint needs none"
	checkJudged(t, map[string]judged{
		"unrouted":               {claim: unrouted, facts: in(table("rtb-1", localRoute), table("rtb-2", localRoute, to("0.0.0.0/0", "igw-1"))), state: Holds, text: "in none of 2 route tables"},
		"unrouted in one":        {claim: unrouted, facts: in(table("rtb-1", localRoute)), state: Holds, text: "in none of 1 route table"},
		"a route to it":          {claim: unrouted, facts: in(table("rtb-1", localRoute), table("rtb-2", ownRoute)), state: Refuted, text: "rtb-2 sends pl-1 to vpce-1", hint: needsNone},
		"a dead route to it":     {claim: unrouted, facts: in(table("rtb-2", Route{Destination: "pl-1", Target: "vpce-1"})), state: Refuted, text: "rtb-2 sends pl-1 to vpce-1", hint: needsNone},
		"a route to its card":    {claim: unrouted, facts: in(table("rtb-1", to("1.2.3.0/24", "eni-b"))), state: Refuted, text: "rtb-1 sends 1.2.3.0/24 to eni-b", hint: needsNone},
		"no table was described": {claim: unrouted, facts: in(), state: Unproven, text: "the route tables of the VPC are unknown"},
	})
}
