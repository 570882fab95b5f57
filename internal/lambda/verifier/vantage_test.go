package verifier

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

const proberARN = "arn:aws:lambda:ap-northeast-2:111122223333:function:prober"

var twoProbes = []proof.Probe{{Claim: "A", Kind: proof.Connects, Host: "192.0.2.1", Port: 443}, {Claim: "B", Kind: proof.Resolves, Host: "example.com"}}

// proberOnLoopback is a vantage point whose Lambda API is on a real socket.
func proberOnLoopback(t *testing.T, fake *lambdatest.AWS) *vantagePoint {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	h := New(Options{Config: testConfig(nil, server.URL)})
	return &vantagePoint{name: "private", function: proberARN, client: api.New(h.config), clock: proof.SystemClock(), log: slog.New(slog.DiscardHandler)}
}

func TestVantagePoint(t *testing.T) {
	t.Parallel()
	want := []proof.Observation{{Claim: "A", Outcome: proof.Refused, Detail: "no"}, {Claim: "B", Outcome: proof.OK}}
	fake := &lambdatest.AWS{Prober: func(function string, payload []byte) ([]byte, string) {
		var request proof.Request
		if err := json.Unmarshal(payload, &request); err != nil || function != proberARN {
			t.Errorf("function %s, payload %s: %v", function, payload, err)
		}
		if diff := cmp.Diff(twoProbes, request.Probes); diff != "" {
			t.Error(diff)
		}
		answer, _ := json.Marshal(proof.Response{Observations: want})
		return answer, ""
	}}
	got, err := proberOnLoopback(t, fake).Measure(t.Context(), twoProbes)
	if diff := cmp.Diff(want, got, comparable); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
}

// A prober that fails is an error that explains itself, after a single call.
func TestVantagePointErrors(t *testing.T) {
	t.Parallel()
	answers := func(answer, functionError string) *lambdatest.AWS {
		return &lambdatest.AWS{Prober: func(string, []byte) ([]byte, string) { return []byte(answer), functionError }}
	}
	fault := func(status int, code, body string) *lambdatest.AWS {
		return &lambdatest.AWS{Fault: func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("X-Amzn-ErrorType", code)
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
			return true
		}}
	}
	tests := []struct {
		name string
		fake *lambdatest.AWS
		want string
	}{
		{"crash", answers(`{"errorType":"Runtime.ExitError","errorMessage":"exit status 2"}`, "Unhandled"), `prober "private" failed: Runtime.ExitError: exit status 2`},
		{"time-out", answers(`{"errorMessage":"Task timed out after 30.03 seconds"}`, "Unhandled"), `prober "private" failed: Task timed out after 30.03 seconds`},
		{"failure that is not JSON", answers(`oops`, "Unhandled"), `prober "private" failed: oops`},
		{"long failure", answers(`{"errorMessage":"`+strings.Repeat("x", 5000)+`"}`, "Unhandled"), "xxx…"},
		{"nothing", answers(``, ""), `prober "private" returned an unusable response`},
		{"not json", answers(`<html>`, ""), `prober "private" returned an unusable response`},
		{"other JSON", answers(`{"statusCode":200}`, ""), `prober "private" returned an unusable response`},
		{"too few", answers(`{"Observations":[{"Claim":"A","Outcome":"ok"}]}`, ""), `prober "private" returned an unusable response`},
		{"wrong order", answers(`{"Observations":[{"Claim":"B","Outcome":"ok"},{"Claim":"A","Outcome":"ok"}]}`, ""), `prober "private" returned an unusable response`},
		{"gone", &lambdatest.AWS{}, `prober "private" could not be invoked: ResourceNotFoundException: Function not found`},
		{"denied", fault(403, "AccessDeniedException", `{"Message":"not authorized to perform: lambda:InvokeFunction"}`), `could not be invoked: AccessDeniedException: not authorized`},
		{"service down", fault(500, "", "oops"), `could not be invoked`},
		{"cut off", &lambdatest.AWS{Fault: func(string, int, http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }}, `could not be invoked`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := proberOnLoopback(t, test.fake).Measure(t.Context(), twoProbes)
			if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 600 {
				t.Errorf("observations %v, error %v\nwant %s", got, err, test.want)
			}
			if calls := test.fake.Calls("Invoke"); calls != 1 {
				t.Errorf("%d calls, want 1: the rounds are the retries", calls)
			}
		})
	}
}

// A throttled invocation is made again, for a while: then the round ends with that
// reason. On virtual time.
func TestVantagePointThrottled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		throttled, calls int
		took             time.Duration
		err              string
	}{
		{0, 1, 0, ""},
		{3, 4, 3500 * time.Millisecond, ""},
		{forever, 5, 7500 * time.Millisecond, "could not be invoked: TooManyRequestsException: Rate Exceeded."},
	} {
		synctest.Test(t, func(t *testing.T) {
			fake := &lambdatest.AWS{
				Prober: func(string, []byte) ([]byte, string) {
					return []byte(`{"Observations":[{"Claim":"A","Outcome":"refused"},{"Claim":"B","Outcome":"ok"}]}`), ""
				},
				Fault: func(_ string, n int, w http.ResponseWriter, _ *http.Request) bool {
					if n > test.throttled {
						return false
					}
					w.Header().Set("X-Amzn-ErrorType", "TooManyRequestsException")
					w.WriteHeader(http.StatusTooManyRequests)
					_, _ = fmt.Fprint(w, `{"Reason":"ConcurrentInvocationLimitExceeded","Message":"Rate Exceeded."}`)
					return true
				},
			}
			h := New(Options{Config: testConfig(lambdatest.Client{Handler: fake}, "")})
			point := h.vantagePoints(h.log, map[string]string{"private": proberARN})["private"]
			began := time.Now()
			_, err := point.Measure(t.Context(), twoProbes)
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("throttled %d times: error %v, want %q", test.throttled, err, test.err)
			}
			if took := time.Since(began); fake.Calls("Invoke") != test.calls || took != test.took {
				t.Errorf("throttled %d times: %d calls in %v, want %d in %v", test.throttled, fake.Calls("Invoke"), took, test.calls, test.took)
			}
		})
	}
}
