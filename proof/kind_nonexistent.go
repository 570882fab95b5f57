package proof

import "fmt"

// Nonexistent: the name Host does not exist: the resolver answers NXDOMAIN, several
// times running.
const Nonexistent Kind = "nonexistent"

var _ = define(Nonexistent, definition[targetFacts]{
	required: []string{"From", "Host"},
	negative: true,
	lookups:  targetLookups,
	gather:   gatherTarget,
	validate: validateName,
	measurement: &measurement{
		probe: func(_ Claim, p *Probe) { p.Port = 0 },
	},
	expected: func(Claim, targetFacts) string { return "have no such name (NXDOMAIN)" },
	judge:    judgeNonexistent,
})

// validateName refuses an address where a name is resolved.
func validateName(c Claim, wrong fieldReporter) {
	if isAddress(c.Host) {
		wrong("Host", "want a DNS name, got the address %q", c.Host)
	}
}

// judgeNonexistent: only the resolver's own word counts. Where nobody answers, the
// name may exist.
func judgeNonexistent(c Claim, _ targetFacts, seen Observation) finding {
	hint := fmt.Sprintf("what answers for %s: a private hosted zone, a resolver rule, or an endpoint with private DNS", c.Host)
	switch {
	case seen.Outcome == OK && areWhole(seen.Addresses):
		return refuted(hint, "it resolved to %s", addressList(seen.Addresses))
	case seen.Outcome == OK:
		return c.senseless("the name resolved to nothing")
	case seen.Outcome == BadResponse:
		return refuted(hint, "%s", seen.why())
	case seen.Outcome != NoName:
		return c.unmeasured(seen)
	case seen.Missing == NXDomain:
		return holds("NXDOMAIN")
	case seen.Missing == NoData:
		return refuted(hint, "the name exists, without an address")
	}
	return unproven(c.hintAfter(NoName), "no resolver said so (%s)", seen.why())
}
