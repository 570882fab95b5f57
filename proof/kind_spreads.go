package proof

import (
	"fmt"
	"slices"
)

// Spreads: requests on fresh connections reach every one of Hosts, none starved
// beyond what chance allows.
const Spreads Kind = "spreads"

var _ = define(Spreads, definition[targetFacts]{
	required: []string{"From", "Hosts"},
	optional: targetFields("Port", "Scheme", "Path", "Requests"),
	validate: validateSpreads,
	lookups:  targetLookups,
	gather:   gatherTarget,
	measurement: &measurement{
		probe:    func(c Claim, p *Probe) { p.Scheme, p.Hosts = c.scheme(), len(c.Hosts) },
		validate: Probe.needsScheme,
		fresh:    true,
		run:      Network.measureSpread,
	},
	expected: func(c Claim, _ targetFacts) string {
		return fmt.Sprintf("spread fresh connections over %s", joinWords(c.Hosts))
	},
	judge: positive(judgeSpreads),
})

func validateSpreads(c Claim, wrong fieldReporter) {
	least := connections(1, len(c.Hosts)) // at least that, where a token stands for several
	if c.Requests != 0 && (int(c.Requests) < least || c.Requests > maxRequests) {
		wrong("Requests", "want %d to %d for %s, got %q",
			least, maxRequests, plural(len(c.Hosts), "host"), c.Requests.set())
	}
	if len(c.Hosts) > maxHosts {
		wrong("Hosts", "want at most %d, got %d", maxHosts, len(c.Hosts))
	}
}

// judgeSpreads wants every host to have answered, none less often than chance
// allows (see starved), no other to have answered, and no request to be lost.
func judgeSpreads(c Claim, _ targetFacts, seen Observation) finding {
	answered := 0
	var unknown, starving []string
	for host, count := range seen.Counts {
		if count < 0 {
			return c.senseless("%d answers of one host", count)
		}
		answered += count
		if !slices.Contains(c.Hosts, host) {
			unknown = append(unknown, fmt.Sprintf("%q", printable(shorten(host, 80))))
		}
	}
	missing := slices.ContainsFunc(c.Hosts, func(host string) bool { return seen.Counts[host] == 0 })
	if seen.Failed < 0 || answered+seen.Failed != seen.Connections ||
		seen.Failed == 0 && answered < c.requests(1) && !(missing && answered >= toMeet(len(c.Hosts))) {
		return c.senseless("%d answers and %d failures over %s, want %d at least",
			answered, seen.Failed, plural(seen.Connections, "connection"), c.requests(1))
	}
	spread := make([]string, len(c.Hosts))
	for i, host := range c.Hosts {
		spread[i] = fmt.Sprintf("%s %d", host, seen.Counts[host])
		if seen.Counts[host] == 0 || isStarved(seen.Counts[host], seen.Connections, len(c.Hosts)) {
			starving = append(starving, host)
		}
	}
	slices.Sort(unknown)
	switch {
	case len(unknown) > 0:
		return refuted("which targets are registered, and what they serve at "+c.path(),
			"unknown hosts answered: %s", joinWords(unknown[:min(len(unknown), 3)]))
	case seen.Failed > 0:
		return refuted("the health of the targets, and whether their security group admits the load balancer",
			"%d of %s failed (%s)", seen.Failed, plural(seen.Connections, "connection"), seen.why())
	case len(starving) > 0:
		return refuted("the health of "+joinWords(starving)+" as a target, then the zones of the load balancer and its cross-zone setting",
			"the answers were %s: fewer from %s than chance allows", joinCommas(spread), joinWords(starving))
	}
	return holds("%s", joinCommas(spread))
}
