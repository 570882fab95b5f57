package proof

import (
	"testing"
)

var _ = exampleOf(Unreachable, example{
	valid:    Claim{From: "private", Host: "2001:db8::1"},
	fields:   "From! Host Endpoint Zone Port",
	negative: true,
	gathered: []Claim{
		{Host: "a.example"},
	},
})

func TestJudgeUnreachable(t *testing.T) {
	t.Parallel()
	checkJudged(t, map[string]judged{
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
			state: Unproven, text: "the answer of the prober at private makes no sense: no address was tried", hint: hintLog,
		},
		"a name that does not resolve is not unreachable": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: NoName, Detail: "gone"},
			state: Unproven, text: "the address to connect to is unknown (gone)", hint: hintDNS,
		},
		"a refusal is not unreachable": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: Refused, Addresses: addrs("1.2.3.4")},
			state: Refuted, text: "it was reached and refused the connection at 1.2.3.4", hint: hintReached,
		},
		"an open connection is not unreachable": {
			claim: Claim{Kind: Unreachable, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: addrs("1.2.3.4")},
			state: Refuted, text: "it was reached at 1.2.3.4", hint: hintReached,
		},
	})
}
