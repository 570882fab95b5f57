package proof

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestRunFaults: whatever a vantage point or a look-up does, every claim gets
// its verdict in time; lasting faults do not pass, transient ones do not fail.
func TestRunFaults(t *testing.T) {
	t.Parallel()
	fault := func(lasting bool, do func(ctx context.Context) error) func(context.Context, int) error {
		return func(ctx context.Context, round int) error {
			if lasting || round <= 2 {
				return do(ctx)
			}
			return nil
		}
	}
	spoiled := func(change func([]Observation) []Observation) func(bool) *fakeProber {
		return func(lasting bool) *fakeProber {
			return &fakeProber{spoil: func(round int, seen []Observation) []Observation {
				if lasting || round <= 2 {
					return change(seen)
				}
				return seen
			}}
		}
	}
	broken := func(do func(ctx context.Context) error) func(bool) *fakeProber {
		return func(lasting bool) *fakeProber { return &fakeProber{before: fault(lasting, do)} }
	}
	for name, test := range map[string]struct {
		place func(lasting bool) *fakeProber
		seen  string // of a lasting fault
	}{
		"the prober fails":        {broken(func(context.Context) error { return errors.New("Unhandled: exit status 1") }), "the prober at private did not measure: Unhandled: exit status 1"},
		"the prober panics":       {broken(func(context.Context) error { panic("nil map") }), "the prober at private did not measure: it panicked: nil map"},
		"the prober hangs":        {broken(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }), "the prober at private did not measure: it did not answer in time"},
		"the prober is deaf too":  {broken(func(context.Context) error { time.Sleep(time.Hour); return nil }), "the prober at private did not measure: it did not answer in time"},
		"no observations":         {spoiled(func([]Observation) []Observation { return nil }), "the prober at private did not measure: want 2 observations, got 0"},
		"one observation too few": {spoiled(func(s []Observation) []Observation { return s[:1] }), "the prober at private did not measure: want 2 observations, got 1"},
		"one too many":            {spoiled(func(s []Observation) []Observation { return append(s, s[0]) }), "the prober at private did not measure: want 2 observations, got 3"},
		"observations mixed up": {spoiled(func(s []Observation) []Observation { return []Observation{s[1], s[0]} }),
			`the prober at private did not measure: want the observation for claim Connects at position 1, got one for "Other"`},
		"garbage inside": {spoiled(func(s []Observation) []Observation {
			for i := range s {
				s[i] = Observation{Claim: s[i].Claim, Outcome: "ok!"}
			}
			return s
		}), `the answer of the prober at private makes no sense: the outcome is "ok!"`},
	} {
		other := connectClaim // one that needs as much time
		other.ID = "Other"
		for _, lasting := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, lasting %t", name, lasting), func(t *testing.T) {
				verify(t, Verification{
					Claims: []Claim{connectClaim, other, deniedClaim}, Limit: 2 * time.Minute,
					VantagePoints: map[string]VantagePoint{"private": test.place(lasting), "outside": &fakeProber{}},
				}, func(r Report) {
					for _, verdict := range r.Verdicts[:2] {
						if !lasting && verdict.State != Holds {
							t.Errorf("got %+v", verdict)
						}
						if lasting && (verdict.State != Unproven || verdict.Seen != test.seen || verdict.Hint != hintLog) {
							t.Errorf("got %s: %q, hint %q\nwant %q", verdict.State, verdict.Seen, verdict.Hint, test.seen)
						}
					}
					rounds := negativeRounds
					if !lasting {
						rounds++ // the last, when all hold
					}
					want(t, r.Verdicts[2], Holds, rounds, "s3:ListBucket denied (HTTP 403 AccessDenied)") // the other is untouched
				})
			})
		}
	}
}

func TestRunLookupFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault      func(ctx context.Context) error
		seen, hint string
	}{
		"throttled": {func(context.Context) error { return errors.New("RequestLimitExceeded") }, "looking up the endpoint vpce-1: RequestLimitExceeded", "the log of the verifier"},
		"denied":    {func(context.Context) error { return fmt.Errorf("no: %w", ErrDenied) }, "looking up the endpoint vpce-1: no: access denied", "the permissions of the verifier's role"},
		"panics":    {func(context.Context) error { panic("oh") }, "looking up the endpoint vpce-1: it panicked: oh", "the log of the verifier"},
		"hangs":     {func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, "looking up the endpoint vpce-1: it did not answer in time", "the log of the verifier"},
		"is deaf":   {func(context.Context) error { time.Sleep(time.Hour); return nil }, "looking up the endpoint vpce-1: it did not answer in time", "the log of the verifier"},
	} {
		for _, lasting := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, lasting %t", name, lasting), func(t *testing.T) {
				lookups, private := allLookups(), &fakeProber{}
				calls := 0
				var lock sync.Mutex
				lookups.before = func(ctx context.Context, what string) error {
					lock.Lock()
					calls++
					faulty := lasting || calls <= 3
					lock.Unlock()
					if faulty {
						return test.fault(ctx)
					}
					return nil
				}
				verify(t, Verification{
					Claims: []Claim{connectClaim, nameClaim, stateClaim}, Limit: 2 * time.Minute, Lookups: lookups.lookups(),
					VantagePoints: map[string]VantagePoint{"private": private},
				}, func(r Report) {
					want(t, r.Verdicts[0], Holds, 1, "10.0.0.115:443") // needs no facts
					if lasting && strings.Join(private.asked, "|") != "Connects" {
						t.Errorf("the prober was asked %q, and the name is not known", private.asked)
					}
					for _, verdict := range r.Verdicts[1:] {
						if !lasting && verdict.State != Holds {
							t.Errorf("got %+v", verdict)
						}
						if lasting && (verdict.State != Unproven || verdict.Seen != test.seen || verdict.Hint != test.hint) {
							t.Errorf("got %s: %q, hint %q\nwant %q", verdict.State, verdict.Seen, verdict.Hint, test.seen)
						}
					}
				})
			})
		}
	}
}

// TestRunProberTime: a prober is given the time that its slowest probe may take,
// and as much as it may need to start.
func TestRunProberTime(t *testing.T) {
	t.Parallel()
	spreads := Claim{ID: "Spreads", Kind: Spreads, From: "private", Host: "a.example", Hosts: []string{"WEB1", "WEB2"}}
	for _, claims := range [][]Claim{{connectClaim, spreads, hiddenClaim}, {spreads, connectClaim}} {
		for takes, state := range map[time.Duration]State{33 * time.Second: Holds, 35 * time.Second: Unproven} { // 5 s, 8.5 s + 20 s
			verify(t, Verification{
				Claims: claims, VantagePoints: map[string]VantagePoint{"private": &fakeProber{takes: takes}},
			}, func(r Report) {
				for _, verdict := range r.Verdicts {
					if verdict.State != state && verdict.Claim.Kind == Spreads {
						t.Errorf("a prober that takes %v: got %+v", takes, verdict)
					}
				}
			})
		}
	}
}

// A look-up that does not answer any more says what it failed with before: that is the cause
// that a person can do something about.
func TestRunLookupThatFailsAndThenHangs(t *testing.T) {
	t.Parallel()
	lookups := allLookups()
	var lock sync.Mutex
	failed := map[string]bool{}
	lookups.before = func(ctx context.Context, what string) error {
		lock.Lock()
		first := !failed[what]
		failed[what] = true
		lock.Unlock()
		if first {
			return errors.New("RequestLimitExceeded")
		}
		<-ctx.Done()
		return ctx.Err()
	}
	verify(t, Verification{Claims: []Claim{stateClaim}, Limit: 2 * time.Minute, Lookups: lookups.lookups()}, func(r Report) {
		const seen = "looking up the endpoint vpce-1: it did not answer in time; before, it failed with RequestLimitExceeded"
		if got := r.Verdicts[0]; got.State != Unproven || got.Seen != seen {
			t.Errorf("%s: %q, want %q", got.State, got.Seen, seen)
		}
	})
}
