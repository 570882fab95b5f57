package proof

import "slices"

// Permitted: the endpoint service Service lets exactly Principals connect.
const Permitted Kind = "permitted"

var _ = define(Permitted, definition[permittedFacts]{
	required: []string{"Service", "Principals"},
	lookups:  always(PrincipalsLookup),
	gather:   func(g *gatherer, c Claim) permittedFacts { return permittedFacts{g.principals(c.Service)} },
	target:   func(c Claim) string { return c.Service },
	subject:  func(c Claim) string { return "the endpoint service " + c.target() },
	expected: func(c Claim, _ permittedFacts) string {
		return "let " + principalNames(c.Principals) + " connect, and nobody else"
	},
	judge: judgePermitted,
})

type permittedFacts struct {
	// principals are who may connect.
	principals []string
}

// judgePermitted wants exactly the declared principals: one more is somebody who
// may connect and should not.
func judgePermitted(c Claim, f permittedFacts, _ Observation) finding {
	switch {
	case len(f.principals) == 0:
		return unproven("", "the allowed principals are unknown")
	case !sameSet(f.principals, c.Principals):
		return refuted("the allowed principals of "+c.Service+", and who changed them", "it lets %s connect", principalNames(f.principals))
	}
	return holds("%s", principalNames(f.principals))
}

// principalNames are principals for people.
func principalNames(arns []string) string {
	arns = slices.Sorted(slices.Values(arns))
	if slices.Contains(arns, "*") {
		return "everybody (*)"
	}
	return printable(shorten(joinWords(slices.Compact(arns)), 400))
}
