package proof

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// VantagePoint is a place in a subnet from which probes run.
type VantagePoint interface {
	// Measure runs the probes there and returns one observation for each, in
	// the same order. An error says that nothing could be measured.
	Measure(ctx context.Context, probes []Probe) ([]Observation, error)
}

// Verification proves claims: it measures, gathers facts, judges, and does so
// again until every claim holds or the time is over, because a deployment
// takes effect step by step.
//
// A positive claim has to hold once, a negative one in three rounds running. The
// vantage points, and the claims judged by facts alone, have rounds of their own
// and do not wait for each other. When all hold, everything is in place; then
// what can be lost while the rest is awaited, facts and negative claims, has to
// hold once more, all of it in the same round, and not before Settle is over.
type Verification struct {
	// Subject says for people what is verified, such as "gateway endpoint to
	// S3 in VPC vpc-1".
	Subject string
	// Subjects say what single claims are about, by their ids, where several things are
	// verified together. Default: none.
	Subjects map[string]string
	// Claims are what must be true. Their ids must differ.
	Claims []Claim
	// VantagePoints are those that the claims name in From.
	VantagePoints map[string]VantagePoint
	// Lookups answer questions about facts. Required if a claim needs any.
	Lookups Lookups
	// Clock measures time and waits. Default: [SystemClock].
	Clock Clock
	// Limit is how long to try. Default: [DefaultLimit]. The first round is always
	// begun; a further one only if it can end within the limit. A claim that facts
	// refute for good ends the verification earlier (see [FactsSettle]).
	Limit time.Duration
	// Settle is the time before which the verification does not end well, so that its last
	// look at facts sees what was changed just before it began: AWS's APIs show a change
	// late, and may show the state before it meanwhile. Where the stack was still being
	// changed ([Last]), it counts from when it was not; where something may still be begun
	// that the proof does not wait for, it is [BeginsSettle] at least. It is shortened to what
	// Limit leaves.
	// Default: zero, for surroundings that nobody has just changed.
	Settle time.Duration
	// OnVerdict, if set, is called with each claim's final verdict as soon as it
	// is known, for one claim at a time.
	OnVerdict func(Verdict)
}

// The course of a verification.
const (
	// DefaultLimit is the default of [Verification.Limit]: longer than [FactsSettle],
	// after which what AWS's APIs say can be relied on, by the time for the rounds
	// that a negative claim needs then.
	DefaultLimit = FactsSettle + 3*time.Minute
	// negativeRounds is how many rounds running a negative claim must hold.
	negativeRounds = 3
	// The pause between rounds doubles from first to longest. It stays at first
	// while every open claim holds and only awaits its further rounds.
	firstPause, longestPause = time.Second, 5 * time.Second
	// lookupTime bounds the gathering of one claim's facts in one round.
	lookupTime = 10 * time.Second
	// answerTime is what a vantage point may need besides its probes: it may
	// have to start first.
	answerTime = 20 * time.Second
	// margin is what a round needs besides its probes to end before the limit.
	margin = time.Second
)

// Run verifies the claims and returns one verdict for each, in their order. It
// returns at the latest when Limit is over or ctx is done, even where a vantage
// point or a look-up hangs or panics.
func (v Verification) Run(ctx context.Context) Report {
	r := &run{v: v, clock: orSystem(v.Clock), limit: v.Limit, trials: make([]*trial, len(v.Claims))}
	if r.limit <= 0 {
		r.limit = DefaultLimit
	}
	r.start = r.clock.Now()
	ctx, cancel := r.clock.WithTimeout(ctx, r.limit)
	defer cancel()
	r.pauses, r.end = context.WithCancel(ctx)
	defer r.end()
	admitted := r.admit()
	if r.converge(ctx, admitted) {
		r.conclude(ctx, admitted)
	}
	for _, t := range r.trials {
		if !t.settled {
			r.settle(t, t.last)
		}
	}
	r.explain()
	report := Report{Subject: v.Subject, Subjects: v.Subjects, Took: r.clock.Now().Sub(r.start), Limit: r.limit, Final: r.final}
	for _, t := range r.trials {
		report.Verdicts = append(report.Verdicts, t.final)
	}
	return report
}

// admit returns the trials of the claims that can be tried, by their vantage
// point. Those that are judged by facts alone are under "", whatever they are
// about: they have rounds of their own. All others are settled.
func (r *run) admit() map[string][]*trial {
	admitted := map[string][]*trial{}
	for i, claim := range r.v.Claims {
		t := &trial{claim: claim}
		r.trials[i] = t
		if problem := r.problem(i); problem != nil {
			r.settle(t, r.unproven(claim, "%v", problem))
			continue
		}
		from := ""
		if claim.Kind.Measured() {
			from = claim.From
		}
		admitted[from] = append(admitted[from], t)
	}
	return admitted
}

// converge tries the claims of all vantage points at the same time, until each
// holds or time is over. It reports whether all hold; those that do not are
// settled.
func (r *run) converge(ctx context.Context, admitted map[string][]*trial) bool {
	var running sync.WaitGroup
	for from, trials := range admitted {
		running.Go(func() { r.rounds(ctx, from, trials) })
	}
	running.Wait()
	return !slices.ContainsFunc(r.trials, func(t *trial) bool { return t.settled })
}

