package proof

import (
	"testing"
)

var _ = exampleOf(Permitted, example{
	valid:  Claim{Service: "vpce-svc-1", Principals: []string{"arn:aws:iam::1:root"}},
	fields: "Service! Principals!",
	gathered: []Claim{
		{Service: "vpce-svc-1"},
	},
})

func TestJudgePermitted(t *testing.T) {
	t.Parallel()
	const own, other = "arn:aws:iam::1:root", "arn:aws:iam::2:root"
	one := Claim{Kind: Permitted, Service: "vpce-svc-1", Principals: []string{own}}
	two, all := one, one
	two.Principals, all.Principals = []string{other, own}, []string{"*"}
	permit := func(arns ...string) Facts { return Facts{permittedFacts{arns}} }
	const hint = "the allowed principals of vpce-svc-1, and who changed them"
	checkJudged(t, map[string]judged{
		"the declared one":    {claim: one, facts: permit(own), state: Holds, text: own},
		"both, in any order":  {claim: two, facts: permit(own, other), state: Holds, text: own + " and " + other},
		"one, listed twice":   {claim: one, facts: permit(own, own), state: Holds, text: own},
		"everybody, declared": {claim: all, facts: permit("*"), state: Holds, text: "everybody (*)"},
		"everybody":           {claim: one, facts: permit("*"), state: Refuted, text: "it lets everybody (*) connect", hint: hint},
		"everybody as well":   {claim: one, facts: permit(own, "*"), state: Refuted, text: "it lets everybody (*) connect", hint: hint},
		"one too many":        {claim: one, facts: permit(other, own), state: Refuted, text: "it lets " + own + " and " + other + " connect", hint: hint},
		"one too few":         {claim: two, facts: permit(own), state: Refuted, text: "it lets " + own + " connect", hint: hint},
		"another":             {claim: one, facts: permit(other), state: Refuted, text: "it lets " + other + " connect", hint: hint},
		"not everybody":       {claim: all, facts: permit(own), state: Refuted, text: "it lets " + own + " connect", hint: hint},
		"of unknown":          {claim: one, state: Unproven, text: "the allowed principals are unknown"},
		"a hostile text":      {claim: one, facts: permit("arn:\x1b"), state: Refuted, text: "it lets arn:? connect", hint: hint},
	})
}
