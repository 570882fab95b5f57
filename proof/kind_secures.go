package proof

import "fmt"

// Secures: a TLS handshake with the target succeeds, with a certificate that is
// valid for the target's name.
const Secures Kind = "secures"

var _ = define(Secures, definition[targetFacts]{
	required:    []string{"From"},
	optional:    targetFields("Port"),
	lookups:     targetLookups,
	gather:      gatherTarget,
	measurement: &measurement{fresh: true, run: repeated(Network.measureTLS)},
	expected: func(c Claim, _ targetFacts) string {
		return fmt.Sprintf("present a certificate valid for %s on TCP %d", c.certificateName(), c.port())
	},
	judge: positive(judgeSecures),
})

func judgeSecures(c Claim, _ targetFacts, seen Observation) finding {
	if !areWhole(seen.Addresses) || seen.Certificate == "" {
		return c.senseless("there was no certificate")
	}
	return holds("%s from %s", printable(seen.Certificate), seen.Addresses[0])
}
