package proof

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// attempt is the measuring and judging of one claim in one round.
type attempt struct {
	*trial
	// facts arrive while the probes are under way.
	facts chan gathered
	// got are the facts once they have been received.
	got *gathered
	// probe is what is measured, and seen what was; unset for facts alone.
	probe Probe
	seen  Observation
	// failed is why the claim could not be tried in this round.
	failed *Verdict
}

// gathered is what [Gather] returned.
type gathered struct {
	facts Facts
	err   error
}

// round tries the claims once: it gathers the facts of all, measures in one request
// those that need it, and judges. A claim waits for its facts before it is measured
// only if they hold its target's name.
func (r *run) round(ctx context.Context, from string, open []*trial) {
	memory := remember(ctx, r.v.Lookups)
	memory.failures = &r.failures
	attempts := make([]*attempt, len(open))
	for i, t := range open {
		a := &attempt{trial: t, facts: make(chan gathered, 1)}
		attempts[i] = a
		go func() { a.facts <- r.gather(ctx, memory, a.claim) }()
	}
	r.measure(ctx, from, attempts)
	for _, a := range attempts {
		a.record(r.judge(a), r.clock.Now())
	}
}

// gather gathers the claim's facts. It returns in time, whatever the look-ups do.
func (r *run) gather(ctx context.Context, memory *memory, claim Claim) gathered {
	ctx, cancel := r.clock.WithTimeout(ctx, lookupTime)
	defer cancel()
	// Each look-up heeds ctx (see recall), and its error says which one it was.
	facts, err := guard(context.WithoutCancel(ctx), func() (Facts, error) { return gather(ctx, memory, claim) })
	return gathered{facts, err}
}

// awaitFacts waits for the claim's facts.
func (a *attempt) awaitFacts() gathered {
	if a.got == nil {
		got := <-a.facts
		a.got = &got
	}
	return *a.got
}

// measure has the vantage point measure what the attempts need.
func (r *run) measure(ctx context.Context, from string, attempts []*attempt) {
	var measured []*attempt
	var probes []Probe
	for _, a := range attempts {
		if !a.claim.Kind.Measured() || !r.prepare(a) {
			continue
		}
		measured, probes = append(measured, a), append(probes, a.probe)
	}
	if len(probes) == 0 {
		return
	}
	observations, err := r.ask(ctx, from, probes)
	for i, a := range measured {
		if err == nil {
			a.seen = observations[i]
			continue
		}
		verdict := r.unproven(a.claim, "the prober at %s did not measure: %v", from, err)
		verdict.Hint = "the log of the prober at " + from
		a.failed = &verdict
	}
}

// prepare makes the attempt's probe and reports whether there is one to send. Where
// an endpoint lacks the wanted name, that counts as a name that does not resolve.
func (r *run) prepare(a *attempt) bool {
	var facts Facts
	if a.claim.Host == "" {
		facts = a.awaitFacts().facts // if gathering failed, judge reports it
	}
	probe, err := a.claim.Probe(facts)
	if err != nil {
		a.seen = Observation{Outcome: NoName, Detail: err.Error()}
		return false
	}
	if probe.Requests > 0 {
		probe.Requests = a.claim.requests(a.rounds + 1)
	}
	a.probe = probe
	return true
}

// ask sends the probes to the vantage point and checks that the answer fits.
func (r *run) ask(ctx context.Context, from string, probes []Probe) ([]Observation, error) {
	longest := slices.MaxFunc(probes, func(a, b Probe) int { return cmp.Compare(a.longest(), b.longest()) }).longest()
	ctx, cancel := r.clock.WithTimeout(ctx, longest+answerTime)
	defer cancel()
	observations, err := guard(ctx, func() ([]Observation, error) {
		return r.v.VantagePoints[from].Measure(ctx, slices.Clone(probes))
	})
	if err != nil {
		return nil, err
	}
	return observations, checkObservations(probes, observations)
}

// judge is the attempt's verdict.
func (r *run) judge(a *attempt) Verdict {
	got := a.awaitFacts()
	if got.err != nil {
		verdict := r.unproven(a.claim, "%v", got.err)
		verdict.Hint = "the log of the verifier"
		if errors.Is(got.err, ErrDenied) {
			verdict.Hint = "the permissions of the verifier's role"
		}
		return verdict
	}
	if a.failed != nil {
		return *a.failed
	}
	a.known = got.facts
	verdict := Judge(a.claim, got.facts, a.seen)
	if a.probe.Host != "" {
		verdict.Measured = &Measured{Host: a.probe.Host, Port: a.probe.Port, Addresses: a.seen.Addresses}
		if a.probe.Kind.measurement().run == nil {
			verdict.Measured.Port = 0
		}
	}
	return verdict
}

// guard runs the function and returns when ctx is done at the latest; the function
// then goes on in the background. A panic becomes an error.
func guard[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	results := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				results <- result{err: fmt.Errorf("it panicked: %v", p)}
			}
		}()
		value, err := do()
		results <- result{value, err}
	}()
	select {
	case r := <-results:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, stopReason(ctx)
	}
}

// errLate is the error of a wait that has lasted too long.
var errLate = errors.New("it did not answer in time")

// stopReason is the error of a wait that ctx has ended.
func stopReason(ctx context.Context) error {
	if isOver(ctx) {
		return errLate
	}
	return fmt.Errorf("it was stopped: %w", context.Cause(ctx))
}
