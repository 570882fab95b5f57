package verifier

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// hanging never answers calls of the actions.
func hanging(actions ...string) func(*fixture) {
	return func(w *fixture) {
		w.aws.Fault = func(action string, _ int, _ http.ResponseWriter, r *http.Request) bool {
			for _, one := range actions {
				if one == action {
					<-r.Context().Done()
					return true
				}
			}
			return false
		}
	}
}

// The answer arrives before the function is ended, whatever hangs, and leaves time
// for its delivery.
func TestDeadline(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		fixture  func(*fixture)
		deadline time.Duration // 0: none, as in a lab
		limit    string        // TimeLimit
		status   string
		reason   string
		within   time.Duration
	}{
		{"every claim holds", nil, time.Minute, "300", "SUCCESS", "", 40 * time.Second},
		{"a claim never holds, TimeLimit first", proberSees("Opens", proof.TimedOut), 300 * time.Second, "60", "FAILED", "1 of 3 claims refuted", 61 * time.Second},
		{"a claim never holds, deadline first", proberSees("Opens", proof.TimedOut), time.Minute, "300", "FAILED", "1 of 3 claims refuted", 46 * time.Second},
		{"a claim never holds, no deadline", proberSees("Opens", proof.TimedOut), 0, "60", "FAILED", "1 of 3 claims refuted", 61 * time.Second},
		{"prober hangs", hanging("Invoke"), time.Minute, "300", "FAILED", "2 of 3 claims unproven", 50 * time.Second},
		{"look-ups hang", hanging("DescribeVpcEndpoints"), time.Minute, "300", "FAILED", "unproven", 50 * time.Second},
		{"everything hangs", hanging("Invoke", "DescribeVpcEndpoints", "DescribeStacks"), time.Minute, "300", "FAILED", "3 of 3 claims unproven", 56 * time.Second},
		{"everything hangs, no deadline", hanging("Invoke", "DescribeVpcEndpoints", "DescribeStacks"), 0, "60", "FAILED", "3 of 3 claims unproven", 80 * time.Second},
		{"stack status hangs, claims hold", hanging("DescribeStacks"), time.Minute, "300", "SUCCESS", "", 40 * time.Second},
		{"little time", proberSees("Opens", proof.TimedOut), 3 * time.Second, "300", "FAILED", "of 3 claims", 3 * time.Second},
		{"no time", nil, time.Nanosecond, "300", "FAILED", "no time was left", time.Millisecond},
		{"deadline passed", nil, -time.Minute, "300", "FAILED", "no time was left", time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				if test.fixture != nil {
					test.fixture(w)
				}
				ctx := t.Context()
				if test.deadline != 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				properties := goodProperties()
				properties["TimeLimit"] = test.limit
				event := newEvent(cfn.RequestCreate, properties)
				began := time.Now()
				answer := w.run(t, ctx, event)
				if took := time.Since(began); took > test.within {
					t.Errorf("took %v, want at most %v", took, test.within)
				}
				want := want{status: test.status}
				if test.reason != "" {
					want.reason = []string{test.reason}
				}
				check(t, event, answer, want)
			})
		})
	}
}

// fast is a clock that runs 60 times as fast as the system's, and a day behind.
type fast struct {
	proof.Clock
	began time.Time
}

func (f fast) Now() time.Time { return f.began.Add(60*time.Since(f.began) - 24*time.Hour) }

func (f fast) Sleep(ctx context.Context, d time.Duration) error { return f.Clock.Sleep(ctx, d/60) }

func (f fast) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return f.Clock.WithTimeout(ctx, d/60)
}

// The handler uses the clock in its options, and a deadline in that clock's time.
func TestClock(t *testing.T) {
	t.Parallel()
	for name, deadline := range map[string]time.Duration{"time limit": time.Hour, "deadline": time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				proberSees("Opens", proof.TimedOut)(w)
				options := w.options()
				clock := fast{proof.SystemClock(), time.Now()}
				end := clock.Now().Add(deadline)
				options.Clock = clock
				options.Deadline = func(context.Context) (time.Time, bool) { return end, true }
				if err := New(options).Handle(t.Context(), newEvent(cfn.RequestCreate, goodProperties())); err != nil {
					t.Fatal(err)
				}
				w.answer(t)
				if took := 60 * time.Since(clock.began); took > min(deadline, 61*time.Second) || took < 10*time.Second {
					t.Errorf("took %v of the clock's time", took)
				}
			})
		})
	}
}

// A look-up that ignores the end of its context does not delay the answer, which
// has what is known by then.
func TestUncancellableCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newFixture()
		release := make(chan struct{})
		options := w.options()
		options.Config.HTTPClient = uncancellable{lambdatest.Client{Handler: &w.aws}, release}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		event := newEvent(cfn.RequestCreate, goodProperties())
		if err := New(options).Handle(ctx, event); err != nil {
			t.Fatal(err)
		}
		if ctx.Err() != nil {
			t.Error("the answer came after the deadline")
		}
		check(t, event, w.answer(t), want{"FAILED", []string{"unproven"}})
		close(release)
	})
}

// uncancellable is an HTTP client whose DescribeVpcEndpoints ignores its context.
type uncancellable struct {
	lambdatest.Client
	release chan struct{}
}

func (s uncancellable) Do(r *http.Request) (*http.Response, error) {
	body, _ := r.GetBody()
	text := make([]byte, 4096)
	n, _ := body.Read(text)
	if strings.Contains(string(text[:n]), "Action=DescribeVpcEndpoints") {
		<-s.release
	}
	return s.Client.Do(r)
}

// A fault that passes fails no good deployment.
func TestTransientFaults(t *testing.T) {
	t.Parallel()
	first := func(action string, times int) func(*fixture) {
		return func(w *fixture) {
			w.aws.Fault = func(got string, n int, rw http.ResponseWriter, _ *http.Request) bool {
				if got == action && n <= times {
					lambdatest.Fail(rw, http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded.")
					return true
				}
				return false
			}
		}
	}
	tests := map[string]func(*fixture){
		"look-ups throttled at first":    first("DescribeVpcEndpoints", 4),
		"interfaces throttled at first":  first("DescribeNetworkInterfaces", 4),
		"prober throttled at first":      first("Invoke", 3),
		"stack status failing at first":  first("DescribeStacks", 3),
		"response URL failing at first":  func(w *fixture) { w.url.Fault = status(503, 4, "") },
		"endpoint usable some time late": lateBy(20 * time.Second),
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				change(w)
				event := newEvent(cfn.RequestUpdate, goodProperties())
				check(t, event, w.run(t, t.Context(), event), want{status: "SUCCESS"})
			})
		})
	}
}

func lateBy(d time.Duration) func(*fixture) {
	return func(w *fixture) {
		began := time.Now()
		w.aws.Prober = probing(func(probe proof.Probe, seen *proof.Observation) {
			if probe.Claim == "Opens" && time.Since(began) < d {
				seen.Outcome, seen.Detail = proof.TimedOut, "not yet"
			}
		})
	}
}

// The time that the function has after the time limit is enough for reading the
// stack's status, and for a first attempt to deliver that hangs and a second.
func TestAnswerMargin(t *testing.T) {
	t.Parallel()
	if needs := settleLimit + statusLimit + attemptLimit + longestPause + attemptLimit; needs > contract.AnswerMargin || answerReserve > contract.AnswerMargin {
		t.Errorf("the answer needs %v or %v, and has %v", needs, answerReserve, contract.AnswerMargin)
	}
}
