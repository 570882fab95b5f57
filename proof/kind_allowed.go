package proof

import (
	"errors"
	"fmt"
	"strings"
)

// Allowed: the signed Call succeeds.
const Allowed Kind = "allowed"

var _ = define(Allowed, definition[targetFacts]{
	required:    []string{"From", "Call"},
	optional:    targetFields("Port"),
	lookups:     targetLookups,
	gather:      gatherTarget,
	measurement: &measurement{validate: Probe.needsCall, run: Network.measureCall},
	expected:    func(c Claim, _ targetFacts) string { return "allow " + c.action() },
	judge:       positive(judgeAllowed),
})

func (p Probe) needsCall() error {
	if p.Call == nil {
		return errors.New("Call: required")
	}
	return nil
}

// action is the IAM action of the claim's call.
func (c Claim) action() string {
	if c.Call == nil {
		return "the call"
	}
	return c.Call.Action
}

func judgeAllowed(c Claim, _ targetFacts, seen Observation) finding {
	switch {
	case !seen.hasStatus() || c.Call == nil:
		return c.senseless("the HTTP status is %d", seen.Status)
	case seen.Status < 300:
		return holds("%s allowed (HTTP %d)", c.Call.Action, seen.Status)
	case seen.denied():
		return refuted(hintDenied(seen), "it was denied (%s)", seen.aws())
	case seen.unjudged():
		return unproven("the log of the prober at "+c.From, "the call failed before permission was checked (%s)", seen.aws())
	}
	return refuted("the call itself: what it names must exist", "it failed (%s)", seen.aws())
}

// hintDenied reads AWS's own reason out of a denial
// (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
func hintDenied(seen Observation) string {
	message := strings.ToLower(seen.Detail)
	switch {
	case strings.Contains(message, "vpc endpoint policy"):
		return "the policy of the endpoint"
	case strings.Contains(message, "resource-based policy"):
		return "the policy of the resource that the call names"
	case strings.Contains(message, "service control policy"):
		return "the service control policies of the organization"
	}
	return "whether the call goes through the endpoint, as the condition aws:SourceVpce of the prober's role wants it, then the policy of the endpoint"
}

// brief is an AWS answer's status and code, aws its message as well.
func (o Observation) brief() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", o.Status, printable(o.Code)))
}

func (o Observation) aws() string {
	if o.Detail == "" {
		return o.brief()
	}
	return o.brief() + ": " + printable(shorten(o.Detail, 300))
}
