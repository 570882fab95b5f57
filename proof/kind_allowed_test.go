package proof

import (
	"testing"
)

var _ = exampleOf(Allowed, example{
	valid:  Claim{From: "private", Host: "a.example", Call: &Call{Service: "s3", Action: "s3:ListBucket", Path: "/?list-type=2"}},
	fields: "From! Host Endpoint Zone Port Call!",
	gathered: []Claim{
		{Endpoint: "vpce-1"},
	},
})

// Allowed and Denied are two sides of the same calls.
func TestJudgeCalls(t *testing.T) {
	t.Parallel()
	allowed, denied := Claim{Kind: Allowed, Host: "a.example", Call: testCall}, Claim{Kind: Denied, Host: "a.example", Call: testCall}
	tests := map[string]struct {
		seen              Observation
		allowed, denied   State
		allowedT, deniedT string
		hint              string // of the allowed claim
	}{
		"success": {
			seen:    Observation{Status: 200},
			allowed: Holds, allowedT: "s3:ListBucket allowed (HTTP 200)",
			denied: Refuted, deniedT: "it was allowed (HTTP 200)",
		},
		"denied": {
			seen:    Observation{Status: 403, Code: "AccessDenied"},
			allowed: Refuted, allowedT: "it was denied (HTTP 403 AccessDenied)", hint: hintPath,
			denied: Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by the endpoint's policy": {
			seen:    Observation{Status: 403, Code: "AccessDenied", Detail: "not authorized because no VPC endpoint policy allows the s3:ListBucket action"},
			allowed: Refuted, hint: "the policy of the endpoint",
			allowedT: "it was denied (HTTP 403 AccessDenied: not authorized because no VPC endpoint policy allows the s3:ListBucket action)",
			denied:   Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by the bucket's policy": {
			seen:    Observation{Status: 403, Code: "AccessDenied", Detail: "with an explicit deny in a resource-based policy"},
			allowed: Refuted, hint: "the policy of the resource that the call names",
			allowedT: "it was denied (HTTP 403 AccessDenied: with an explicit deny in a resource-based policy)",
			denied:   Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by the organization": {
			seen:    Observation{Status: 403, Code: "AccessDenied", Detail: "with an explicit deny in a service control policy"},
			allowed: Refuted, hint: "the service control policies of the organization",
			allowedT: "it was denied (HTTP 403 AccessDenied: with an explicit deny in a service control policy)",
			denied:   Holds, deniedT: "s3:ListBucket denied (HTTP 403 AccessDenied)",
		},
		"denied by a service that says 400": {
			seen:    Observation{Status: 400, Code: "AccessDeniedException"},
			allowed: Refuted, allowedT: "it was denied (HTTP 400 AccessDeniedException)", hint: hintPath,
			denied: Holds, deniedT: "s3:ListBucket denied (HTTP 400 AccessDeniedException)",
		},
		"denied by EC2": {
			seen:    Observation{Status: 403, Code: "UnauthorizedOperation"},
			allowed: Refuted, allowedT: "it was denied (HTTP 403 UnauthorizedOperation)", hint: hintPath,
			denied: Holds, deniedT: "s3:ListBucket denied (HTTP 403 UnauthorizedOperation)",
		},
		"forbidden by something that is not AWS": {
			seen:    Observation{Status: 403},
			allowed: Refuted, allowedT: "it failed (HTTP 403)", hint: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 403)",
		},
		"no such bucket": {
			seen:    Observation{Status: 404, Code: "NoSuchBucket", Detail: "gone"},
			allowed: Refuted, allowedT: "it failed (HTTP 404 NoSuchBucket: gone)", hint: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 404 NoSuchBucket: gone)",
		},
		"another Region's bucket": {
			seen:    Observation{Status: 301, Code: "PermanentRedirect"},
			allowed: Refuted, allowedT: "it failed (HTTP 301 PermanentRedirect)", hint: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 301 PermanentRedirect)",
		},
		"a signature that is not accepted": {
			seen:    Observation{Status: 403, Code: "SignatureDoesNotMatch"},
			allowed: Unproven, allowedT: "the call failed before permission was checked (HTTP 403 SignatureDoesNotMatch)", hint: hintLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 403 SignatureDoesNotMatch)",
		},
		"throttled": {
			seen:    Observation{Status: 400, Code: "Throttling"},
			allowed: Unproven, allowedT: "the call failed before permission was checked (HTTP 400 Throttling)", hint: hintLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 400 Throttling)",
		},
		"too many requests": {
			seen:    Observation{Status: 429},
			allowed: Unproven, allowedT: "the call failed before permission was checked (HTTP 429)", hint: hintLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 429)",
		},
		"a failing service, whatever its code": {
			seen:    Observation{Status: 500, Code: "AccessDenied"},
			allowed: Unproven, allowedT: "the call failed before permission was checked (HTTP 500 AccessDenied)", hint: hintLog,
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 500 AccessDenied)",
		},
		"a success with a code is a success": {
			seen:    Observation{Status: 204, Code: "AccessDenied"},
			allowed: Holds, allowedT: "s3:ListBucket allowed (HTTP 204)",
			denied: Refuted, deniedT: "it was allowed (HTTP 204)",
		},
		"a redirect that looks like a denial": {
			seen:    Observation{Status: 300, Code: "AccessDenied"},
			allowed: Refuted, allowedT: "it failed (HTTP 300 AccessDenied)", hint: "the call itself: what it names must exist",
			denied: Unproven, deniedT: "the answer says nothing about permission (HTTP 300 AccessDenied)",
		},
		"a status of nowhere": {
			seen:    Observation{Status: 42},
			allowed: Unproven, allowedT: "the answer of the prober at private makes no sense: the HTTP status is 42", hint: hintLog,
			denied: Unproven, deniedT: "the answer of the prober at private makes no sense: the HTTP status is 42",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.seen.Outcome = OK
			judged{claim: allowed, seen: test.seen, state: test.allowed, text: test.allowedT, hint: test.hint}.check(t)
			hint := ""
			switch test.denied {
			case Refuted:
				hint = hintRole
			case Unproven:
				hint = hintLog
			}
			judged{claim: denied, seen: test.seen, state: test.denied, text: test.deniedT, hint: hint}.check(t)
		})
	}
	for _, kind := range []Kind{Allowed, Denied} { // a claim that was never validated
		if got := Judge(Claim{Kind: kind}, Facts{}, Observation{Outcome: OK, Status: 200}); got.State != Unproven {
			t.Errorf("%s without a call: got %+v", kind, got)
		}
	}
	judged{
		claim: denied, seen: Observation{Outcome: TimedOut, Detail: "nothing answered at 1.2.3.4:443"},
		state: Unproven, text: "the call did not reach the service (nothing answered at 1.2.3.4:443)", hint: hintWay,
	}.check(t)
}
