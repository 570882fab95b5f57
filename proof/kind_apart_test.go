package proof

import (
	"context"
	"net/netip"
	"testing"
)

var _ = exampleOf(Apart, example{
	valid:    Claim{Subnets: []string{"subnet-1"}, Balancer: testBalancer},
	fields:   "Ways Balancer! Subnets!",
	gathered: []Claim{{Subnets: []string{"subnet-1"}, Balancer: testBalancer}},
	lookups:  apartLookups(),
})

// apartLookups tell of vpc-1, whose table leads to the endpoints vpce-1 and
// vpce-2, and of the load balancer's vpc-2.
func apartLookups() Lookups {
	return Lookups{
		SubnetsLookup.By(func(context.Context, []string) ([]Subnet, error) {
			return []Subnet{{ID: "subnet-1", VPC: "vpc-1"}}, nil
		}),
		BalancerLookup.By(func(_ context.Context, arn string) (Balancer, error) {
			return Balancer{ARN: arn, VPC: "vpc-2", Scheme: "internal"}, nil
		}),
		VPCLookup.By(func(_ context.Context, id string) ([]netip.Prefix, error) {
			return map[string][]netip.Prefix{"vpc-1": prefixes("10.0.0.0/16"), "vpc-2": prefixes("20.0.0.0/16")}[id], nil
		}),
		VPCRouteTablesLookup.By(func(_ context.Context, id string) ([]RouteTable, error) {
			return []RouteTable{{ID: "rtb-1", VPC: id, Main: true, Routes: []Route{{"pl-1", "vpce-1", true}, {"20.0.0.0/24", "vpce-2", true}, {"pl-2", "vpce-1", true}}}}, nil
		}),
		NetworkInterfacesLookup.By(func(_ context.Context, id string) ([]NetworkInterface, error) {
			return []NetworkInterface{{ID: "eni-" + id, VPC: id}}, nil
		}),
		EndpointLookup.By(func(_ context.Context, id string) (Endpoint, error) {
			return Endpoint{ID: id, Type: map[string]string{"vpce-1": "Gateway", "vpce-2": "GatewayLoadBalancer"}[id]}, nil
		}),
	}
}

func TestGatherApart(t *testing.T) {
	t.Parallel()
	claim := Claim{ID: "C", Kind: Apart, Subnets: []string{"subnet-1"}, Balancer: testBalancer}
	facts, err := Gather(t.Context(), apartLookups(), claim)
	if err != nil {
		t.Fatal(err)
	}
	f := facts.known.(apartFacts)
	if len(f.sides) != 2 || len(f.sides[1].interfaces) != 1 || f.sides[0].vpc != "vpc-1" || f.sides[1].vpc != "vpc-2" || len(f.gateways) != 1 || f.gateways[0] != "vpce-1" {
		t.Errorf("got %+v", f)
	}
	if got := Judge(claim, facts, Observation{}); got.State != Refuted || got.Seen != "rtb-1 of vpc-1 sends 20.0.0.0/24 to vpce-2, which may lead into vpc-2" {
		t.Errorf("got %+v", got)
	}
}

