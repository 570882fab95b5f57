package proof

import (
	"testing"
)

var _ = exampleOf(Enclosed, example{
	valid:  Claim{Subnets: []string{"subnet-1", "subnet-2"}},
	fields: "Ways Subnets!",
	gathered: []Claim{
		{Subnets: []string{"subnet-1"}},
	},
})

func TestJudgeEnclosed(t *testing.T) {
	t.Parallel()
	enclosed := Claim{Kind: Enclosed, Subnets: []string{"subnet-1"}}
	but := Claim{Kind: Enclosed, Subnets: []string{"subnet-1"}, Ways: []string{"vpce-1", "tgw-1"}}
	own := func(routes ...Route) RouteTable {
		return RouteTable{ID: "rtb-1", VPC: "vpc-1", Subnets: []string{"subnet-1"}, Routes: routes}
	}
	main := func(vpc string, routes ...Route) RouteTable {
		return RouteTable{ID: "rtb-0", VPC: vpc, Main: true, Routes: routes}
	}
	in := func(tables ...RouteTable) Facts {
		return Facts{enclosedFacts{[]Subnet{{ID: "subnet-1", VPC: "vpc-1"}}, tables}}
	}
	const that = "that route, and what added it"
	way := func(destination, target string) judged {
		return judged{claim: but, facts: in(own(localRoute, ownRoute, to(destination, target))), state: Refuted, text: "the route table of subnet-1, rtb-1, sends " + destination + " to " + target, hint: that}
	}
	propagating := own(localRoute)
	propagating.Propagating = []string{"vgw-1"}
	checkJudged(t, map[string]judged{
		"enclosed":                      {claim: enclosed, facts: in(own(localRoute)), state: Holds, text: "10.0.0.0/16 to local"},
		"declared ways":                 {claim: but, facts: in(own(localRoute, ownRoute, to("10.0.0.0/8", "tgw-1"))), state: Holds, text: "10.0.0.0/16 to local, 10.0.0.0/8 to tgw-1, pl-1 to vpce-1"},
		"an endpoint not declared":      {claim: enclosed, facts: in(own(ownRoute)), state: Refuted, text: "the route table of subnet-1, rtb-1, sends pl-1 to vpce-1", hint: that},
		"the internet":                  way("0.0.0.0/0", "igw-1"),
		"the internet by IPv6":          way("::/0", "eigw-1"),
		"a peering":                     way("10.1.0.0/16", "pcx-1"),
		"a customer's prefix list":      way("pl-0123", "tgw-2"),
		"a service network":             way("169.254.171.0/24", "VpcLattice"),
		"nobody knows where":            way("10.2.0.0/16", "an unknown target"),
		"a dead way out":                {claim: enclosed, facts: in(own(localRoute, Route{Destination: "0.0.0.0/0", Target: "nat-1"})), state: Refuted, text: "the route table of subnet-1, rtb-1, sends 0.0.0.0/0 to nat-1", hint: that},
		"propagated routes":             {claim: enclosed, facts: in(propagating), state: Refuted, text: "the route table of subnet-1, rtb-1, takes the routes that vgw-1 propagates", hint: "the route propagation of rtb-1"},
		"declared propagation":          {claim: Claim{Kind: Enclosed, Subnets: []string{"subnet-1"}, Ways: []string{"vgw-1"}}, facts: in(propagating), state: Holds, text: "10.0.0.0/16 to local"},
		"by the main table":             {claim: enclosed, facts: in(main("vpc-1", localRoute)), state: Holds, text: "10.0.0.0/16 to local"},
		"the main table leads out":      {claim: enclosed, facts: in(main("vpc-1", to("0.0.0.0/0", "igw-1"))), state: Refuted, text: "the route table of subnet-1, rtb-0, sends 0.0.0.0/0 to igw-1", hint: that},
		"not by the main table":         {claim: enclosed, facts: in(main("vpc-1", localRoute), own(to("0.0.0.0/0", "igw-1"))), state: Refuted, text: "the route table of subnet-1, rtb-1, sends 0.0.0.0/0 to igw-1", hint: that},
		"the main table does not count": {claim: enclosed, facts: in(main("vpc-1", to("0.0.0.0/0", "igw-1")), own(localRoute)), state: Holds, text: "10.0.0.0/16 to local"},
		"another subnet's table":        {claim: enclosed, facts: in(own(localRoute), RouteTable{ID: "rtb-2", VPC: "vpc-1", Subnets: []string{"subnet-2"}, Routes: []Route{to("0.0.0.0/0", "igw-1")}}), state: Holds, text: "10.0.0.0/16 to local"},
		"no table in effect":            {claim: enclosed, facts: in(main("vpc-2", localRoute)), state: Unproven, text: "the route table of subnet-1 is unknown"},
		"nothing was described":         {claim: enclosed, facts: Facts{enclosedFacts{}}, state: Unproven, text: "the subnets are unknown"},
	})
}
