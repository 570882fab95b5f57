package proof

import (
	"testing"
)

var _ = exampleOf(Secures, example{
	valid:  Claim{From: "private", Endpoint: "vpce-1", Zone: "eu-central-1a"},
	fields: "From! Host Endpoint Zone Port",
	gathered: []Claim{
		{Endpoint: "vpce-1"},
	},
})

func TestJudgeSecures(t *testing.T) {
	t.Parallel()
	at := addrs("10.0.1.142")
	checkJudged(t, map[string]judged{
		"secure": {
			claim: Claim{Kind: Secures, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: at, Certificate: "CN=a.example"},
			state: Holds, text: "CN=a.example from 10.0.1.142",
		},
		"secure without a certificate": {
			claim: Claim{Kind: Secures, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: at},
			state: Unproven, text: "the answer of the prober at private makes no sense: there was no certificate", hint: hintLog,
		},
		"secure at no address": {
			claim: Claim{Kind: Secures, Host: "a.example"}, seen: Observation{Outcome: OK, Certificate: "CN=a.example"},
			state: Unproven, text: "the answer of the prober at private makes no sense: there was no certificate", hint: hintLog,
		},
		"a certificate for another": {
			claim: Claim{Kind: Secures, Endpoint: "vpce-1"}, seen: Observation{Outcome: BadTLS, Detail: "valid for b, not a"},
			state: Refuted, text: "valid for b, not a", hint: "the certificate: it must be valid for the name of the endpoint",
		},
		"a certificate for another host": {
			claim: Claim{Kind: Secures, Host: "a.example"}, seen: Observation{Outcome: BadTLS, Detail: "valid for b, not a"},
			state: Refuted, text: "valid for b, not a", hint: "the certificate: it must be valid for a.example",
		},
	})
}
