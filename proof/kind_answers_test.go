package proof

import (
	"testing"
)

var _ = exampleOf(Answers, example{
	valid:  Claim{From: "private", Host: "a.example", Scheme: "http", Path: "/?a=%20b", Port: 1},
	fields: "From! Host Endpoint Zone Port Scheme Path",
	gathered: []Claim{
		{Host: "a.example"},
	},
})

func TestJudgeAnswers(t *testing.T) {
	t.Parallel()
	checkJudged(t, map[string]judged{
		"answered": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 307},
			state: Holds, text: "HTTP 307 Temporary Redirect",
		},
		"not found is an answer": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 499},
			state: Holds, text: "HTTP 499",
		},
		"a service that fails by the book": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 500},
			state: Refuted, text: "it answered HTTP 500 Internal Server Error", hint: "the service behind a.example",
		},
		"a failing service": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 599},
			state: Refuted, text: "it answered HTTP 599", hint: "the service behind a.example",
		},
		"a status of nowhere": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 600},
			state: Unproven, text: "the answer of the prober at private makes no sense: the HTTP status is 600", hint: hintLog,
		},
		"an interim status": {
			claim: Claim{Kind: Answers, Host: "a.example"}, seen: Observation{Outcome: OK, Status: 199},
			state: Unproven, text: "the answer of the prober at private makes no sense: the HTTP status is 199", hint: hintLog,
		},
	})
}
