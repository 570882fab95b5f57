package proof

import (
	"fmt"
	"testing"
)

var _ = exampleOf(Routed, example{
	valid:  Claim{Endpoint: "vpce-1", PrefixList: "com.amazonaws.r.s3", Subnets: []string{"subnet-1"}},
	fields: "Endpoint! PrefixList! Subnets!",
	gathered: []Claim{
		{Endpoint: "vpce-2", PrefixList: "s3", Subnets: []string{"subnet-1"}},
	},
})

// Routes for tests.
var (
	localRoute = Route{Destination: "10.0.0.0/16", Target: "local", Active: true}
	ownRoute   = Route{Destination: "pl-1", Target: "vpce-1", Active: true}
)

func table(id string, routes ...Route) RouteTable { return RouteTable{ID: id, Routes: routes} }

func to(destination, target string) Route {
	return Route{Destination: destination, Target: target, Active: true}
}

func TestJudgeRouted(t *testing.T) {
	t.Parallel()
	routed := Claim{Kind: Routed, Endpoint: "vpce-1", PrefixList: "com.amazonaws.r.s3", Subnets: []string{"subnet-1"}}
	two := routed
	two.Subnets = []string{"subnet-1", "subnet-2"}
	list := PrefixList{ID: "pl-1", Entries: prefixes("52.219.0.0/16", "3.5.140.0/22")}
	// Each subnet is associated with the table of its number.
	in := func(tables ...RouteTable) Facts {
		var subnets []Subnet
		for i := range tables {
			subnets = append(subnets, Subnet{ID: fmt.Sprintf("subnet-%d", i+1), VPC: "vpc-1"})
			tables[i].Subnets = []string{subnets[i].ID}
		}
		return Facts{routedFacts{list, subnets, tables}}
	}
	none := Facts{routedFacts{list, []Subnet{{ID: "subnet-1", VPC: "vpc-1"}}, []RouteTable{{ID: "rtb-3", Subnets: []string{"subnet-3"}}}}}
	elsewhere := in(table("rtb-1", localRoute))
	elsewhere.known.(routedFacts).tables[0].VPC = "vpc-1"
	elsewhere = Facts{routedFacts{list, elsewhere.known.(routedFacts).subnets, append(elsewhere.known.(routedFacts).tables, RouteTable{ID: "rtb-0", VPC: "vpc-1", Main: true, Routes: []Route{ownRoute}})}}
	const associated = "which route table subnet-1 is associated with, and which ones vpce-1 is"
	checkJudged(t, map[string]judged{
		"routed":                          {claim: routed, facts: in(table("rtb-1", localRoute, ownRoute)), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"routed in both":                  {claim: two, facts: in(table("rtb-1", ownRoute), table("rtb-2", ownRoute)), state: Holds, text: "rtb-1: pl-1 to vpce-1, rtb-2: pl-1 to vpce-1"},
		"routed in one":                   {claim: two, facts: in(table("rtb-1", ownRoute), table("rtb-2", localRoute)), state: Refuted, text: "the route table of subnet-2, rtb-2, has no route for pl-1 (com.amazonaws.r.s3) to the endpoint", hint: "which route table subnet-2 is associated with, and which ones vpce-1 is"},
		"no route":                        {claim: routed, facts: in(table("rtb-1", localRoute)), state: Refuted, text: "the route table of subnet-1, rtb-1, has no route for pl-1 (com.amazonaws.r.s3) to the endpoint", hint: associated},
		"another list":                    {claim: routed, facts: in(table("rtb-1", to("pl-2", "vpce-1"))), state: Refuted, text: "the route table of subnet-1, rtb-1, has no route for pl-1 (com.amazonaws.r.s3) to the endpoint", hint: associated},
		"another endpoint":                {claim: routed, facts: in(table("rtb-1", to("pl-1", "vpce-2"))), state: Refuted, text: "the route table of subnet-1, rtb-1, has no route for pl-1 (com.amazonaws.r.s3) to the endpoint", hint: associated},
		"a black hole":                    {claim: routed, facts: in(table("rtb-1", Route{Destination: "pl-1", Target: "vpce-1"})), state: Refuted, text: "the route of rtb-1 to the endpoint is a black hole", hint: "the state of vpce-1"},
		"no table":                        {claim: routed, facts: in(), state: Unproven, text: "the routes are unknown"},
		"no table in effect":              {claim: routed, facts: none, state: Unproven, text: "the route table of subnet-1 is unknown"},
		"routed in the main table alone":  {claim: routed, facts: elsewhere, state: Refuted, text: "the route table of subnet-1, rtb-1, has no route for pl-1 (com.amazonaws.r.s3) to the endpoint", hint: associated},
		"a wider route":                   {claim: routed, facts: in(table("rtb-1", ownRoute, to("0.0.0.0/0", "igw-1"))), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"a route elsewhere":               {claim: routed, facts: in(table("rtb-1", ownRoute, to("52.220.0.0/24", "igw-1"))), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"a narrower route":                {claim: routed, facts: in(table("rtb-1", to("52.219.7.0/24", "igw-1"), ownRoute)), state: Refuted, text: "rtb-1 sends 52.219.7.0/24 to igw-1, which overrides the endpoint's route", hint: "the route of rtb-1 to 52.219.7.0/24"},
		"a narrower one to the endpoint":  {claim: routed, facts: in(table("rtb-1", ownRoute, to("52.219.7.0/24", "vpce-1"))), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
		"a route as wide":                 {claim: routed, facts: in(table("rtb-1", ownRoute, to("3.5.140.0/22", "nat-1"))), state: Refuted, text: "rtb-1 sends 3.5.140.0/22 to nat-1, which overrides the endpoint's route", hint: "the route of rtb-1 to 3.5.140.0/22"},
		"a narrower one, in a black hole": {claim: routed, facts: in(table("rtb-1", ownRoute, Route{Destination: "52.219.7.0/24", Target: "igw-1"})), state: Holds, text: "rtb-1: pl-1 to vpce-1"},
	})
}
