package proof

import (
	"fmt"
	"strings"
)

// State is what a verdict says.
type State string

// The states. Refuted means that it was measured and is false; unproven means
// that it could not be measured. They are never confused.
const (
	Holds    State = "holds"
	Refuted  State = "refuted"
	Unproven State = "unproven"
)

// Verdict is the judgement on one claim.
type Verdict struct {
	Claim Claim
	State State
	// Expected and Seen are short texts for people. Expected goes on after "was
	// expected to", Seen after "but". Where the claim holds, Seen is the bare
	// evidence for the stack's outputs (the answers as dig +short lists them,
	// the spread over the hosts).
	Expected, Seen string
	// Look says what to look at first where the claim does not hold.
	Look string `json:",omitempty"`
	// Rounds is how often it was measured.
	Rounds int
}

// target is what the claim is about, for people.
func (c Claim) target() string {
	switch c.Kind {
	case Routed, Enclosed:
		return list(c.RouteTables)
	case Healthy:
		return c.targetGroupName()
	case Permitted:
		return c.Service
	case Placed:
		if len(c.Subnets) == 0 {
			return "outside"
		}
		return list(c.Subnets)
	}
	switch {
	case c.Host != "":
		return c.Host
	case c.Zone != "" && c.Kind.Measured():
		return fmt.Sprintf("%s (its name in %s)", c.Endpoint, c.Zone)
	}
	return c.Endpoint
}

// targetGroupName is the name in a target group's ARN
// (arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID).
func (c Claim) targetGroupName() string {
	if parts := strings.Split(c.TargetGroup, "/"); len(parts) == 3 {
		return parts[1]
	}
	return c.TargetGroup
}

// who is the target as the subject of a sentence.
func (c Claim) who() string {
	switch c.Kind {
	case Routed, Enclosed:
		if len(c.RouteTables) > 1 {
			return "the route tables " + c.target()
		}
		return "the route table " + c.target()
	case Guarded:
		return "the security group of " + c.target()
	case Healthy:
		return "the target group " + c.target()
	case Limited:
		return "the policy of " + c.target()
	case Permitted:
		return "the endpoint service " + c.target()
	case Placed:
		return "the prober at " + c.From
	}
	switch {
	case c.Host == "" && c.Zone == "":
		return "the endpoint " + c.target()
	case c.Host == "":
		return "the endpoint " + c.Endpoint + " by its name in " + c.Zone
	}
	return c.target()
}

// sentence tells why the claim does not hold, and what to look at first.
func (v Verdict) sentence(first bool) string {
	subject := v.Claim.who()
	if v.Claim.Kind.Measured() {
		subject = "from " + v.Claim.From + ", " + subject
	}
	var text string
	if v.State == Refuted {
		text = fmt.Sprintf("%s was expected to %s, but %s", subject, v.Expected, v.Seen)
	} else {
		text = fmt.Sprintf("%s could not be shown to %s: %s", subject, v.Expected, v.Seen)
	}
	if strings.Contains(subject, "tables ") {
		text = strings.Replace(text, " was expected", " were expected", 1)
	}
	text = strings.ToUpper(text[:1]) + text[1:] + "."
	if v.Look == "" {
		return text
	}
	if first {
		return text + " Look first at " + v.Look + "."
	}
	return text + " Look at " + v.Look + "."
}
