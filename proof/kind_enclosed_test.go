package proof

import (
	"testing"
)

var _ = exampleOf(Enclosed, example{
	valid:  Claim{RouteTables: []string{"rtb-1", "rtb-2"}},
	fields: "RouteTables! Subnets",
	gathered: []Claim{
		{RouteTables: []string{"rtb-1"}},
	},
})

func TestJudgeEnclosed(t *testing.T) {
	t.Parallel()
	enclosed := Claim{Kind: Enclosed, RouteTables: []string{"rtb-1"}}
	served := Claim{Kind: Enclosed, RouteTables: []string{"rtb-1"}, Subnets: []string{"subnet-1"}}
	in := func(tables ...RouteTable) Facts { return Facts{enclosedFacts{tables: tables}} }
	gateways := func(kind string, tables ...RouteTable) Facts {
		return Facts{enclosedFacts{tables, []Endpoint{{ID: "vpce-0", Type: "Gateway"}, {ID: "vpce-1", Type: kind}}}}
	}
	const that = "that route, and what added it"
	checkJudged(t, map[string]judged{
		"enclosed":                        {claim: enclosed, facts: gateways("Gateway", table("rtb-1", ownRoute, localRoute), table("rtb-2", localRoute)), state: Holds, text: "10.0.0.0/16 to local, pl-1 to vpce-1"},
		"the internet":                    {claim: enclosed, facts: in(table("rtb-1", localRoute, to("0.0.0.0/0", "igw-1"))), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to igw-1", hint: that},
		"a NAT gateway":                   {claim: enclosed, facts: in(table("rtb-1", localRoute, to("0.0.0.0/0", "nat-1"))), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to nat-1", hint: that},
		"a peering":                       {claim: enclosed, facts: in(table("rtb-1", localRoute, to("10.1.0.0/16", "pcx-1"))), state: Refuted, text: "rtb-1 sends 10.1.0.0/16 to pcx-1", hint: that},
		"a dead way out":                  {claim: enclosed, facts: in(table("rtb-1", Route{Destination: "0.0.0.0/0", Target: "nat-1"})), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to nat-1", hint: that},
		"a Gateway Load Balancer":         {claim: enclosed, facts: gateways("GatewayLoadBalancer", table("rtb-1", to("0.0.0.0/0", "vpce-1"))), state: Refuted, text: "rtb-1 sends 0.0.0.0/0 to vpce-1", hint: that},
		"an endpoint of unknown type":     {claim: enclosed, facts: gateways("", table("rtb-1", ownRoute)), state: Refuted, text: "rtb-1 sends pl-1 to vpce-1", hint: that},
		"an endpoint that nobody knows":   {claim: enclosed, facts: in(table("rtb-1", ownRoute)), state: Refuted, text: "rtb-1 sends pl-1 to vpce-1", hint: that},
		"no routes were described at all": {claim: enclosed, facts: in(), state: Unproven, text: "the routes of rtb-1 are unknown"},
		"its subnet":                      {claim: served, facts: in(RouteTable{ID: "rtb-1", Routes: []Route{localRoute}, Subnets: []string{"subnet-2", "subnet-1"}}), state: Holds, text: "10.0.0.0/16 to local"},
		"its subnet by the main table":    {claim: served, facts: in(RouteTable{ID: "rtb-1", Routes: []Route{localRoute}, Main: true}), state: Holds, text: "10.0.0.0/16 to local"},
		"another subnet":                  {claim: served, facts: in(RouteTable{ID: "rtb-1", Routes: []Route{localRoute}, Subnets: []string{"subnet-2"}}), state: Refuted, text: "subnet-1 is not associated with rtb-1", hint: "which route table subnet-1 is associated with"},
	})
}
