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
// What was measured and is otherwise is refuted; what could not be measured is
// unproven. For a positive claim, that the name does not resolve at the vantage
// point or that nothing answers is a measurement. For a negative claim it is
// not: something whose name does not resolve was not shown to be unreachable,
// and a call that reached nobody was not denied.
func Judge(claim Claim, facts Facts, seen Observation) Verdict {
	judge, known := judges[claim.Kind]
	finding := unproven("", "the kind %q is unknown", claim.Kind)
	if known {
		finding = judge(claim, facts, seen)
	}
	return Verdict{Claim: claim, State: finding.state, Expected: claim.expected(facts), Seen: finding.seen, Look: finding.look, Rounds: 1}
}

// finding is a verdict without its claim.
type finding struct {
	state      State
	seen, look string
}

func holds(format string, args ...any) finding {
	return finding{state: Holds, seen: fmt.Sprintf(format, args...)}
}

func refuted(look, format string, args ...any) finding {
	return finding{Refuted, fmt.Sprintf(format, args...), look}
}

func unproven(look, format string, args ...any) finding {
	return finding{Unproven, fmt.Sprintf(format, args...), look}
}

var judges = map[Kind]func(Claim, Facts, Observation) finding{
	Resolves:    positive(judgeResolves),
	Connects:    positive(judgeConnects),
	Secures:     positive(judgeSecures),
	Answers:     positive(judgeAnswers),
	Spreads:     positive(judgeSpreads),
	Allowed:     positive(judgeAllowed),
	Denied:      judgeDenied,
	Unreachable: judgeUnreachable,
	Routed:      judgeRouted,
	Unrouted:    judgeUnrouted,
	Enclosed:    judgeEnclosed,
	Guarded:     judgeGuarded,
	Available:   judgeAvailable,
	Healthy:     judgeHealthy,
	Limited:     judgeLimited,
	Permitted:   judgePermitted,
	Placed:      judgePlaced,
}

// positive judges the measurements that did not go all the way, and leaves the
// others to the kind's own judge.
func positive(judge func(Claim, Facts, Observation) finding) func(Claim, Facts, Observation) finding {
	return func(c Claim, f Facts, seen Observation) finding {
		switch seen.Outcome {
		case OK:
			return judge(c, f, seen)
		case NoName, TimedOut, Refused, NoRoute, BadTLS, BadResponse:
			return refuted(c.lookAfter(seen.Outcome), "%s", seen.why())
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

func judgeConnects(c Claim, _ Facts, seen Observation) finding {
	if !whole(seen.Addresses) {
		return c.senseless("connected to nothing")
	}
	return holds("%s", netip.AddrPortFrom(seen.Addresses[0], uint16(c.port())))
}

func judgeSecures(c Claim, _ Facts, seen Observation) finding {
	if !whole(seen.Addresses) || seen.Certificate == "" {
		return c.senseless("there was no certificate")
	}
	return holds("%s from %s", printable(seen.Certificate), seen.Addresses[0])
}

func judgeAnswers(c Claim, _ Facts, seen Observation) finding {
	switch {
	case !status(seen):
		return c.senseless("the HTTP status is %d", seen.Status)
	case seen.Status >= 500:
		return refuted("the service behind "+c.target(), "it answered %s", seen.http())
	}
	return holds("%s", seen.http())
}

// http is the answer's status in words.
func (o Observation) http() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", o.Status, http.StatusText(o.Status)))
}

// status tells whether the observation has the status of an answer.
func status(seen Observation) bool { return seen.Status >= 200 && seen.Status <= 599 }

func judgeAllowed(c Claim, _ Facts, seen Observation) finding {
	switch {
	case !status(seen) || c.Call == nil:
		return c.senseless("the HTTP status is %d", seen.Status)
	case seen.Status < 300:
		return holds("%s allowed (HTTP %d)", c.Call.Action, seen.Status)
	case seen.denied():
		return refuted(c.lookDenied(seen), "it was denied (%s)", seen.aws())
	case seen.faulty():
		return unproven("the log of the prober at "+c.From, "the call was not judged (%s)", seen.aws())
	}
	return refuted("the call itself: what it names must exist", "it failed (%s)", seen.aws())
}

func judgeDenied(c Claim, _ Facts, seen Observation) finding {
	switch {
	case seen.Outcome == NoName, seen.Outcome == TimedOut, seen.Outcome == Refused,
		seen.Outcome == NoRoute, seen.Outcome == BadTLS, seen.Outcome == BadResponse:
		return unproven(c.lookAfter(seen.Outcome), "the call did not reach the service (%s)", seen.why())
	case seen.Outcome != OK:
		return c.unmeasured(seen)
	case !status(seen) || c.Call == nil:
		return c.senseless("the HTTP status is %d", seen.Status)
	case seen.Status < 300:
		return refuted("the policies of the prober's role: its one permission must have the condition aws:SourceVpce",
			"it was allowed (HTTP %d)", seen.Status)
	case seen.denied():
		return holds("%s denied (%s)", c.Call.Action, seen.brief())
	}
	return unproven("the log of the prober at "+c.From, "the answer says nothing about permission (%s)", seen.aws())
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

// judgeUnreachable: only silence and the network's own word that there is no way
// count. A refusal came from the target, or from something in its name.
func judgeUnreachable(c Claim, _ Facts, seen Observation) finding {
	switch seen.Outcome {
	case OK, Refused, BadTLS, BadResponse:
		what := "it was reached"
		if seen.Outcome == Refused {
			what = "it was reached and refused the connection"
		}
		if whole(seen.Addresses) {
			what += " at " + addresses(seen.Addresses)
		}
		return refuted(c.lookReached(), "%s", what)
	case NoName:
		return unproven(c.lookAfter(NoName), "where to connect to is unknown (%s)", seen.why())
	case TimedOut, NoRoute:
		if !whole(seen.Addresses) {
			return c.senseless("no address was tried")
		}
		if seen.Outcome == NoRoute {
			return holds("no route to %s", addresses(seen.Addresses))
		}
		return holds("no answer from %s on TCP %d", addresses(seen.Addresses), c.port())
	}
	return c.unmeasured(seen)
}

// whole tells whether there are addresses, all of them real ones.
func whole(values []netip.Addr) bool {
	return len(values) > 0 && !slices.Contains(values, netip.Addr{})
}
