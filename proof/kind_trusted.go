package proof

// Trusted: Role, which the verifier runs as, can be assumed by Lambda alone. Whoever
// else assumed it could invoke the probers and read the network's layout.
const Trusted Kind = "trusted"

var _ = define(Trusted, definition[trustedFacts]{
	required: []string{"Role"},
	lookups:  always(TrustLookup),
	gather:   func(g *gatherer, c Claim) trustedFacts { return trustedFacts{g.trust(c.Role)} },
	target:   func(c Claim) string { return roleName(c.Role) },
	subject:  func(c Claim) string { return "the role " + roleName(c.Role) + " of the verifier" },
	expected: func(Claim, trustedFacts) string { return "be assumed by Lambda alone" },
	judge: func(_ Claim, f trustedFacts, _ Observation) finding {
		if f.role.ARN == "" {
			return unproven("", "the role's trust policy is unknown")
		}
		if found := judgeTrust(f.role); found.state != Holds {
			return found
		}
		return holds("Lambda alone")
	},
})

type trustedFacts struct {
	// role has no policies but its trust policy.
	role Role
}
