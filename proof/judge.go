package proof

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Judge compares what was seen with what the claim says, in the light of the
// facts. It is pure: the same arguments give the same verdict. A claim that is
// judged by facts alone gets a zero observation.
//
// A claim is refuted if a measurement or a fact contradicts it, and unproven if it
// could not be measured. For a positive claim it is a measurement that the name
// does not resolve at the vantage point, or that nothing answers. For a negative
// claim it is not: a target whose name does not resolve was not shown to be
// unreachable, and a call that reached no service was not denied.
func Judge(claim Claim, facts Facts, seen Observation) Verdict {
	found := unproven("", "the kind %q is unknown", claim.Kind)
	if entry, known := kindEntries[claim.Kind]; known {
		found = entry.judge(claim, facts, seen)
	}
	return Verdict{Claim: claim, State: found.state, Expected: claim.expected(facts), Seen: found.seen, Hint: found.hint, Rounds: 1}
}

// expected says what the claim wants, to go on after "was expected to". Facts
// that are not known are left out.
func (c Claim) expected(f Facts) string {
	if entry, known := kindEntries[c.Kind]; known {
		return entry.expected(c, f)
	}
	return "be of a known kind"
}

// finding is a verdict without its claim.
type finding struct {
	state      State
	seen, hint string
}

func holds(format string, args ...any) finding {
	return finding{state: Holds, seen: fmt.Sprintf(format, args...)}
}

func refuted(hint, format string, args ...any) finding {
	return finding{Refuted, fmt.Sprintf(format, args...), hint}
}

func unproven(hint, format string, args ...any) finding {
	return finding{Unproven, fmt.Sprintf(format, args...), hint}
}

// positive refutes a positive claim whose measurement failed on the way, and leaves
// the others to the kind's own judge.
func positive[F any](judge func(Claim, F, Observation) finding) func(Claim, F, Observation) finding {
	return func(c Claim, f F, seen Observation) finding {
		switch seen.Outcome {
		case OK:
			return judge(c, f, seen)
		case NoName, TimedOut, Refused, NoRoute, BadTLS, BadResponse:
			return refuted(c.hintAfter(seen.Outcome), "%s%s", seen.why(), seen.among())
		}
		return c.unmeasured(seen)
	}
}

// unmeasured is the finding where the prober did not measure.
func (c Claim) unmeasured(seen Observation) finding {
	if seen.Outcome == Broken {
		return unproven("the log of the prober at "+c.From, "the prober could not measure (%s)", seen.why())
	}
	return c.senseless("the outcome is %q", printable(shorten(string(seen.Outcome), 80)))
}

// senseless is the finding where a prober's answer contradicts itself.
func (c Claim) senseless(format string, args ...any) finding {
	return unproven("the log of the prober at "+c.From, "the answer of the prober at %s makes no sense: %s", c.From, fmt.Sprintf(format, args...))
}

// why says in words how the measurement ended.
func (o Observation) why() string {
	if o.Detail == "" {
		return string(o.Outcome)
	}
	return printable(o.Detail)
}

// among says how many of several connections failed.
func (o Observation) among() string {
	if o.Failed == o.Connections {
		return ""
	}
	return fmt.Sprintf(" (%d of %s failed)", o.Failed, plural(o.Connections, "connection"))
}

// http is the answer's status in words.
func (o Observation) http() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", o.Status, http.StatusText(o.Status)))
}

// hasStatus reports whether the observation has the status of an answer.
func (o Observation) hasStatus() bool { return o.Status >= 200 && o.Status <= 599 }

// areWhole reports whether there are addresses, and all of them are valid.
func areWhole(values []netip.Addr) bool {
	return len(values) > 0 && !slices.Contains(values, netip.Addr{})
}
