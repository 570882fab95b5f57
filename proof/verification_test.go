package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunHolds(t *testing.T) {
	t.Parallel()
	private, outside := &fakeProber{takes: 3 * time.Second}, &fakeProber{takes: time.Second}
	verify(t, Verification{
		Subject: "endpoint", Claims: []Claim{connectClaim, hiddenClaim, deniedClaim, nameClaim, stateClaim},
		VantagePoints: map[string]VantagePoint{"private": private, "outside": outside},
	}, func(r Report) {
		want(t, r.Verdicts[0], Holds, 1, "10.0.0.115:443")
		want(t, r.Verdicts[1], Holds, 4, "no answer from 1.2.3.4 on TCP 443")
		want(t, r.Verdicts[2], Holds, 4, "s3:ListBucket denied (HTTP 403 AccessDenied)")
		want(t, r.Verdicts[3], Holds, 1, "10.0.0.115, 10.0.1.142")
		want(t, r.Verdicts[4], Holds, 2, "available")
		if m := r.Verdicts[0].Measured; m == nil || m.Port != 443 || m.Host == "" || len(m.Addresses) == 0 {
			t.Errorf("measured %+v, want the target of the connection", m)
		}
		if m := r.Verdicts[3].Measured; m == nil || m.Port != 0 || len(m.Addresses) != 2 {
			t.Errorf("measured %+v, want the name alone with its addresses", m)
		}
		if m := r.Verdicts[4].Measured; m != nil {
			t.Errorf("measured %+v for a claim that facts judge", m)
		}
		// Four rounds of 3 s and two pauses of 1 s, none before the last round: the
		// vantage points do not wait for each other.
		if r.Took != 14*time.Second || !r.Holds() || r.Subject != "endpoint" {
			t.Errorf("got %v, %s", r.Took, r.State())
		}
	})
	if got := strings.Join(private.asked, " | "); got != "Connects Hidden Name | Hidden | Hidden | Hidden" {
		t.Errorf("private was asked %s", got)
	}
	if got := strings.Join(outside.asked, " | "); got != "Denied | Denied | Denied | Denied" {
		t.Errorf("outside was asked %s", got)
	}
}

// TestRunConverges: what takes effect late holds in the end.
func TestRunConverges(t *testing.T) {
	t.Parallel()
	private := &fakeProber{seen: func(round int, probe Probe) Observation {
		if probe.Claim == "Hidden" && round == 2 || probe.Claim == "Connects" && round < 5 {
			return ill(probe)
		}
		return well(probe)
	}}
	verify(t, Verification{
		Claims:        []Claim{connectClaim, hiddenClaim},
		VantagePoints: map[string]VantagePoint{"private": private},
	}, func(r Report) {
		want(t, r.Verdicts[0], Holds, 5, "10.0.0.115:443")
		want(t, r.Verdicts[1], Holds, 6, "no answer from 1.2.3.4 on TCP 443") // 3, 4, 5, and at the end
		if r.Took != (1+2+4+5)*time.Second {
			t.Errorf("took %v: the pauses should be 1, 2, 4 and 5 s", r.Took)
		}
	})
}

