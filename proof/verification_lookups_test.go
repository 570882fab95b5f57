package proof

import (
	"context"
	"strings"
	"testing"
	"time"
)

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
