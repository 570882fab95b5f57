package proof

import (
	"fmt"
	"slices"
)

// judgeSpreads wants every host to have answered, none less often than chance
// allows (see starved), no other to have answered, and no request to be lost.
func judgeSpreads(c Claim, _ Facts, seen Observation) finding {
	requests, answered := c.requests(), 0
	var strange, hungry []string
	for host, count := range seen.Counts {
		if count < 0 {
			return c.senseless("%d answers of one host", count)
		}
		answered += count
		if !slices.Contains(c.Hosts, host) {
			strange = append(strange, fmt.Sprintf("%q", printable(shorten(host, 80))))
		}
	}
	if seen.Failed < 0 || answered+seen.Failed != requests {
		return c.senseless("%d answers and %d failures for %d requests", answered, seen.Failed, requests)
	}
	spread := make([]string, len(c.Hosts))
	for i, host := range c.Hosts {
		spread[i] = fmt.Sprintf("%s %d", host, seen.Counts[host])
		if seen.Counts[host] == 0 || starved(seen.Counts[host], requests, len(c.Hosts)) {
			hungry = append(hungry, host)
		}
	}
	slices.Sort(strange)
	switch {
	case len(strange) > 0:
		return refuted("which targets are registered, and what they serve at "+c.path(),
			"hosts that nobody knows answered: %s", list(strange[:min(len(strange), 3)]))
	case seen.Failed > 0:
		return refuted("the health of the targets, and whether their security group admits the load balancer",
			"%d of %d requests failed (%s)", seen.Failed, requests, seen.why())
	case len(hungry) > 0:
		return refuted("the health of "+list(hungry)+" as a target, then the zones of the load balancer and its cross-zone setting",
			"the answers were %s: fewer from %s than chance allows", commas(spread), list(hungry))
	}
	return holds("%s", commas(spread))
}

// path is the claim's Path or its default.
func (c Claim) path() string {
	if c.Path == "" {
		return "/"
	}
	return c.Path
}
