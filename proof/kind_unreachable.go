package proof

import "fmt"

// Unreachable: no TCP connection to the target opens, several times running.
const Unreachable Kind = "unreachable"

var _ = define(Unreachable, definition[targetFacts]{
	required:    []string{"From"},
	optional:    targetFields("Port"),
	negative:    true,
	lookups:     targetLookups,
	gather:      gatherTarget,
	measurement: &measurement{run: Network.measureTCP},
	expected: func(c Claim, _ targetFacts) string {
		return fmt.Sprintf("stay unreachable on TCP %d", c.port())
	},
	judge: judgeUnreachable,
})

// judgeUnreachable: only silence and the network's own word that there is no way
// count. A refusal came from the target, or from something in its name.
func judgeUnreachable(c Claim, _ targetFacts, seen Observation) finding {
	switch seen.Outcome {
	case OK, Refused, BadTLS, BadResponse:
		what := "it was reached"
		if seen.Outcome == Refused {
			what = "it was reached and refused the connection"
		}
		if areWhole(seen.Addresses) {
			what += " at " + addressList(seen.Addresses)
		}
		return refuted(c.hintReached(), "%s", what)
	case NoName:
		return unproven(c.hintAfter(NoName), "the address to connect to is unknown (%s)", seen.why())
	case TimedOut, NoRoute:
		if !areWhole(seen.Addresses) {
			return c.senseless("no address was tried")
		}
		if seen.Outcome == NoRoute {
			return holds("no route to %s", addressList(seen.Addresses))
		}
		return holds("no answer from %s on TCP %d", addressList(seen.Addresses), c.port())
	}
	return c.unmeasured(seen)
}

// hintReached says what to look at where something is reached that should not be.
func (c Claim) hintReached() string {
	return fmt.Sprintf("the route table of the subnet of %s for a way out (internet gateway, NAT gateway, peering, transit gateway), "+
		"then other endpoints and the security group of the target", c.From)
}