func TestJudgeApart(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Apart, Subnets: []string{"subnet-1"}, Balancer: testBalancer}
	type change func(*apartFacts)
	with := func(changes ...change) Facts {
		table := func(id, vpc string) RouteTable {
			return RouteTable{ID: id, VPC: vpc, Subnets: []string{"subnet-" + id}, Routes: []Route{
				{"10.0.0.0/16", "local", true}, {"20.0.0.0/16", "local", true}, {"0.0.0.0/0", "igw-1", true}, {"::/0", "eigw-1", true}, {"20.0.0.0/8", "nat-1", true}, {"pl-1", "vpce-1", true},
			}}
		}
		f := apartFacts{
			sides: []side{
				{"vpc-1", prefixes("10.0.0.0/16", "2600::/56"), []RouteTable{table("rtb-1", "vpc-1"), {ID: "rtb-2", VPC: "vpc-1"}}, []NetworkInterface{{ID: "eni-0", VPC: "vpc-1"}, {ID: "eni-1", VPC: "vpc-1", Instance: "i-1"}}},
				{"vpc-2", prefixes("20.0.0.0/16"), []RouteTable{table("rtb-3", "vpc-2")}, []NetworkInterface{{ID: "eni-2", VPC: "vpc-2"}, {ID: "eni-3", VPC: "vpc-2", Instance: "i-2"}}},
			},
			gateways: []string{"vpce-1"},
		}
		for _, change := range changes {
			change(&f)
		}
		return Facts{f}
	}
	add := func(side, table int, destination, target string) change {
		return func(f *apartFacts) {
			routes := &f.sides[side].tables[table].Routes
			*routes = append(*routes, Route{destination, target, false})
		}
	}
	main := func(f *apartFacts) { f.sides[0].tables[1].Main = true }
	astride := func(f *apartFacts) { f.sides[0].interfaces[1].Instance = "i-2" }
	declared := func(id string) Claim { c := claim; c.Ways = []string{id}; return c }
	const both = "the instance i-2 has the interface eni-1 in vpc-1 and eni-3 in vpc-2, and can pass on what it gets"
	by := claim
	by.Ways = []string{"pcx-1"}
	const hint = "that route, and what added it; declare it if it is wanted"
	checkJudged(t, map[string]judged{
		"no way":                        {claim: claim, facts: with(), state: Holds, text: "none in 3 route tables"},
		"a way elsewhere":               {claim: claim, facts: with(add(0, 0, "172.16.0.0/12", "tgw-1"), add(1, 0, "172.16.0.0/12", "pcx-1")), state: Holds, text: "none in 3 route tables"},
		"a declared way":                {claim: by, facts: with(add(0, 0, "20.0.0.0/16", "pcx-1"), add(1, 0, "10.0.0.0/16", "pcx-1")), state: Holds, text: "none in 3 route tables"},
		"a table that serves nobody":    {claim: claim, facts: with(add(0, 1, "20.0.0.0/16", "pcx-1")), state: Holds, text: "none in 3 route tables"},
		"there":                         {claim: claim, facts: with(add(0, 0, "20.0.0.0/16", "pcx-1")), state: Refuted, text: "rtb-1 of vpc-1 sends 20.0.0.0/16 to pcx-1, which may lead into vpc-2", hint: hint},
		"to a part":                     {claim: claim, facts: with(add(0, 0, "20.0.0.7/32", "pcx-1")), state: Refuted, text: "rtb-1 of vpc-1 sends 20.0.0.7/32 to pcx-1, which may lead into vpc-2", hint: hint},
		"by a wider route":              {claim: claim, facts: with(add(0, 0, "0.0.0.0/0", "tgw-1")), state: Refuted, text: "rtb-1 of vpc-1 sends 0.0.0.0/0 to tgw-1, which may lead into vpc-2", hint: hint},
		"by the main table":             {claim: claim, facts: with(main, add(0, 1, "20.0.0.0/16", "eni-1")), state: Refuted, text: "rtb-2 of vpc-1 sends 20.0.0.0/16 to eni-1, which may lead into vpc-2", hint: hint},
		"by a prefix list":              {claim: claim, facts: with(add(0, 0, "pl-9", "vgw-1")), state: Refuted, text: "rtb-1 of vpc-1 sends pl-9 to vgw-1, which may lead into vpc-2", hint: hint},
		"by another endpoint":           {claim: claim, facts: with(add(0, 0, "20.0.0.0/24", "vpce-2")), state: Refuted, text: "rtb-1 of vpc-1 sends 20.0.0.0/24 to vpce-2, which may lead into vpc-2", hint: hint},
		"back":                          {claim: claim, facts: with(add(1, 0, "10.0.0.128/25", "pcx-1")), state: Refuted, text: "rtb-3 of vpc-2 sends 10.0.0.128/25 to pcx-1, which may lead into vpc-1", hint: hint},
		"back by IPv6":                  {claim: claim, facts: with(add(1, 0, "2600::/16", "pcx-1")), state: Refuted, text: "rtb-3 of vpc-2 sends 2600::/16 to pcx-1, which may lead into vpc-1", hint: hint},
		"another way than the declared": {claim: by, facts: with(add(0, 0, "20.0.0.0/16", "pcx-2")), state: Refuted, text: "rtb-1 of vpc-1 sends 20.0.0.0/16 to pcx-2, which may lead into vpc-2", hint: hint},
		"an instance in both":           {claim: claim, facts: with(astride), state: Refuted, text: both, hint: "who attached these interfaces; declare the instance if it is wanted"},
		"a declared instance in both":   {claim: declared("i-2"), facts: with(astride), state: Holds, text: "none in 3 route tables"},
		"its interface there, declared": {claim: declared("eni-3"), facts: with(astride), state: Holds, text: "none in 3 route tables"},
		"its interface here, declared":  {claim: declared("eni-1"), facts: with(astride), state: Holds, text: "none in 3 route tables"},
		"another one, declared":         {claim: declared("i-1"), facts: with(astride), state: Refuted, text: both, hint: "who attached these interfaces; declare the instance if it is wanted"},
		"one VPC":                       {claim: claim, facts: with(func(f *apartFacts) { f.sides[0].vpc = "vpc-2" }), state: Refuted, text: "the load balancer is in the same VPC, vpc-2", hint: "which VPC the endpoint is for"},
		"nothing is known":              {claim: claim, state: Unproven, text: "the two VPCs are unknown"},
	})
}
