package proof

import (
	"testing"
)

var _ = exampleOf(Spreads, example{
	valid:  Claim{From: "private", Host: "a.example", Hosts: []string{"WEB1", "WEB2"}, Requests: 21},
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
		detail string
		state  State
		text   string
		hint   string
	}{
		"even":             {counts: map[string]int{"WEB2": 32, "WEB1": 32}, state: Holds, text: "WEB1 32, WEB2 32"},
		"as chance allows": {counts: map[string]int{"WEB2": 13, "WEB1": 51}, state: Holds, text: "WEB1 51, WEB2 13"},
		"beyond chance": {counts: map[string]int{"WEB2": 12, "WEB1": 52}, state: Refuted,
			text: "the answers were WEB1 52, WEB2 12: fewer from WEB2 than chance allows",
			hint: "the health of WEB2 as a target, then the zones of the load balancer and its cross-zone setting"},
		"one host alone": {counts: map[string]int{"WEB2": 64}, state: Refuted,
			text: "the answers were WEB1 0, WEB2 64: fewer from WEB1 than chance allows",
			hint: "the health of WEB1 as a target, then the zones of the load balancer and its cross-zone setting"},
		"unknown hosts": {counts: map[string]int{"WEB1": 30, "WEB2": 30, "": 1, "c\n": 1, "d": 1, "e": 1}, state: Refuted,
			text: `unknown hosts answered: "", "c" and "d"`, hint: "which targets are registered, and what they serve at /"},
		"one host alone, said outright": {counts: map[string]int{"WEB2": 64, "WEB1": 0}, state: Refuted,
			text: "the answers were WEB1 0, WEB2 64: fewer from WEB1 than chance allows",
			hint: "the health of WEB1 as a target, then the zones of the load balancer and its cross-zone setting"},
		"lost requests": {counts: map[string]int{"WEB1": 30, "WEB2": 33}, failed: 1, detail: "HTTP 502", state: Refuted,
			text: "1 of 64 requests failed (HTTP 502)", hint: "the health of the targets, and whether their security group admits the load balancer"},
		"answers that do not add up": {counts: map[string]int{"WEB1": 30, "WEB2": 30}, failed: 1, state: Unproven,
			text: "the answer of the prober at private makes no sense: 60 answers and 1 failures for 64 requests", hint: hintLog},
		"negative failures": {counts: map[string]int{"WEB1": 33, "WEB2": 32}, failed: -1, state: Unproven,
			text: "the answer of the prober at private makes no sense: 65 answers and -1 failures for 64 requests", hint: hintLog},
		"negative answers": {counts: map[string]int{"WEB1": 74, "WEB2": -10}, state: Unproven,
			text: "the answer of the prober at private makes no sense: -10 answers of one host", hint: hintLog},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := Observation{Outcome: OK, Counts: test.counts, Failed: test.failed, Detail: test.detail}
			judged{claim, Facts{}, seen, test.state, test.text, test.hint}.check(t)
		})
	}
	hidden := claim
	hidden.Path = "/name"
	judged{
		claim: hidden, seen: Observation{Outcome: OK, Counts: map[string]int{"WEB1": 32, "WEB3": 32}}, state: Refuted,
		text: `unknown hosts answered: "WEB3"`, hint: "which targets are registered, and what they serve at /name",
	}.check(t)
	few := claim // never validated: too few requests to tell from chance
	few.Requests = 3
	if got := Judge(few, Facts{}, Observation{Outcome: OK, Counts: map[string]int{"WEB1": 3}}); got.State != Refuted {
		t.Errorf("a host that got nothing: got %+v", got)
	}
}
