package proof

import (
	"net/netip"
	"testing"
)

var _ = exampleOf(Connects, example{
	valid:  Claim{From: "private", Host: "10.0.0.1", Port: 65535},
	fields: "From! Host Endpoint Zone Port",
	gathered: []Claim{
		{Host: "a.example"},
		{Endpoint: "vpce-1"},
	},
})

func TestJudgeConnects(t *testing.T) {
	t.Parallel()
	at := addrs("10.0.1.142")
	checkJudged(t, map[string]judged{
		"connected": {
			claim: Claim{Kind: Connects, Host: "a.example", Port: 8443}, seen: Observation{Outcome: OK, Addresses: at},
			state: Holds, text: "10.0.1.142:8443",
		},
		"connected to no address": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: OK, Addresses: []netip.Addr{{}}},
			state: Unproven, text: "the answer of the prober at private makes no sense: connected to nothing", hint: hintLog,
		},
		"silence at a host": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.1.142:443"},
			state: Refuted, text: "nothing answered at 10.0.1.142:443", hint: hintWay,
		},
		"silence at an endpoint": {
			claim: Claim{Kind: Connects, Endpoint: "vpce-1"}, seen: Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.1.142:443"},
			state: Refuted, text: "nothing answered at 10.0.1.142:443",
			hint: "the security group of vpce-1, which must admit TCP 443 from private, then the network ACLs",
		},
		"no route": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: NoRoute, Detail: "the network has no route to 1.2.3.4:443"},
			state: Refuted, text: "the network has no route to 1.2.3.4:443", hint: "the route table of the subnet of private",
		},
		"refused": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: Refused},
			state: Refuted, text: "refused", hint: "what listens at a.example on TCP 443",
		},
		"no name of an endpoint": {
			claim: Claim{Kind: Connects, Endpoint: "vpce-1"}, seen: Observation{Outcome: NoName, Detail: "gone"},
			state: Refuted, text: "gone", hint: hintDNS + " and the state of vpce-1",
		},
		"no name of a host": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: NoName, Detail: "gone"},
			state: Refuted, text: "gone", hint: hintDNS,
		},
		"the prober broke": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: Broken, Detail: "no\nsockets"},
			state: Unproven, text: "the prober could not measure (no sockets)", hint: hintLog,
		},
		"an outcome that nobody knows": {
			claim: Claim{Kind: Connects, Host: "a.example"}, seen: Observation{Outcome: "fine\x00"},
			state: Unproven, text: `the answer of the prober at private makes no sense: the outcome is "fine?"`, hint: hintLog,
		},
	})
}