// TestRunRounds has courses of one claim: what the n-th measurement saw (+ well,
// - ill, ? the prober failed; the last goes on), and what must come of it.
func TestRunRounds(t *testing.T) {
	t.Parallel()
	const (
		nothing = "nothing answered"
		failed  = "the prober at private did not measure: crashed"
		open    = "no answer from 1.2.3.4 on TCP 443"
		reached = "it was reached at 1.2.3.4"
	)
	for _, test := range []struct {
		claim  Claim
		course string
		limit  time.Duration
		state  State
		rounds int
		seen   string
	}{
		{connectClaim, "+", 0, Holds, 1, "10.0.0.115:443"},
		{connectClaim, "-+", 0, Holds, 2, "10.0.0.115:443"},
		{connectClaim, "??-+", 0, Holds, 4, "10.0.0.115:443"},
		{connectClaim, "-", 60 * time.Second, Refuted, 11, nothing},
		{connectClaim, "?", 60 * time.Second, Unproven, 11, failed},
		{connectClaim, "?-", 20 * time.Second, Refuted, 3, nothing},
		{connectClaim, "-?", 20 * time.Second, Unproven, 3, failed + "; in round 1 it was refuted: " + nothing},
		{connectClaim, "--?", 20 * time.Second, Unproven, 3, failed + "; in round 2 it was refuted: " + nothing},
		{connectClaim, "-", time.Second, Refuted, 1, nothing},              // the first round is always begun
		{connectClaim, "-", 15643 * time.Millisecond, Refuted, 1, nothing}, // 13.644 s, a pause and a margin
		{connectClaim, "-", 15644 * time.Millisecond, Refuted, 2, nothing},
		{hiddenClaim, "+", 0, Holds, 4, open},
		{hiddenClaim, "++-+", 0, Holds, 7, open},
		{hiddenClaim, "++?+", 0, Holds, 7, open},
		{hiddenClaim, "-+", 0, Holds, 5, open},
		{hiddenClaim, "-", 20 * time.Second, Refuted, 5, reached},
		{hiddenClaim, "+", 8 * time.Second, Unproven, 2, "at the end it had held in 2 of the 3 rounds running that are required (" + open + ")"},
		{hiddenClaim, "-+", 9 * time.Second, Unproven, 3, "at the end it had held in 2 of the 3 rounds running that are required (" + open + "); in round 1 it was refuted: " + reached},
		{hiddenClaim, "+++-+", 0, Holds, 5, open}, // lost in the end, and there again
		{hiddenClaim, "+++-", 20 * time.Second, Refuted, 7, reached},
	} {
		private := &fakeProber{}
		course := func(round int) byte { return test.course[min(round, len(test.course))-1] }
		private.seen = func(round int, probe Probe) Observation {
			if course(round) == '-' {
				return ill(probe)
			}
			return well(probe)
		}
		private.before = func(_ context.Context, round int) error {
			if course(round) == '?' {
				return errors.New("crashed")
			}
			return nil
		}
		t.Run(fmt.Sprintf("%s %s %v", test.claim.ID, test.course, test.limit), func(t *testing.T) {
			verify(t, Verification{Claims: []Claim{test.claim}, Limit: test.limit, VantagePoints: map[string]VantagePoint{"private": private}}, func(r Report) {
				want(t, r.Verdicts[0], test.state, test.rounds, test.seen)
				hint := r.Verdicts[0].Hint
				if (hint == "") != (test.state == Holds) {
					t.Errorf("got hint %q", hint)
				}
				if strings.Contains(test.seen, "; in round ") && hint != hintWay && hint != hintReached {
					t.Errorf("got hint %q, want that of the refutation", hint)
				}
			})
		})
	}
}

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
			Template:  `{"Resources": {"Way": {"Type": "AWS::EC2::Route"}, "Proof": {"Type": "Custom::EndpointProof"}}}`,
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

// stuck is a clock that cannot wait.
type stuck struct{ systemClock }

func (stuck) Sleep(context.Context, time.Duration) error { panic("no time") }

// TestRunPanics: even a fault of the verification's own ends in verdicts.
func TestRunPanics(t *testing.T) {
	t.Parallel()
	report := Verification{
		Claims: []Claim{connectClaim, hiddenClaim}, Clock: stuck{},
		VantagePoints: map[string]VantagePoint{"private": &fakeProber{}},
	}.Run(t.Context())
	want(t, report.Verdicts[0], Holds, 1, "10.0.0.115:443")
	want(t, report.Verdicts[1], Unproven, 2, "the verification panicked: no time")
}

func TestRunBadClaims(t *testing.T) {
	t.Parallel()
	bad, lost, twin := connectClaim, connectClaim, connectClaim
	bad.ID, bad.Port = "Bad", -1
	lost.ID, lost.From = "Lost", "nowhere"
	verify(t, Verification{
		Claims:        []Claim{connectClaim, bad, lost, twin, {ID: "Odd", Kind: "odd"}},
		VantagePoints: map[string]VantagePoint{"private": &fakeProber{}},
	}, func(r Report) {
		want(t, r.Verdicts[0], Holds, 1, "10.0.0.115:443")
		want(t, r.Verdicts[1], Unproven, 0, `claim Bad: Port: want 1 to 65535, got "-1"`)
		want(t, r.Verdicts[2], Unproven, 0, `there is no vantage point "nowhere"`)
		want(t, r.Verdicts[3], Unproven, 0, "another claim has the id Connects too")
		if odd := r.Verdicts[4]; odd.State != Unproven || odd.Rounds != 0 {
			t.Errorf("got %+v", odd)
		}
	})
	verify(t, Verification{}, func(r Report) {
		if r.State() != Unproven || r.Holds() {
			t.Error("a verification of nothing holds")
		}
	})
}

// TestRunMissingName: an endpoint without the wanted name is a name that does
// not resolve: refuted where it should, unproven where it should not be reached.
func TestRunMissingName(t *testing.T) {
	t.Parallel()
	connects := nameClaim
	connects.Zone = "ap-northeast-2c"
	hidden := Claim{ID: "Hidden", Kind: Unreachable, From: "private", Endpoint: "vpce-1", Zone: "ap-northeast-2c"}
	private := &fakeProber{}
	verify(t, Verification{
		Claims: []Claim{connects, hidden}, Limit: 8 * time.Second,
		VantagePoints: map[string]VantagePoint{"private": private},
	}, func(r Report) {
		if v := r.Verdicts[0]; v.State != Refuted || !strings.HasPrefix(v.Seen, "the endpoint vpce-1 has no DNS name for the zone ap-northeast-2c among its names ") {
			t.Errorf("got %+v", v)
		}
		if v := r.Verdicts[1]; v.State != Unproven || !strings.HasPrefix(v.Seen, "the address to connect to is unknown (the endpoint vpce-1 has no DNS name") {
			t.Errorf("got %+v", v)
		}
	})
	if len(private.asked) != 0 {
		t.Errorf("the prober was asked %s", private.asked)
	}
}

