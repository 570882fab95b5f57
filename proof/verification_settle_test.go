package proof

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// What held can be lost while the rest is awaited: facts and negative claims are
// judged again at the very end, all in one round, and positive ones are not.
func TestRunConcludes(t *testing.T) {
	t.Parallel()
	asked := 0
	private := &fakeProber{seen: func(round int, probe Probe) Observation {
		if probe.Claim == "Connects" {
			asked++
			if round < 4 { // long after the others hold
				return ill(probe)
			}
		}
		return well(probe)
	}}
	facts := allLookups()
	states := 0
	lookups := slices.DeleteFunc(facts.lookups(), func(a Answer) bool { return a.lookup == source(EndpointLookup) })
	lookups = append(lookups, EndpointLookup.By(func(_ context.Context, id string) (Endpoint, error) {
		endpoint := facts.endpoints[id]
		if states++; states == 2 { // the first time at the end
			endpoint.State = "failed"
		}
		return endpoint, nil
	}))
	verify(t, Verification{
		Claims: []Claim{connectClaim, hiddenClaim, stateClaim}, Lookups: lookups,
		VantagePoints: map[string]VantagePoint{"private": private},
	}, func(r Report) {
		want(t, r.Verdicts[0], Holds, 4, "10.0.0.115:443")
		want(t, r.Verdicts[1], Holds, 5, "no answer from 1.2.3.4 on TCP 443")
		want(t, r.Verdicts[2], Holds, 3, "available")
	})
	if asked != 4 {
		t.Errorf("the connection was measured %d times, want 4: it held", asked)
	}
}

// TestRunSettles: where facts count, the last look at them comes after Settle, so that an old
// answer is not the last one; where nothing but measurements count, nobody waits.
func TestRunSettles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		claims []Claim
		limit  time.Duration
		shown  time.Duration // since when the APIs show that the endpoint failed
		took   time.Duration
		state  State
	}{
		"sound":                {[]Claim{stateClaim}, 0, time.Hour, time.Minute, Holds},
		"shown late":           {[]Claim{stateClaim}, 3 * time.Minute, 50 * time.Second, 175 * time.Second, Refuted},
		"shown too late":       {[]Claim{stateClaim}, 0, 61 * time.Second, time.Minute, Holds},
		"a limit that is less": {[]Claim{stateClaim}, 30 * time.Second, time.Hour, 29 * time.Second, Holds},
		"no facts":             {[]Claim{hiddenClaim}, 0, time.Hour, 2 * time.Second, Holds},
	} {
		t.Run(name, func(t *testing.T) {
			facts := allLookups()
			var start time.Time
			lookups := slices.DeleteFunc(facts.lookups(), func(a Answer) bool { return a.lookup == source(EndpointLookup) })
			lookups = append(lookups, EndpointLookup.By(func(_ context.Context, id string) (Endpoint, error) {
				if start.IsZero() {
					start = time.Now()
				}
				endpoint := facts.endpoints[id]
				if time.Since(start) >= test.shown {
					endpoint.State = "failed"
				}
				return endpoint, nil
			}))
			verify(t, Verification{
				Claims: test.claims, Lookups: lookups, Limit: test.limit, Settle: time.Minute,
				VantagePoints: map[string]VantagePoint{"private": &fakeProber{}},
			}, func(r Report) {
				if r.State() != test.state || r.Took < test.took || r.Took > test.took+3*time.Second {
					t.Errorf("%s after %v, want %s after %v", r.State(), r.Took, test.state, test.took)
				}
			})
		})
	}
}

// TestRunSettlesAfterTheLastChange: where the stack was still being changed when the
// verification began, Settle counts from when it was not: what was made last is shown late, too.
func TestRunSettlesAfterTheLastChange(t *testing.T) {
	t.Parallel()
	const changing, shown = 100 * time.Second, 130 * time.Second
	facts := allLookups()
	var start time.Time
	lookups := slices.DeleteFunc(facts.lookups(), func(a Answer) bool { return a.lookup == source(EndpointLookup) })
	lookups = append(lookups, EndpointLookup.By(func(_ context.Context, id string) (Endpoint, error) {
		endpoint := facts.endpoints[id]
		if time.Since(start) >= shown {
			endpoint.State = "failed"
		}
		return endpoint, nil
	}), StackLookup.By(func(context.Context, string) (Stack, error) {
		if start.IsZero() {
			start = time.Now()
		}
		status := "CREATE_COMPLETE"
		if time.Since(start) < changing {
			status = "CREATE_IN_PROGRESS"
		}
		return Stack{
			Template:  `{"Resources": {"Way": {"Type": "AWS::EC2::Route"}, "Proof": {"Type": "Custom::EndpointProof", "DependsOn": "Way"}}}`,
			Resources: []StackResource{{"Way", "AWS::EC2::Route", status}, {"Proof", "Custom::EndpointProof", "CREATE_IN_PROGRESS"}},
		}, nil
	}))
	claims := []Claim{{ID: "Last", Kind: Last, Stack: "arn:aws:cloudformation:r:1:stack/Web/1a2b"}, stateClaim}
	verify(t, Verification{Claims: claims, Lookups: lookups, Limit: 4 * time.Minute, Settle: time.Minute}, func(r Report) {
		if r.State() != Refuted || r.Verdicts[0].State != Holds {
			t.Errorf("%s after %v: %s", r.State(), r.Took, r.Text())
		}
	})
}

// TestRunStops: a verification that is told to stop stops, with a verdict for
// every claim.
func TestRunStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(10*time.Second, func() { cancel(errors.New("the stack is gone")) })
		v := Verification{
			Claims:        []Claim{connectClaim, stateClaim},
			VantagePoints: map[string]VantagePoint{"private": &fakeProber{before: func(context.Context, int) error { time.Sleep(time.Hour); return nil }}},
			Lookups:       allLookups().lookups(), OnVerdict: func(Verdict) { panic("deaf ears") },
		}
		report := v.Run(ctx)
		want(t, report.Verdicts[0], Unproven, 1, "the prober at private did not measure: it was stopped: the stack is gone")
		want(t, report.Verdicts[1], Holds, 1, "available")
		if report.Took != 10*time.Second {
			t.Errorf("took %v", report.Took)
		}
		linger()
	})
}
