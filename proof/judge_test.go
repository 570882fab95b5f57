package proof

import (
	"net/netip"
	"strings"
	"testing"
)

// The endpoint of the example run, in a VPC of its own and in one of public
// address space.
var (
	testEndpoint = Endpoint{
		ID: "vpce-1", VPC: "vpc-1", State: "available", Type: "Interface", Groups: []string{"sg-1"},
		Names: []string{"cloudformation.ap-northeast-2.amazonaws.com",
			"vpce-1-abcd-ap-northeast-2a.cloudformation.ap-northeast-2.vpce.amazonaws.com",
			"vpce-1-abcd.cloudformation.ap-northeast-2.vpce.amazonaws.com",
			"vpce-1-abcd-ap-northeast-2b.cloudformation.ap-northeast-2.vpce.amazonaws.com"},
		Interfaces: []string{"eni-a", "eni-b"},
	}
	testInterfaces = []Interface{
		{ID: "eni-a", Zone: "ap-northeast-2a", Address: netip.MustParseAddr("10.0.0.115")},
		{ID: "eni-b", Zone: "ap-northeast-2b", Address: netip.MustParseAddr("10.0.1.142")},
	}
	testCall = &Call{Service: "s3", Action: "s3:ListBucket"}
)

// judged is one case for Judge.
type judged struct {
	claim Claim
	facts Facts
	seen  Observation
	state State
	text  string // Seen
	hint  string
}

func (j judged) check(t *testing.T) {
	t.Helper()
	j.claim.ID = "C"
	if j.claim.From == "" && j.claim.Kind.Measured() {
		j.claim.From = "private"
	}
	if err := j.claim.Validate(); err != nil {
		t.Fatalf("the test's claim is wrong: %v", err)
	}
	got := Judge(j.claim, j.facts, j.seen)
	if got.State != j.state || got.Seen != j.text || got.Hint != j.hint {
		t.Errorf("got  %s: %q\n     hint: %q\nwant %s: %q\n     hint: %q", got.State, got.Seen, got.Hint, j.state, j.text, j.hint)
	}
	for range 16 { // whatever order maps are walked in
		if again := Judge(j.claim, j.facts, j.seen); again.Seen != got.Seen || again.Expected != got.Expected || again.Hint != got.Hint {
			t.Errorf("the same arguments give %q and %q", got.Seen, again.Seen)
		}
	}
	if got.Expected == "" || got.Claim.ID != "C" || got.Rounds != 1 {
		t.Errorf("got %+v", got)
	}
}

// checkJudged checks several cases.
func checkJudged(t *testing.T, tests map[string]judged) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.check(t) })
	}
}

const (
	hintLog     = "the log of the prober at private"
	hintDNS     = "the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)"
	hintWay     = "the route table of the subnet of private, then the security group of the target and the network ACLs"
	hintReached = "the route table of the subnet of private for a way out (internet gateway, NAT gateway, peering, transit gateway), then other endpoints and the security group of the target"
	hintRole    = "the policies of the prober's role: its one permission must have the condition aws:SourceVpce"
	hintPath    = "whether the call goes through the endpoint, as the condition aws:SourceVpce of the prober's role wants it, then the policy of the endpoint"
)

// TestJudgeOutcomes has every outcome for every measured kind: refuted, unproven
// and holding are never confused.
func TestJudgeOutcomes(t *testing.T) {
	t.Parallel()
	claims := map[Kind]Claim{
		Resolves: {Host: "a.example", Answer: AnswerPrefixList, PrefixList: "com.amazonaws.r.s3"},
		Connects: {Host: "a.example"}, Secures: {Host: "a.example"}, Answers: {Host: "a.example"},
		Spreads: {Host: "a.example", Hosts: []string{"A", "B"}},
		Allowed: {Host: "a.example", Call: testCall}, Denied: {Host: "a.example", Call: testCall},
		Unreachable: {Host: "a.example"},
	}
	outcomes := []Outcome{NoName, TimedOut, Refused, NoRoute, BadTLS, BadResponse, Broken, "unheard-of", ""}
	// Why a denial was not shown.
	const away = "the call did not reach the service (why)"
	unshown := map[Outcome]string{
		NoName: away, TimedOut: away, Refused: away, NoRoute: away, BadTLS: away, BadResponse: away,
		Broken:       "the prober could not measure (why)",
		"unheard-of": `the answer of the prober at private makes no sense: the outcome is "unheard-of"`,
		"":           `the answer of the prober at private makes no sense: the outcome is ""`,
	}
	for kind, claim := range claims {
		for _, outcome := range outcomes {
			t.Run(string(kind)+" "+string(outcome), func(t *testing.T) {
				t.Parallel()
				claim := claim
				claim.ID, claim.Kind, claim.From = "C", kind, "private"
				got := Judge(claim, Facts{}, Observation{Outcome: outcome, Detail: "why", Addresses: addrs("10.9.9.9")})
				want := Refuted
				switch {
				case outcome == Broken || outcome == "unheard-of" || outcome == "":
					want = Unproven
				case kind == Denied:
					want = Unproven
				case kind == Unreachable && outcome == NoName:
					want = Unproven
				case kind == Unreachable && (outcome == TimedOut || outcome == NoRoute):
					want = Holds
				}
				if got.State != want {
					t.Errorf("got %s (%s), want %s", got.State, got.Seen, want)
				}
				if text := unshown[outcome]; kind == Denied && !strings.HasPrefix(got.Seen, text) {
					t.Errorf("got %q, want %q", got.Seen, text)
				}
				if (got.Hint == "") != (want == Holds) {
					t.Errorf("got hint %q for %s", got.Hint, got.State)
				}
			})
		}
		// An observation that is empty but for OK comes from no probe of ours.
		claim.ID, claim.Kind, claim.From = "C", kind, "private"
		want := Unproven
		if kind == Unreachable {
			want = Refuted
		}
		if got := Judge(claim, Facts{}, Observation{Outcome: OK}); got.State != want {
			t.Errorf("%s: an empty observation: got %s (%s)", kind, got.State, got.Seen)
		}
	}
	if got := Judge(Claim{ID: "C", Kind: "odd"}, Facts{}, Observation{Outcome: OK}); got.State != Unproven || got.Seen != `the kind "odd" is unknown` {
		t.Errorf("got %+v", got)
	}
}
