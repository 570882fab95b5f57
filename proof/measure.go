package proof

import (
	"context"
	"net/netip"
	"sync"
)

// Measure runs the probes concurrently on the network and returns one
// observation for each, in the same order. It returns when the last probe is
// done, or soon after ctx is. A probe that ctx cut short is [Broken],
// because the end of the time says nothing about the target.
func Measure(ctx context.Context, network Network, probes []Probe) []Observation {
	network = network.withDefaults()
	observations := make([]Observation, len(probes))
	var running sync.WaitGroup
	for i, probe := range probes {
		running.Go(func() { observations[i] = network.observe(ctx, probe) })
	}
	running.Wait()
	return observations
}

// observe runs one probe and never panics.
func (n Network) observe(ctx context.Context, probe Probe) (seen Observation) {
	start := n.Clock.Now()
	defer func() {
		if r := recover(); r != nil {
			seen = Observation{}
			seen.failed(fail(Broken, "the probe panicked: %v", r))
		}
		if seen.Outcome != OK && ctx.Err() != nil {
			seen = Observation{Outcome: Broken, Detail: "the measurement was cut short"}
		}
		seen.Claim = probe.Claim
		seen.Took = n.Clock.Now().Sub(start)
	}()
	if err := probe.validate(); err != nil {
		seen.failed(fail(Broken, "%v", err))
		return seen
	}
	addresses, failed := n.lookup(ctx, probe)
	if failed != nil {
		seen.failed(failed)
		return seen
	}
	seen.Addresses, seen.Outcome = addresses, OK
	measurement := probe.Kind.measurement()
	if measurement.run == nil {
		return seen
	}
	for _, address := range seen.Addresses {
		if what := forbidden(address); what != "" && !n.Local {
			seen.failed(fail(Broken, "the prober refuses to connect to %s: it is a %s address", address, what))
			return seen
		}
	}
	targets := make([]netip.AddrPort, len(seen.Addresses))
	for i, address := range seen.Addresses {
		targets[i] = netip.AddrPortFrom(address, uint16(probe.Port))
	}
	if measurement.fresh {
		bounded, cancel := n.Clock.WithTimeout(ctx, probe.lasts())
		defer cancel()
		return measurement.run(n, bounded, probe, targets)
	}
	if !n.withSlots(ctx, len(targets), func() {
		bounded, cancel := n.Clock.WithTimeout(ctx, probe.timeout())
		defer cancel()
		seen = measurement.run(n, bounded, probe, targets)
	}) {
		seen.Outcome = Broken // time was over: see above
	}
	if len(seen.Addresses) == 0 && seen.Outcome != Broken {
		seen.Addresses = addresses // all of them were tried
	}
	return seen
}

// lookup resolves the probe's host within the probe's time.
func (n Network) lookup(ctx context.Context, probe Probe) ([]netip.Addr, *failure) {
	bounded, cancel := n.Clock.WithTimeout(ctx, probe.timeout())
	defer cancel()
	return n.resolve(bounded, probe.Host)
}

// failed records how the measurement ended.
func (o *Observation) failed(f *failure) {
	o.Outcome, o.Detail, o.Missing = f.outcome, f.detail, f.missing
}