// TestRunLookups: facts are looked up anew each round, once a round, and while
// the probes are under way.
func TestRunLookups(t *testing.T) {
	t.Parallel()
	public := Claim{ID: "Public", Kind: Resolves, From: "private", Host: "c.example", Endpoint: "vpce-1", Answer: AnswerPublic}
	lookups := allLookups()
	lookups.before = func(ctx context.Context, _ string) error { return SystemClock().Sleep(ctx, time.Second) }
	private := &fakeProber{takes: 3 * time.Second, seen: func(round int, probe Probe) Observation {
		if round == 1 {
			return ill(probe)
		}
		return Observation{Outcome: OK, Addresses: addrs("52.1.1.1")}
	}}
	again := public
	again.ID = "Again"
	verify(t, Verification{Claims: []Claim{public, again}, Lookups: lookups.lookups(), VantagePoints: map[string]VantagePoint{"private": private}}, func(r Report) {
		want(t, r.Verdicts[0], Holds, 2, "52.1.1.1")
		if r.Took != 7*time.Second {
			t.Errorf("took %v: the look-ups should not add to the probes", r.Took)
		}
	})
	if got := strings.Join(lookups.asked, ", "); got != "endpoint vpce-1, interfaces [eni-a eni-b], vpc vpc-1, endpoint vpce-1, interfaces [eni-a eni-b], vpc vpc-1" {
		t.Errorf("asked %s", got)
	}
}

// TestRunNoLookups: a claim that needs facts is unproven where there are no look-ups.
func TestRunNoLookups(t *testing.T) {
	t.Parallel()
	report := Verification{Claims: []Claim{{ID: "A", Kind: Unrouted, Endpoint: "vpce-1"}}, Limit: time.Second}.Run(t.Context())
	if v := report.Verdicts[0]; v.State != Unproven || v.Seen != "there is nothing to look facts up with" {
		t.Errorf("got %+v", v)
	}
}

// TestRunFactsFirst: what is judged by facts alone is looked up beside the probes,
// even beside those at the place that it is about.
func TestRunFactsFirst(t *testing.T) {
	t.Parallel()
	opens := Claim{ID: "Opens", Kind: Connects, From: "private", Host: "10.0.0.5"}
	placed := Claim{ID: "Placed", Kind: Placed, From: "private", Subnets: []string{"subnet-1"}}
	var settled []string
	slow := &fakeProber{takes: 3 * time.Second, seen: func(_ int, probe Probe) Observation {
		return Observation{Outcome: OK, Addresses: addrs("10.0.0.5"), Connections: probe.Requests}
	}}
	verify(t, Verification{
		Claims: []Claim{opens, placed}, VantagePoints: map[string]VantagePoint{"private": slow},
		OnVerdict: func(v Verdict) { settled = append(settled, v.Claim.ID) },
	}, func(r Report) {
		// All is settled at the end: 3 s of probing, and the facts once more.
		if got := strings.Join(settled, " "); got != "Opens Placed" || !r.Holds() || r.Took != 3*time.Second {
			t.Errorf("settled %s: %s", got, r.Text())
		}
	})
}

// TestRunClock: all waiting goes by the clock that is given.
func TestRunClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("b.example. 60 IN A 10.0.0.9")
	network := w.network()
	network.Clock = fast(500)
	start := time.Now()
	report := Verification{
		Claims: []Claim{hiddenClaim, {ID: "Slow", Kind: Connects, From: "private", Host: "10.0.0.8"}}, Clock: network.Clock, Limit: 10 * time.Minute,
		VantagePoints: map[string]VantagePoint{"private": measurer(network)},
	}.Run(t.Context())
	if took := time.Since(start); took > 30*time.Second || report.Took < 5*time.Minute {
		t.Errorf("took %v of the wall's time, %v of the clock's", took, report.Took)
	}
	// At this speed a busy machine may miss a round's time: then it is unproven.
	if report.Verdicts[1].State == Holds || report.Verdicts[1].Rounds < 10 {
		t.Errorf("got %+v", report.Verdicts[1])
	}
}

// measurer measures on a network directly.
type measurer Network

func (m measurer) Measure(ctx context.Context, probes []Probe) ([]Observation, error) {
	return Measure(ctx, Network(m), probes), nil
}
