package proof

import (
	"testing"
)

var _ = exampleOf(Spreads, example{
	valid:  Claim{From: "private", Host: "a.example", Hosts: []string{"WEB1", "WEB2"}, Requests: 300},
	fields: "From! Host Endpoint Zone Port Scheme Path Hosts! Requests",
	gathered: []Claim{
		{Endpoint: "vpce-1"},
	},
})

func TestJudgeSpreads(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Spreads, Host: "web.example", Hosts: []string{"WEB1", "WEB2"}}
	tests := map[string]struct {
		counts map[string]int
		failed int
		made   int // default: the sum
		detail string
		state  State
		text   string
		hint   string
	}{
		"even":             {counts: map[string]int{"WEB2": 130, "WEB1": 131}, state: Holds, text: "WEB1 131, WEB2 130"},
		"as chance allows": {counts: map[string]int{"WEB2": 84, "WEB1": 177}, state: Holds, text: "WEB1 177, WEB2 84"},
		"beyond chance": {counts: map[string]int{"WEB2": 83, "WEB1": 178}, state: Refuted,
			text: "the answers were WEB1 178, WEB2 83: fewer from WEB2 than chance allows",
			hint: "the health of WEB2 as a target, then the zones of the load balancer and its cross-zone setting"},
		"as chance allows, of more": {counts: map[string]int{"WEB2": 159, "WEB1": 282}, state: Holds, text: "WEB1 282, WEB2 159"},
		"one host alone": {counts: map[string]int{"WEB2": 261}, state: Refuted,
			text: "the answers were WEB1 0, WEB2 261: fewer from WEB1 than chance allows",
			hint: "the health of WEB1 as a target, then the zones of the load balancer and its cross-zone setting"},
		"unknown hosts": {counts: map[string]int{"WEB1": 130, "WEB2": 130, "": 1, "c\n": 1, "d": 1, "e": 1}, state: Refuted,
			text: `unknown hosts answered: "", "c" and "d"`, hint: "which targets are registered, and what they serve at /"},
		"one host alone, said outright": {counts: map[string]int{"WEB2": 261, "WEB1": 0}, state: Refuted,
			text: "the answers were WEB1 0, WEB2 261: fewer from WEB1 than chance allows",
			hint: "the health of WEB1 as a target, then the zones of the load balancer and its cross-zone setting"},
		"lost requests": {counts: map[string]int{"WEB1": 30, "WEB2": 33}, failed: 1, detail: "HTTP 502", state: Refuted,
			text: "1 of 64 connections failed (HTTP 502)", hint: "the health of the targets, and whether their security group admits the load balancer"},
		"one host is missing": {counts: map[string]int{"WEB2": 39}, state: Refuted,
			text: "the answers were WEB1 0, WEB2 39: fewer from WEB1 than chance allows",
			hint: "the health of WEB1 as a target, then the zones of the load balancer and its cross-zone setting"},
		"one host may be missing": {counts: map[string]int{"WEB2": 38}, state: Unproven,
			text: "the answer of the prober at private makes no sense: 38 answers and 0 failures over 38 connections, want 261 at least", hint: hintLog},
		"too few answers": {counts: map[string]int{"WEB1": 130, "WEB2": 130}, state: Unproven,
			text: "the answer of the prober at private makes no sense: 260 answers and 0 failures over 260 connections, want 261 at least", hint: hintLog},
		"answers that do not add up": {counts: map[string]int{"WEB1": 130, "WEB2": 130}, failed: 1, made: 300, state: Unproven,
			text: "the answer of the prober at private makes no sense: 260 answers and 1 failures over 300 connections, want 261 at least", hint: hintLog},
		"negative failures": {counts: map[string]int{"WEB1": 133, "WEB2": 132}, failed: -1, state: Unproven,
			text: "the answer of the prober at private makes no sense: 265 answers and -1 failures over 264 connections, want 261 at least", hint: hintLog},
		"negative answers": {counts: map[string]int{"WEB1": 274, "WEB2": -10}, state: Unproven,
			text: "the answer of the prober at private makes no sense: -10 answers of one host", hint: hintLog},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := Observation{Outcome: OK, Counts: test.counts, Failed: test.failed, Connections: test.made, Detail: test.detail}
			if test.made == 0 {
				seen.Connections = test.failed
				for _, count := range test.counts {
					seen.Connections += count
				}
			}
			judged{claim, Facts{}, seen, test.state, test.text, test.hint}.check(t)
		})
	}
	hidden := claim
	hidden.Path = "/name"
	judged{
		claim: hidden, seen: Observation{Outcome: OK, Counts: map[string]int{"WEB1": 132, "WEB3": 132}, Connections: 264}, state: Refuted,
		text: `unknown hosts answered: "WEB3"`, hint: "which targets are registered, and what they serve at /name",
	}.check(t)
}
