package proof

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
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
