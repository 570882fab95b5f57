package proof

import (
	"net/netip"
	"testing"
)

var _ = exampleOf(Resolves, example{
	valid:  Claim{From: "private", Host: "a.example", Endpoint: "vpce-1", Zone: "eu-central-1a", Answer: AnswerInterfaces},
	fields: "From! Host Endpoint Named Zone Answer! Addresses PrefixList",
	gathered: []Claim{
		{Host: "a.example", Answer: AnswerPrefixList, PrefixList: "s3"},
		{Endpoint: "vpce-1", Answer: AnswerInterfaces},
		{Host: "a.example", Endpoint: "vpce-1", Answer: AnswerPublic},
	},
})

func TestJudgeResolves(t *testing.T) {
	t.Parallel()
	const (
		own       = "the private DNS setting of vpce-1, then the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)"
		resolver  = "what answers for the name: a private hosted zone, or a resolver that is not the VPC's"
		privately = "the private DNS setting of vpce-1 and of other endpoints to the same service, then private hosted zones"
		elsewhere = "what answers for a.example: an interface endpoint with private DNS, a private hosted zone, or another Region's service"
	)
	endpoint := Claim{Kind: Resolves, Endpoint: "vpce-1", Answer: AnswerInterfaces}
	zonal := Claim{Kind: Resolves, Endpoint: "vpce-1", Zone: "ap-northeast-2b", Answer: AnswerInterfaces}
	name := Claim{Kind: Resolves, Host: "a.example", Endpoint: "vpce-1", Answer: AnswerInterfaces}
	list := Claim{Kind: Resolves, Host: "a.example", PrefixList: "com.amazonaws.r.s3", Answer: AnswerPrefixList}
	private := Claim{Kind: Resolves, Endpoint: "vpce-1", Named: NamedPrivate, Answer: AnswerInterfaces}
	literal := Claim{Kind: Resolves, Host: "a.example", Addresses: []string{"192.0.2.1", "2001:db8::1"}, Answer: AnswerAddresses}
	public := Claim{Kind: Resolves, Host: "a.example", Endpoint: "vpce-1", Answer: AnswerPublic}
	facts := resolvesFacts{
		targetFacts: targetFacts{testEndpoint},
		interfaces:  testInterfaces,
		vpc:         prefixes("10.0.0.0/16", "2001:db8:1::/56"),
		prefixList:  PrefixList{ID: "pl-1", Entries: prefixes("52.219.0.0/16", "3.5.140.0/22")},
	}
	dual := facts
	dual.interfaces = append([]Interface{
		{ID: "eni-a", Zone: "ap-northeast-2a", Address: netip.MustParseAddr("2001:db8:1::a")},
		{ID: "eni-b", Zone: "ap-northeast-2b", Address: netip.MustParseAddr("2001:db8:1::b")},
	}, testInterfaces...)
	public20 := facts // a VPC of public address space, as in scenario 3
	public20.vpc = prefixes("20.0.0.0/16")
	public20.interfaces = []Interface{{ID: "eni-c", Zone: "ap-northeast-2a", Address: netip.MustParseAddr("20.0.0.9")}}
	tests := map[string]struct {
		claim   Claim
		facts   resolvesFacts
		answers []netip.Addr
		state   State
		text    string
		hint    string
	}{
		"exactly the interfaces, in any order":  {endpoint, facts, addrs("10.0.1.142", "10.0.0.115"), Holds, "10.0.1.142, 10.0.0.115", ""},
		"an interface in public address space":  {endpoint, public20, addrs("20.0.0.9"), Holds, "20.0.0.9", ""},
		"the interface of the zone":             {zonal, facts, addrs("10.0.1.142"), Holds, "10.0.1.142", ""},
		"the default name with private DNS":     {name, facts, addrs("10.0.0.115", "10.0.1.142"), Holds, "10.0.0.115, 10.0.1.142", ""},
		"both families":                         {endpoint, dual, addrs("10.0.0.115", "10.0.1.142", "2001:db8:1::a", "2001:db8:1::b"), Holds, "10.0.0.115, 10.0.1.142, 2001:db8:1::a, 2001:db8:1::b", ""},
		"only one family is published":          {endpoint, dual, addrs("2001:db8:1::a", "2001:db8:1::b"), Holds, "2001:db8:1::a, 2001:db8:1::b", ""},
		"half of the other family is missing":   {endpoint, dual, addrs("10.0.0.115", "10.0.1.142", "2001:db8:1::a"), Refuted, "it resolved to 10.0.0.115, 10.0.1.142, 2001:db8:1::a, but not to 2001:db8:1::b", "the state of vpce-1 in each of its subnets"},
		"one interface is missing":              {endpoint, facts, addrs("10.0.1.142"), Refuted, "it resolved to 10.0.1.142, but not to 10.0.0.115", "the state of vpce-1 in each of its subnets"},
		"an answer that is no interface":        {endpoint, facts, addrs("10.0.1.142", "10.0.0.115", "10.0.0.7"), Refuted, "it resolved to 10.0.1.142, 10.0.0.115, 10.0.0.7, but the endpoint's interfaces do not have 10.0.0.7", resolver},
		"the zonal name leads to another zone":  {zonal, facts, addrs("10.0.0.115"), Refuted, "it resolved to 10.0.0.115, but the endpoint's interfaces in ap-northeast-2b do not have 10.0.0.115", resolver},
		"the private name":                      {private, facts, addrs("10.0.0.115", "10.0.1.142"), Holds, "10.0.0.115, 10.0.1.142", ""},
		"the private name leads elsewhere":      {private, facts, addrs("52.95.193.132"), Refuted, "it resolved to 52.95.193.132, but the endpoint's interfaces do not have 52.95.193.132", own},
		"the declared addresses, in any order":  {literal, resolvesFacts{}, addrs("2001:db8::1", "192.0.2.1"), Holds, "2001:db8::1, 192.0.2.1", ""},
		"one address more than declared":        {literal, resolvesFacts{}, addrs("2001:db8::1", "192.0.2.1", "192.0.2.2"), Refuted, "it resolved to 2001:db8::1, 192.0.2.1, 192.0.2.2", "what answers for a.example"},
		"one address less than declared":        {literal, resolvesFacts{}, addrs("192.0.2.1"), Refuted, "it resolved to 192.0.2.1", "what answers for a.example"},
		"the default name without private DNS":  {name, facts, addrs("52.95.193.132"), Refuted, "it resolved to 52.95.193.132, but the endpoint's interfaces do not have 52.95.193.132", own},
		"an endpoint without interfaces":        {endpoint, resolvesFacts{}, addrs("10.0.1.142"), Refuted, "it resolved to 10.0.1.142, and the endpoint has no interface", "the subnets of vpce-1"},
		"an endpoint without one in the zone":   {zonal, resolvesFacts{interfaces: testInterfaces[:1]}, addrs("10.0.1.142"), Refuted, "it resolved to 10.0.1.142, and the endpoint has no interface in ap-northeast-2b", "the subnets of vpce-1"},
		"no answers but OK":                     {endpoint, facts, nil, Unproven, "the answer of the prober at private makes no sense: the name resolved to nothing", hintLog},
		"an answer that is no address":          {endpoint, facts, []netip.Addr{netip.MustParseAddr("10.0.1.142"), {}}, Unproven, "the answer of the prober at private makes no sense: the name resolved to nothing", hintLog},
		"inside the prefix list":                {list, facts, addrs("52.219.1.2", "3.5.143.255"), Holds, "52.219.1.2, 3.5.143.255", ""},
		"one answer beside the prefix list":     {list, facts, addrs("52.219.1.2", "3.5.144.0"), Refuted, "it resolved to 52.219.1.2, 3.5.144.0, but com.amazonaws.r.s3 does not have 3.5.144.0", elsewhere},
		"a private answer":                      {list, facts, addrs("10.0.0.115"), Refuted, "it resolved to 10.0.0.115, but com.amazonaws.r.s3 does not have 10.0.0.115", elsewhere},
		"an IPv6 answer beside the prefix list": {list, facts, addrs("52.219.1.2", "2600::1"), Refuted, "it resolved to 52.219.1.2, 2600::1, but com.amazonaws.r.s3 does not have 2600::1", elsewhere},
		"a prefix list without entries":         {list, resolvesFacts{}, addrs("52.219.1.2"), Unproven, "the entries of the prefix list com.amazonaws.r.s3 are unknown", ""},
		"outside the VPC":                       {public, facts, addrs("52.95.193.132", "2600::1"), Holds, "52.95.193.132, 2600::1", ""},
		"RFC 1918 but outside the VPC":          {public, facts, addrs("10.1.0.1"), Holds, "10.1.0.1", ""},
		"public address space of the VPC":       {public, public20, addrs("20.0.255.255"), Refuted, "it resolved to 20.0.255.255, and inside the VPC is 20.0.255.255", privately},
		"one of two lies inside":                {public, facts, addrs("52.95.193.132", "10.0.1.142"), Refuted, "it resolved to 52.95.193.132, 10.0.1.142, and inside the VPC is 10.0.1.142", privately},
		"inside by IPv6":                        {public, facts, addrs("2001:db8:1:ff::1"), Refuted, "it resolved to 2001:db8:1:ff::1, and inside the VPC is 2001:db8:1:ff::1", privately},
		"an interface outside the CIDR blocks": {public, resolvesFacts{vpc: prefixes("10.9.0.0/16"), interfaces: testInterfaces}, addrs("10.0.1.142"), Refuted,
			"it resolved to 10.0.1.142, and inside the VPC is 10.0.1.142", privately},
		"a VPC without CIDR blocks": {public, resolvesFacts{interfaces: testInterfaces}, addrs("52.95.193.132"), Unproven, "the CIDR blocks of the VPC of vpce-1 are unknown", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judged{test.claim, Facts{test.facts}, Observation{Outcome: OK, Addresses: test.answers}, test.state, test.text, test.hint}.check(t)
		})
	}
}
