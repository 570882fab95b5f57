package proof

import (
	"slices"
	"testing"
)

// TestActions: the verifier may look up what a claim needs, and nothing else.
// What gathering really makes is compared with what is granted, for every kind.
func TestActions(t *testing.T) {
	t.Parallel()
	for kind, example := range examples {
		lookups := example.lookups
		if lookups == nil {
			lookups = allLookups().lookups()
		}
		for i, claim := range example.gathered {
			claim.ID, claim.Kind = "C", kind
			memory := remember(t.Context(), lookups)
			if _, err := gather(t.Context(), memory, claim); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
			for _, on := range []Resource{AnyResource, ProberFunctions, ProberRole} {
				var made []string
				for question := range memory.made {
					made = append(made, question.lookup.actionsOn(on)...)
				}
				slices.Sort(made)
				if got, want := Actions([]Claim{claim}, on), slices.Compact(made); !slices.Equal(got, want) {
					t.Errorf("%s, claim %d, on %s: granted %q, needed %q", kind, i+1, on, got, want)
				}
			}
		}
		if len(example.gathered) == 0 {
			t.Errorf("%s: no claim whose facts are gathered", kind)
		}
	}
	several := []Claim{{Kind: Connects, Host: "a.example"}, {Kind: Connects, Endpoint: "vpce-1"}, {Kind: Secures, Endpoint: "vpce-1"}}
	if got := Actions(several, AnyResource); !slices.Equal(got, []string{"ec2:DescribeVpcEndpoints"}) {
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
	g := &gatherer{ctx: t.Context(), memory: remember(t.Context(), allLookups().lookups()), declared: []source{VPCLookup}}
	if got := g.endpoint("vpce-1"); got.ID != "" || errorText(g.err) != "looking up the endpoint vpce-1: the claim's kind does not declare the look-up endpoint" {
		t.Errorf("got %+v, %v", got, g.err)
	}
}

// TestUnansweredLookup: a look-up that nobody answers is an error.
func TestUnansweredLookup(t *testing.T) {
	t.Parallel()
	if _, err := Gather(t.Context(), allLookups().lookups()[1:], validClaim(Limited)); errorText(err) != "looking up the endpoint vpce-1: nothing answers the look-up endpoint" {
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
		fake := allLookups()
		fake.interfaces = all
		g := &gatherer{ctx: t.Context(), memory: remember(t.Context(), fake.lookups()), declared: []source{InterfacesLookup}}
		got := g.interfaces(Endpoint{ID: "vpce-1", Type: test.kind, RecordIPType: test.records, Interfaces: []string{"eni-1"}})
		if text := addressList(interfaceAddresses(got)); g.err != nil || text != test.want {
			t.Errorf("%s %s: got %s, %v, want %s", test.kind, test.records, text, g.err, test.want)
		}
	}
}
