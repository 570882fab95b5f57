package proof

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeProber is a vantage point that measures what the test says, round by round;
// time in these tests is synctest's, and costs none.
type fakeProber struct {
	// seen answers the n-th request (from 1) for a probe. Default: all is well.
	seen func(round int, probe Probe) Observation
	// before, if set, can hold up or fail the n-th request, or spoil its answer.
	before func(ctx context.Context, round int) error
	spoil  func(round int, seen []Observation) []Observation
	// takes is how long a request lasts.
	takes time.Duration

	lock  sync.Mutex
	asked []string // the claims of each request
}

func (p *fakeProber) Measure(ctx context.Context, probes []Probe) ([]Observation, error) {
	var ids []string
	for _, probe := range probes {
		ids = append(ids, probe.Claim)
	}
	p.lock.Lock()
	p.asked = append(p.asked, strings.Join(ids, " "))
	round := len(p.asked)
	p.lock.Unlock()
	if p.before != nil {
		if err := p.before(ctx, round); err != nil {
			return nil, err
		}
	}
	if err := SystemClock().Sleep(ctx, p.takes); err != nil {
		return nil, err
	}
	var all []Observation
	for _, probe := range probes {
		seen := well(probe)
		if p.seen != nil {
			seen = p.seen(round, probe)
		}
		seen.Claim = probe.Claim
		all = append(all, seen)
	}
	if p.spoil != nil {
		all = p.spoil(round, all)
	}
	return all, nil
}

// well is what a probe sees where the claim holds.
func well(probe Probe) Observation {
	seen := Observation{Outcome: OK, Addresses: addrs("10.0.0.115", "10.0.1.142"), Status: 200, Certificate: "CN=a"}
	switch probe.Kind {
	case Unreachable:
		seen = Observation{Outcome: TimedOut, Addresses: addrs("1.2.3.4")}
	case Denied:
		seen.Status, seen.Code = 403, "AccessDenied"
	case Spreads:
		seen.Counts = map[string]int{"WEB1": probe.Requests / 2, "WEB2": (probe.Requests + 1) / 2}
	}
	seen.Connections = probe.Requests
	return seen
}

// ill is what a probe sees where the claim is refuted.
func ill(probe Probe) Observation {
	switch probe.Kind {
	case Unreachable:
		return Observation{Outcome: OK, Addresses: addrs("1.2.3.4")}
	case Denied:
		return Observation{Outcome: OK, Status: 200}
	}
	return Observation{Outcome: TimedOut, Detail: "nothing answered"}
}

var (
	connectClaim = Claim{ID: "Connects", Kind: Connects, From: "private", Host: "a.example"}
	hiddenClaim  = Claim{ID: "Hidden", Kind: Unreachable, From: "private", Host: "b.example"}
	deniedClaim  = Claim{ID: "Denied", Kind: Denied, From: "outside", Host: "a.example", Call: testCall}
	nameClaim    = Claim{ID: "Name", Kind: Resolves, From: "private", Endpoint: "vpce-1", Answer: AnswerInterfaces}
	stateClaim   = Claim{ID: "State", Kind: Available, Endpoint: "vpce-1"}
)

// verify runs a verification in synctest's time and checks what no course of
// events may change.
func verify(t *testing.T, v Verification, check func(Report)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var heard []Verdict
		also := v.OnVerdict
		v.OnVerdict = func(verdict Verdict) {
			heard = append(heard, verdict)
			if also != nil {
				also(verdict)
			}
		}
		if v.Lookups == nil {
			v.Lookups = allLookups().lookups()
		}
		start := time.Now()
		report := v.Run(t.Context())
		took := time.Since(start)
		limit := v.Limit
		if limit == 0 {
			limit = DefaultLimit
		}
		if took > limit || report.Took != took {
			t.Errorf("it took %v, says %v, and may take %v", took, report.Took, limit)
		}
		if len(report.Verdicts) != len(v.Claims) || len(heard) != len(v.Claims) {
			t.Fatalf("%d claims, %d verdicts, %d heard", len(v.Claims), len(report.Verdicts), len(heard))
		}
		for i, verdict := range report.Verdicts {
			if verdict.Claim.ID != v.Claims[i].ID || verdict.Expected == "" || verdict.Seen == "" {
				t.Errorf("at %d: got %+v", i, verdict)
			}
		}
		check(report)
		linger()
	})
}

// linger lets calls come to their end that the verification gave up on.
func linger() { time.Sleep(24 * time.Hour) }

func want(t *testing.T, verdict Verdict, state State, rounds int, seen string) {
	t.Helper()
	if verdict.State != state || verdict.Rounds != rounds || verdict.Seen != seen {
		t.Errorf("%s: got  %s in %d: %q\nwant %s in %d: %q", verdict.Claim.ID, verdict.State, verdict.Rounds, verdict.Seen, state, rounds, seen)
	}
}