// conclude tries what can be lost again until all of it holds in one round, or
// time is over. Then those that do not hold are settled.
func (r *run) conclude(ctx context.Context, admitted map[string][]*trial) {
	admitted = maps.Clone(admitted)
	var all []*trial
	for from, trials := range admitted {
		admitted[from] = slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool { return !t.canBeLost() })
		all = append(all, admitted[from]...)
	}
	longest := time.Duration(0)
	for _, t := range all {
		longest = max(longest, t.nextRoundTakes())
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		r.awaitSettled(all, longest)
		var running sync.WaitGroup
		for from, trials := range admitted {
			running.Go(func() {
				defer r.recovered(trials, (*trial).canBeLost)
				r.round(ctx, from, trials)
			})
		}
		running.Wait()
		if !slices.ContainsFunc(all, func(t *trial) bool { return t.last.State != Holds }) {
			return
		}
		left := r.limit - r.clock.Now().Sub(r.start) - pause - margin
		if r.hopeless(all) || left < longest || r.clock.Sleep(r.pauses, pause) != nil {
			break
		}
	}
	for _, t := range all {
		if t.last.State != Holds {
			r.settle(t, r.atLast(t))
		}
	}
}

// awaitSettled waits until Settle is over, if one of the trials needs facts, and leaves the
// time for a round that takes so long.
func (r *run) awaitSettled(trials []*trial, round time.Duration) {
	if !slices.ContainsFunc(trials, func(t *trial) bool { return len(t.claim.lookups()) > 0 }) {
		return
	}
	settle := r.unchangedSince(trials).Sub(r.start) + r.v.Settle
	if r.v.Settle > 0 && slices.ContainsFunc(trials, (*trial).mayBegin) {
		settle = max(settle, BeginsSettle)
	}
	until := min(settle, r.limit-round-margin)
	// An error means that time is over, which the round finds.
	_ = r.clock.Sleep(r.pauses, until-r.clock.Now().Sub(r.start))
}

// unchangedSince is when the stack was last seen being changed, or the start.
func (r *run) unchangedSince(trials []*trial) time.Time {
	since := r.start
	for _, t := range trials {
		if t.claim.Kind == Last && t.refutedAt.After(since) {
			since = t.refutedAt
		}
	}
	return since
}

// recovered makes a panic of a round the verdict of the trials that were open.
func (r *run) recovered(trials []*trial, open func(*trial) bool) {
	if p := recover(); p != nil {
		for _, t := range slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool { return !open(t) }) {
			t.record(r.unproven(t.claim, "the verification panicked: %v", p), r.clock.Now())
		}
	}
}

// run is one verification under way.
type run struct {
	v      Verification
	clock  Clock
	start  time.Time
	limit  time.Duration
	trials []*trial
	// failures are those of the look-ups of all rounds.
	failures failures
	// pauses is the context of the pauses between rounds; end ends it, and so the
	// verification when the rounds under way are over.
	pauses context.Context
	end    context.CancelFunc
	// settling guards the calls of OnVerdict, and final.
	settling sync.Mutex
	// final are the ids of the claims that ended the verification before its limit.
	final []string
}

// problem is why a claim cannot even be tried.
func (r *run) problem(i int) error {
	claim := r.v.Claims[i]
	if err := claim.Validate(); err != nil {
		return err
	}
	if claim.Kind.Measured() && r.v.VantagePoints[claim.From] == nil {
		return fmt.Errorf("there is no vantage point %q", claim.From)
	}
	if slices.ContainsFunc(r.v.Claims[:i], func(other Claim) bool { return other.ID == claim.ID }) {
		return fmt.Errorf("another claim has the id %s too", claim.ID)
	}
	return nil
}

// rounds tries the claims of one vantage point until all hold or time is over.
// Those that do not hold are settled.
func (r *run) rounds(ctx context.Context, from string, trials []*trial) {
	defer func() {
		for _, t := range trials {
			if !t.held() {
				r.settle(t, r.atLast(t))
			}
		}
	}()
	defer r.recovered(trials, func(t *trial) bool { return !t.held() })
	pause, open := firstPause, trials
	for {
		r.round(ctx, from, open)
		open = slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool { return t.held() })
		confirming := !slices.ContainsFunc(open, func(t *trial) bool { return t.streak == 0 })
		wait := pause
		if confirming {
			wait = firstPause
		} else {
			pause = min(2*pause, longestPause)
		}
		left := r.limit - r.clock.Now().Sub(r.start) - wait - margin
		open = slices.DeleteFunc(open, func(t *trial) bool { return t.nextRoundTakes() > left })
		if len(open) == 0 || r.hopeless(open) || r.clock.Sleep(r.pauses, wait) != nil {
			return
		}
	}
}

// settle gives the claim its final verdict and passes it to OnVerdict.
func (r *run) settle(t *trial, verdict Verdict) {
	r.settling.Lock()
	defer r.settling.Unlock()
	t.final, t.settled = verdict, true
	if r.v.OnVerdict == nil {
		return
	}
	defer func() { _ = recover() }() // OnVerdict must not stop the verification
	r.v.OnVerdict(verdict)
}

// unproven is the verdict on a claim that could not be tried.
func (r *run) unproven(claim Claim, format string, args ...any) Verdict {
	return Verdict{
		Claim: claim, State: Unproven, Expected: claim.expected(Facts{}),
		Seen: printable(shorten(fmt.Sprintf(format, args...), maxDetail)),
	}
}
