package proof

// Denied: the signed Call is answered, and the answer is that access is denied.
// Not reaching the service is not a denial: it is unproven.
const Denied Kind = "denied"

var _ = define(Denied, definition[targetFacts]{
	required:    []string{"From", "Call"},
	optional:    targetFields("Port"),
	negative:    true,
	lookups:     targetLookups,
	gather:      gatherTarget,
	measurement: &measurement{validate: Probe.needsCall, run: Network.measureCall},
	expected:    func(c Claim, _ targetFacts) string { return "deny " + c.action() },
	judge:       judgeDenied,
})

func judgeDenied(c Claim, _ targetFacts, seen Observation) finding {
	switch {
	case seen.Outcome == NoName, seen.Outcome == TimedOut, seen.Outcome == Refused,
		seen.Outcome == NoRoute, seen.Outcome == BadTLS, seen.Outcome == BadResponse:
		return unproven(c.hintAfter(seen.Outcome), "the call did not reach the service (%s)", seen.why())
	case seen.Outcome != OK:
		return c.unmeasured(seen)
	case !seen.hasStatus() || c.Call == nil:
		return c.senseless("the HTTP status is %d", seen.Status)
	case seen.Status < 300:
		return refuted("the policies of the prober's role: its one permission must have the condition aws:SourceVpce",
			"it was allowed (HTTP %d)", seen.Status)
	case seen.denied():
		return holds("%s denied (%s)", c.Call.Action, seen.brief())
	}
	return unproven("the log of the prober at "+c.From, "the answer says nothing about permission (%s)", seen.aws())
}
