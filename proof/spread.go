package proof

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strings"
)

// measureSpread sends requests over fresh connections and counts which host answered
// each. The host names itself by the trimmed body of an answer whose status is
// 200. Each request goes to an address drawn by chance, because a name with one
// address per zone may lead to the hosts of one zone at a time. It stops after the
// first request that fails, or where a host is missing.
func (n Network) measureSpread(ctx context.Context, probe Probe, targets []netip.AddrPort) Observation {
	met, answers := map[string]bool{}, 0
	missing := func(one Observation) bool {
		answers++
		met[one.Body] = true
		return len(met) < probe.Hosts && answers >= toMeet(probe.Hosts)
	}
	answered := n.fresh(ctx, probe, max(probe.Requests, 1), func(ctx context.Context, _ int) Observation {
		target := targets[rand.IntN(len(targets))]
		one := n.measureHTTP(ctx, probe, []netip.AddrPort{target})
		if one.Outcome == OK && one.Status != http.StatusOK {
			one.failed(fail(BadResponse, "HTTP %d", one.Status))
		}
		return one
	}, missing)
	seen := tally(answered)
	if seen.Failed == 0 && seen.Connections < probe.Requests && len(seen.Counts) >= probe.Hosts {
		return outOfTime(seen.Connections, probe)
	}
	return seen
}

// tally counts the answers per host, and the requests that found none; the
// first failure is kept as the reason. The measurement itself failed only where
// nothing was answered.
func tally(answered []Observation) Observation {
	sum := Observation{Counts: map[string]int{}, Connections: len(answered)}
	var first Observation
	seen := map[netip.Addr]bool{}
	for _, one := range answered {
		for _, address := range one.Addresses {
			if one.Outcome == OK && !seen[address] {
				sum.Addresses = append(sum.Addresses, address)
				seen[address] = true
			}
		}
		if one.Outcome == OK {
			sum.Counts[printable(strings.TrimSpace(one.Body))]++
			continue
		}
		if sum.Failed++; sum.Failed == 1 {
			first = one
		}
	}
	sum.Outcome, sum.Detail = OK, first.Detail
	if sum.Failed == len(answered) {
		sum.Outcome = first.Outcome
	}
	return sum
}
