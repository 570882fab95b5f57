package proof

import (
	"net/netip"
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
		Interfaces: []Interface{
			{ID: "eni-a", Zone: "ap-northeast-2a", Address: netip.MustParseAddr("10.0.0.115")},
			{ID: "eni-b", Zone: "ap-northeast-2b", Address: netip.MustParseAddr("10.0.1.142")},
		},
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
	look  string
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
	if got.State != j.state || got.Seen != j.text || got.Look != j.look {
		t.Errorf("got  %s: %q\n     look: %q\nwant %s: %q\n     look: %q", got.State, got.Seen, got.Look, j.state, j.text, j.look)
	}
	if got.Expected == "" || got.Claim.ID != "C" || got.Rounds != 1 {
		t.Errorf("got %+v", got)
	}
}

const (
	lookLog     = "the log of the prober at private"
	lookDNS     = "the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)"
	lookWay     = "the route table of the subnet of private, then the security group of the target and the network ACLs"
	lookReached = "the route table of the subnet of private for a way out (internet gateway, NAT gateway, peering, transit gateway), then other endpoints and the security group of the target"
	lookRole    = "the policies of the prober's role: its one permission must have the condition aws:SourceVpce"
	lookPath    = "whether the call goes through the endpoint, as the condition aws:SourceVpce of the prober's role wants it, then the policy of the endpoint"
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
	outcomes := []Outcome{NoName, TimedOut, Refused, NoRoute, BadTLS, BadResponse, Broken, "strange", ""}
	for kind, claim := range claims {
		for _, outcome := range outcomes {
			t.Run(string(kind)+" "+string(outcome), func(t *testing.T) {
				t.Parallel()
				claim := claim
				claim.ID, claim.Kind, claim.From = "C", kind, "private"
				got := Judge(claim, Facts{}, Observation{Outcome: outcome, Detail: "why", Addresses: addrs("10.9.9.9")})
				want := Refuted
				switch {
				case outcome == Broken || outcome == "strange" || outcome == "":
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
				if (got.Look == "") != (want == Holds) {
					t.Errorf("got look %q for %s", got.Look, got.State)
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

func TestJudgeMeasured(t *testing.T) {
	t.Parallel()
	at := addrs("10.0.1.142")
	tests := map[string]judged{
		"connected": {
			claim: Claim{Kind: Connects, Host: "a.example", Port: 8443}, seen: Observation{Outcome: OK, Addresses: at},
			state: Holds, text: "10.0.1.142:8443",
		},
		"connected to no address": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: []netip.Addr{{}}},
			state: Unproven, text: "the answer of the prober at private makes no sense: connected to nothing", look: lookLog,
		},
		"silence at a host": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.1.142:443"},
			state: Refuted, text: "nothing answered at 10.0.1.142:443", look: lookWay,
		},
		"silence at an endpoint": {
			claim: Claim{Kind: Connects, Endpoint: "vpce-1"}, seen: Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.1.142:443"},
			state: Refuted, text: "nothing answered at 10.0.1.142:443",
			look: "the security group of vpce-1, which must admit TCP 443 from private, then the network ACLs",
		},
		"no route": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: NoRoute, Detail: "the network has no route to 1.2.3.4:443"},
			state: Refuted, text: "the network has no route to 1.2.3.4:443", look: "the route table of the subnet of private",
		},
		"refused": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: Refused},
			state: Refuted, text: "refused", look: "what listens at a.example on TCP 443",
		},
		"no name of an endpoint": {
			claim: Claim{Kind: Connects, Endpoint: "vpce-1"}, seen: Observation{Outcome: NoName, Detail: "gone"},
			state: Refuted, text: "gone", look: lookDNS + " and the state of vpce-1",
		},
		"no name of a host": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: NoName, Detail: "gone"},
			state: Refuted, text: "gone", look: lookDNS,
		},
		"the prober broke": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: Broken, Detail: "no\nsockets"},
			state: Unproven, text: "the prober could not measure (no sockets)", look: lookLog,
		},
		"an outcome that nobody knows": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: "fine\x00"},
			state: Unproven, text: `the answer of the prober at private makes no sense: the outcome is "fine?"`, look: lookLog,
		},
		"secure": {
			claim: Claim{Kind: Secures, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: at, Certificate: "CN=a.example"},
			state: Holds, text: "CN=a.example from 10.0.1.142",
		},
		"secure without a certificate": {
			claim: Claim{Kind: Secures, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: at},
			state: Unproven, text: "the answer of the prober at private makes no sense: there was no certificate", look: lookLog,
		},
		"a certificate for another": {
			claim: Claim{Kind: Secures, Endpoint: "vpce-1"}, seen: Observation{Outcome: BadTLS, Detail: "valid for b, not a"},
			state: Refuted, text: "valid for b, not a", look: "the certificate: it must be valid for the name of the endpoint",
		},
		"a certificate for another host": {
			claim: Claim{Kind: Secures, Host: "a.example"}, seen: Observation{Outcome: BadTLS, Detail: "valid for b, not a"},
			state: Refuted, text: "valid for b, not a", look: "the certificate: it must be valid for a.example",
		},
		"answered": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 307},
			state: Holds, text: "HTTP 307 Temporary Redirect",
		},
		"not found is an answer": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 499},
			state: Holds, text: "HTTP 499",
		},
		"a failing service": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 500},
			state: Refuted, text: "it answered HTTP 500 Internal Server Error", look: "the service behind a.example",
		},
		"a status of nowhere": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 600},
			state: Unproven, text: "the answer of the prober at private makes no sense: the HTTP status is 600", look: lookLog,
		},
		"an interim status": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 199},
			state: Unproven, text: "the answer of the prober at private makes no sense: the HTTP status is 199", look: lookLog,
		},
		"unreachable in silence": {
			claim: Claim{Kind: Unreachable, Host: "a.example", Port: 80}, seen: Observation{Outcome: TimedOut, Addresses: addrs("1.2.3.4", "1.2.3.5")},
			state: Holds, text: "no answer from 1.2.3.4, 1.2.3.5 on TCP 80",
		},
		"unreachable for want of a route": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: NoRoute, Addresses: addrs("1.2.3.4")},
			state: Holds, text: "no route to 1.2.3.4",
		},
		"unreachable, but nothing was tried": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: TimedOut},
			state: Unproven, text: "the answer of the prober at private makes no sense: no address was tried", look: lookLog,
		},
		"a name that does not resolve is not unreachable": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: NoName, Detail: "gone"},
			state: Unproven, text: "where to connect to is unknown (gone)", look: lookDNS,
		},
		"a refusal is not unreachable": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: Refused, Addresses: addrs("1.2.3.4")},
			state: Refuted, text: "it was reached and refused the connection at 1.2.3.4", look: lookReached,
		},
		"an open connection is not unreachable": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: addrs("1.2.3.4")},
			state: Refuted, text: "it was reached at 1.2.3.4", look: lookReached,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.check(t) })
	}
}

