package proof

import (
	"fmt"
	"net/netip"
)

// Connects: a TCP connection to the target opens.
const Connects Kind = "connects"

var _ = define(Connects, definition[targetFacts]{
	required:    []string{"From"},
	optional:    targetFields("Port"),
	lookups:     targetLookups,
	gather:      gatherTarget,
	measurement: &measurement{fresh: true, run: repeated(Network.measureTCP)},
	expected: func(c Claim, _ targetFacts) string {
		return fmt.Sprintf("accept a connection on TCP %d", c.port())
	},
	judge: positive(judgeConnects),
})

func judgeConnects(c Claim, _ targetFacts, seen Observation) finding {
	if !areWhole(seen.Addresses) {
		return c.senseless("connected to nothing")
	}
	return holds("%s", netip.AddrPortFrom(seen.Addresses[0], uint16(c.port())))
}
