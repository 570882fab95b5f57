package proof

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// measureSpread sends requests over fresh connections and counts which host answered
// each. The host names itself by the trimmed body of an answer whose status is
// 200. Each request goes to an address drawn by chance, because a name with one
// address per zone may lead to the hosts of one zone at a time.
func (n Network) measureSpread(ctx context.Context, probe Probe, targets []netip.AddrPort) Observation {
	if probe.Requests == 0 {
		probe.Requests = defaultRequests
	}
	atOnce, perRequest := pace(probe)
	answered := make([]Observation, probe.Requests)
	free := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	for i := range answered {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			bounded, cancel := n.Clock.WithTimeout(ctx, perRequest)
			defer cancel()
			target := targets[rand.IntN(len(targets))]
			answered[i] = n.measureHTTP(bounded, probe, []netip.AddrPort{target})
		})
	}
	running.Wait()
	return tally(answered)
}

// pace returns how many requests are under way at once and how long each may take.
// It is quick, does not overload a small web host, and leaves time for the requests
// that wait behind silent targets.
func pace(probe Probe) (atOnce int, perRequest time.Duration) {
	const least, most, waves = 16, 128, 4
	atOnce = min(max(least, probe.Requests/waves), most)
	return atOnce, probe.timeout() / time.Duration(1+(probe.Requests-1)/atOnce)
}

// tally counts the answers per host, and the requests that found none; the
// first failure is kept as the reason. The measurement itself failed only where
// nothing was answered.
func tally(answered []Observation) Observation {
	sum := Observation{Counts: map[string]int{}}
	var first Observation
	seen := map[netip.Addr]bool{}
	for _, one := range answered {
		for _, address := range one.Addresses {
			if one.Outcome == OK && !seen[address] {
				sum.Addresses = append(sum.Addresses, address)
				seen[address] = true
			}
		}
		switch {
		case one.Outcome == OK && one.Status == http.StatusOK:
			sum.Counts[printable(strings.TrimSpace(one.Body))]++
			continue
		case one.Outcome == OK:
			one.failed(fail(BadResponse, "HTTP %d", one.Status))
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
