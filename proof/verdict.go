package proof

import (
	"fmt"
	"net/netip"
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
	// Hint says what to look at first where the claim does not hold.
	Hint string `json:",omitempty"`
	// Rounds is how often it was measured.
	Rounds int
	// Measured is what was measured last; nil where nothing was.
	Measured *Measured `json:",omitempty"`
	// Derived is the way of the packets hop by hop, as it follows from what AWS describes:
	// derived, and not seen. It is empty unless the claim is refuted, the facts suffice, and
	// the way explains what was seen.
	Derived string `json:",omitempty"`
}

// Measured says what a probe was sent to: where in the network the packets went that a
// verdict rests on.
type Measured struct {
	// Host is the DNS name or address, Port the TCP port; 0 where only names were
	// resolved.
	Host string
	Port int `json:",omitempty"`
	// Addresses are what Host resolved to, or the one of them that answered. None: it
	// did not resolve.
	Addresses []netip.Addr `json:",omitempty"`
}

// target is what the claim is about, for people.
func (c Claim) target() string {
	if entry, known := kindEntries[c.Kind]; known {
		return entry.target(c)
	}
	return c.hostOrEndpoint()
}

// subject is the target as the subject of a sentence.
func (c Claim) subject() string {
	if entry, known := kindEntries[c.Kind]; known {
		return entry.subject(c)
	}
	return c.hostOrEndpointSubject()
}

// isPlural reports whether the claim's subject is plural.
func (c Claim) isPlural() bool {
	entry, known := kindEntries[c.Kind]
	return known && entry.plural(c)
}

// Reason says for people why the claim does not hold, and what to look at first. It is
// empty where the claim holds.
func (v Verdict) Reason() string {
	if v.State == Holds {
		return ""
	}
	return v.sentence(true)
}

// sentence says why the claim does not hold, and what to look at first.
func (v Verdict) sentence(first bool) string {
	subject := v.Claim.subject()
	if v.Claim.Kind.Measured() {
		subject = "from " + v.Claim.From + ", " + subject
	}
	was := "was"
	if v.Claim.isPlural() {
		was = "were"
	}
	var text string
	if v.State == Refuted {
		text = fmt.Sprintf("%s %s expected to %s, but %s", subject, was, v.Expected, v.Seen)
	} else {
		text = fmt.Sprintf("%s could not be shown to %s: %s", subject, v.Expected, v.Seen)
	}
	text = upperFirst(text) + "."
	if v.Hint == "" {
		return text
	}
	if first {
		return text + " Look first at " + v.Hint + "."
	}
	return text + " Look at " + v.Hint + "."
}
