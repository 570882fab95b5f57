package proof

import (
	"slices"
	"testing"
)

// TestActions: the verifier may look up what a claim needs, and nothing else.
// What gathering really makes is compared with what is granted, for every kind.
func TestActions(t *testing.T) {
	t.Parallel()
	claims := []Claim{
		{Kind: Resolves, Host: "a.example", Answer: AnswerPrefixList, PrefixList: "s3"},
		{Kind: Resolves, Endpoint: "vpce-1", Answer: AnswerInterfaces},
		{Kind: Resolves, Host: "a.example", Endpoint: "vpce-1", Answer: AnswerPublic},
		{Kind: Connects, Host: "a.example"},
		{Kind: Connects, Endpoint: "vpce-1"},
		{Kind: Secures, Endpoint: "vpce-1"},
		{Kind: Answers, Host: "a.example"},
		{Kind: Spreads, Endpoint: "vpce-1"},
		{Kind: Allowed, Endpoint: "vpce-1"},
		{Kind: Denied, Host: "a.example"},
		{Kind: Unreachable, Host: "a.example"},
		{Kind: Routed, Endpoint: "vpce-2", PrefixList: "s3", RouteTables: []string{"rtb-1"}},
		{Kind: Unrouted, Endpoint: "vpce-1"},
		{Kind: Enclosed, RouteTables: []string{"rtb-1"}},
		{Kind: Guarded, Endpoint: "vpce-1"},
		{Kind: Available, Endpoint: "vpce-1"},
		{Kind: Available, Endpoint: "vpce-1", Service: "vpce-svc-1"},
		{Kind: Healthy, TargetGroup: "tg"},
		{Kind: Limited, Endpoint: "vpce-1"},
		{Kind: Placed, From: "private"},
		{Kind: Permitted, Service: "vpce-svc-1"},
	}
	tested := map[Kind]bool{}
	for _, claim := range claims {
		tested[claim.Kind] = true
		lookups := tellAll()
		answers := lookups.lookups()
		if _, err := Gather(t.Context(), answers, claim); err != nil {
			t.Errorf("%s: %v", claim.Kind, err)
		}
		for _, on := range []Resource{AnyResource, ProberFunctions} {
			var made []string
			for _, answer := range answers {
				if lookups.made[answer.lookup] {
					made = append(made, answer.lookup.needs(on)...)
				}
			}
			slices.Sort(made)
			if got := Actions([]Claim{claim}, on); !slices.Equal(got, slices.Compact(made)) {
				t.Errorf("%s on %s: granted %q, needed %q", claim.Kind, on, got, made)
			}
		}
	}
	if len(tested) != len(kindEntries) {
		t.Errorf("there are %d kinds, tested are %d", len(kindEntries), len(tested))
	}
	if got := Actions(claims[3:6], AnyResource); !slices.Equal(got, []string{"ec2:DescribeVpcEndpoints"}) {
		t.Errorf("of several claims: got %q", got)
	}
	if got := Actions([]Claim{{Kind: "odd"}}, AnyResource); got != nil {
		t.Errorf("of no kind: got %q", got)
	}
}

// TestUndeclaredLookup: what a kind does not declare it does not get, because
// the verifier's role would not allow it either.
func TestUndeclaredLookup(t *testing.T) {
	t.Parallel()
	g := &gatherer{ctx: t.Context(), memory: remember(t.Context(), tellAll().lookups()), declared: []source{VPCLookup}}
	if got := g.endpoint("vpce-1"); got.ID != "" || errorText(g.err) != "looking up the endpoint vpce-1: the claim's kind does not declare the look-up endpoint" {
		t.Errorf("got %+v, %v", got, g.err)
	}
}

// TestUnansweredLookup: a look-up that nobody answers is an error.
func TestUnansweredLookup(t *testing.T) {
	t.Parallel()
	if _, err := Gather(t.Context(), tellAll().lookups()[1:], validClaim(Limited)); errorText(err) != "looking up the endpoint vpce-1: nothing answers the look-up endpoint" {
		t.Errorf("got %v", err)
	}
}

// TestPublishedInterfaces: an endpoint's interfaces count as far as its names
// have records for their addresses.
func TestPublishedInterfaces(t *testing.T) {
	t.Parallel()
	all := []Interface{{ID: "eni-1", Address: addrs("10.0.0.5")[0]}, {ID: "eni-1", Address: addrs("2001:db8::5")[0]}}
	for _, test := range []struct{ kind, records, want string }{
		{"Interface", "", "10.0.0.5"},
		{"Interface", "service-defined", "10.0.0.5"},
		{"Interface", "ipv4", "10.0.0.5"},
		{"Interface", "dualstack", "10.0.0.5, 2001:db8::5"},
		{"interface", "ipv6", "2001:db8::5"},
		{"GatewayLoadBalancer", "", ""},
	} {
		told := tellAll()
		told.interfaces = all
		g := &gatherer{ctx: t.Context(), memory: remember(t.Context(), told.lookups()), declared: []source{InterfacesLookup}}
		got := g.interfaces(Endpoint{ID: "vpce-1", Type: test.kind, RecordIPType: test.records, Interfaces: []string{"eni-1"}})
		if text := addresses(interfaceAddresses(got)); g.err != nil || text != test.want {
			t.Errorf("%s %s: got %s, %v, want %s", test.kind, test.records, text, g.err, test.want)
		}
	}
}
