package proof

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// atOnce is how many connections of one probe are under way at once: it is quick,
// and does not overload a small web host.
const atOnce = 32

// startTime and connectionTime are what a probe of many connections may last beyond
// the time of one: a prober has a small part of a processor.
const (
	startTime      = 3 * time.Second
	connectionTime = 2 * time.Millisecond
)

// once measures over one connection to one of the targets.
type once func(n Network, ctx context.Context, p Probe, targets []netip.AddrPort) Observation

// repeated measures over as many fresh connections as the probe asks for, and stops
// after the first that fails. The first connection tries all addresses of the
// target. It shows which family of addresses the network carries, and the others go
// to each address of that family in turn: one that is dead is found. The observation
// is that of the connection that failed, or of the first.
func repeated(measure once) once {
	return func(n Network, ctx context.Context, p Probe, targets []netip.AddrPort) Observation {
		var first Observation
		if !n.withSlots(ctx, len(targets), func() {
			bounded, cancel := n.Clock.WithTimeout(ctx, p.timeout())
			defer cancel()
			first = measure(n, bounded, p, targets)
		}) {
			return outOfTime(0, p)
		}
		if p.Requests == 0 {
			return first
		}
		first.Connections = 1
		if !first.succeeded() {
			first.Failed = 1
			return first
		}
		var same []netip.AddrPort
		for _, target := range targets {
			if len(first.Addresses) == 1 && target.Addr().Is4() == first.Addresses[0].Is4() {
				same = append(same, target)
			}
		}
		if len(same) == 0 {
			return first // which [checkObservations] refuses, if more was wanted
		}
		rest := n.fresh(ctx, p, p.Requests-1, func(ctx context.Context, i int) Observation {
			return measure(n, ctx, p, same[i%len(same):][:1])
		}, func(Observation) bool { return false })
		shown, lost := first, 0
		for _, one := range rest {
			if !one.succeeded() {
				if lost++; lost == 1 {
					shown = one
				}
			}
		}
		if shown.Connections, shown.Failed = 1+len(rest), lost; lost == 0 && shown.Connections < p.Requests {
			return outOfTime(shown.Connections, p)
		}
		return shown
	}
}

// succeeded reports whether the connection did what it was for. An HTTP status of a
// server's failure is one of its connections lost.
func (o Observation) succeeded() bool {
	return o.Outcome == OK && o.Status < http.StatusInternalServerError
}

// outOfTime is the observation where time was over before all connections were made.
// Those that were made did not fail: nothing is known of the target.
func outOfTime(made int, p Probe) Observation {
	seen := Observation{Connections: made}
	seen.failed(fail(Broken, "only %d of %d connections could be made in %v", made, max(p.Requests, 1), p.lasts()))
	return seen
}

// fresh makes so many measurements over a connection each, and returns those that
// were made, in the order in which they ended. None is begun after one has failed,
// or enough says of one, in that order, that no more are needed: the claim is then
// refuted in this round, whatever the others would see. One that the end of the
// probe's time cut short is left out.
func (n Network) fresh(ctx context.Context, p Probe, count int, measure func(ctx context.Context, i int) Observation, enough func(Observation) bool) []Observation {
	var made []Observation
	var lock sync.Mutex
	var next atomic.Int64
	var ended atomic.Bool
	work := func() {
		for i := int(next.Add(1)) - 1; i < count && !ended.Load(); i = int(next.Add(1)) - 1 {
			var one Observation
			begun := n.withSlots(ctx, 1, func() {
				bounded, cancel := n.Clock.WithTimeout(ctx, p.timeout())
				defer cancel()
				one = measure(bounded, i)
			})
			if !begun || !one.succeeded() && ctx.Err() != nil {
				return
			}
			lock.Lock()
			made = append(made, one)
			if !one.succeeded() || enough(one) {
				ended.Store(true)
			}
			lock.Unlock()
		}
	}
	var running sync.WaitGroup
	for range min(atOnce, count) {
		running.Go(work)
	}
	running.Wait()
	return made
}

// withSlots does something that has so many connections under way, when it may. It
// reports whether it did.
func (n Network) withSlots(ctx context.Context, count int, do func()) bool {
	if !n.slots.take(ctx, count) {
		return false
	}
	defer n.slots.give(count)
	do()
	return true
}