func TestJudgeCalls(t *testing.T) {
	t.Parallel()
	allowed, denied := Claim{Kind: Allowed, Host: "a.example", Call: testCall}, Claim{Kind: Denied, Host: "a.example", Call: testCall}
	tests := map[string]struct {
		seen              Observation
		allowed, denied   State
		allowedT, deniedT string
		look              string // of the allowed claim
	}{
		"success": {
			seen:    Observation{Status: 200},
			allowed: Holds, allowedT: "s3:ListBucket allowed (HTTP 200)",
			denied: Refuted, deniedT: "it was allowed (HTTP 200)",
		},
		"denied": {
			seen:    Observation{Status: 403, Code: "AccessDenied"},
			allowed: Refuted, allowedT: "it was denied (HTTP 403 AccessDenied)", look: lookPath,
			denied: Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by the endpoint's policy": {
			seen:    Observation{Status: 403, Code: "AccessDenied", Detail: "not authorized because no VPC endpoint policy allows the s3:ListBucket action"},
			allowed: Refuted, look: "the policy of the endpoint",
			allowedT: "it was denied (HTTP 403 AccessDenied: not authorized because no VPC endpoint policy allows the s3:ListBucket action)",
			denied:   Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by the bucket's policy": {
			seen:    Observation{Status: 403, Code: "AccessDenied", Detail: "with an explicit deny in a resource-based policy"},
			allowed: Refuted, look: "the policy of the resource that the call names",
			allowedT: "it was denied (HTTP 403 AccessDenied: with an explicit deny in a resource-based policy)",
			denied:   Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by the organization": {
			seen:    Observation{Status: 403, Code: "AccessDenied", Detail: "with an explicit deny in a service control policy"},
			allowed: Refuted, look: "the service control policies of the organization",
			allowedT: "it was denied (HTTP 403 AccessDenied: with an explicit deny in a service control policy)",
			denied:   Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by a service that says 400": {
			seen:    Observation{Status: 400, Code: "AccessDeniedException"},
			allowed: Refuted, allowedT: "it was denied (HTTP 400 AccessDeniedException)", look: lookPath,
			denied: Holds, deniedT: "s3:ListBucket denied (HTTP 400 AccessDeniedException)",
		},
		"denied by EC2": {
			seen:    Observation{Status: 403, Code: "UnauthorizedOperation"},
			allowed: Refuted, allowedT: "it was denied (HTTP 403 UnauthorizedOperation)", look: lookPath,
			denied: Holds, deniedT: "s3:ListBucket denied (HTTP 403 UnauthorizedOperation)",
		},
		"forbidden by something that is not AWS": {
			seen:    Observation{Status: 403},
			allowed: Refuted, allowedT: "it failed (HTTP 403)", look: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 403)",
		},
		"no such bucket": {
			seen:    Observation{Status: 404, Code: "NoSuchBucket", Detail: "gone"},
			allowed: Refuted, allowedT: "it failed (HTTP 404 NoSuchBucket: gone)", look: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 404 NoSuchBucket: gone)",
		},
		"another Region's bucket": {
			seen:    Observation{Status: 301, Code: "PermanentRedirect"},
			allowed: Refuted, allowedT: "it failed (HTTP 301 PermanentRedirect)", look: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 301 PermanentRedirect)",
		},
		"a signature that is not accepted": {
			seen:    Observation{Status: 403, Code: "SignatureDoesNotMatch"},
			allowed: Unproven, allowedT: "the call was not judged (HTTP 403 SignatureDoesNotMatch)", look: lookLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 403 SignatureDoesNotMatch)",
		},
		"throttled": {
			seen:    Observation{Status: 400, Code: "Throttling"},
			allowed: Unproven, allowedT: "the call was not judged (HTTP 400 Throttling)", look: lookLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 400 Throttling)",
		},
		"too many requests": {
			seen:    Observation{Status: 429},
			allowed: Unproven, allowedT: "the call was not judged (HTTP 429)", look: lookLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 429)",
		},
		"a failing service, whatever its code": {
			seen:    Observation{Status: 500, Code: "AccessDenied"},
			allowed: Unproven, allowedT: "the call was not judged (HTTP 500 AccessDenied)", look: lookLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 500 AccessDenied)",
		},
		"a success with a code is a success": {
			seen:    Observation{Status: 204, Code: "AccessDenied"},
			allowed: Holds, allowedT: "s3:ListBucket allowed (HTTP 204)",
			denied: Refuted, deniedT: "it was allowed (HTTP 204)",
		},
		"a redirect that looks like a denial": {
			seen:    Observation{Status: 300, Code: "AccessDenied"},
			allowed: Refuted, allowedT: "it failed (HTTP 300 AccessDenied)", look: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 300 AccessDenied)",
		},
		"a status of nowhere": {
			seen:    Observation{Status: 42},
			allowed: Unproven, allowedT: "the answer of the prober at private makes no sense: the HTTP status is 42", look: lookLog,
			denied: Unproven, deniedT: "the answer of the prober at private makes no sense: the HTTP status is 42",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.seen.Outcome = OK
			judged{claim: allowed, seen: test.seen, state: test.allowed, text: test.allowedT, look: test.look}.check(t)
			look := ""
			switch test.denied {
			case Refuted:
				look = lookRole
			case Unproven:
				look = lookLog
			}
			judged{claim: denied, seen: test.seen, state: test.denied, text: test.deniedT, look: look}.check(t)
		})
	}
	judged{
		claim: denied, seen: Observation{Outcome: TimedOut, Detail: "nothing answered at 1.2.3.4:443"},
		state: Unproven, text: "the call did not reach the service (nothing answered at 1.2.3.4:443)", look: lookWay,
	}.check(t)
}
