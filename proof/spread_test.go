package proof

import (
	"fmt"
	"math"
	"math/big"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hostNamed answers every request with its name.
func hostNamed(name string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprintln(rw, name) }
}

func TestSpread(t *testing.T) {
	t.Parallel()
	claim := Claim{ID: "C", Kind: Spreads, From: "here", Host: "web.example", Scheme: "http", Hosts: []string{"WEB1", "WEB2"}}
	tests := map[string]struct {
		world func(t *testing.T, w *world)
		state State
		seen  string
	}{
		"both hosts, each at an address of its own": {
			world: func(t *testing.T, w *world) {
				w.name("web.example. 60 IN A 20.0.0.1", "web.example. 60 IN A 20.0.0.2")
				w.stand("20.0.0.1:80", web(t, nil, hostNamed("WEB1")))
				w.stand("20.0.0.2:80", web(t, nil, hostNamed("WEB2")))
			},
			state: Holds,
		},
		"both hosts in turn behind one address": {
			world: func(t *testing.T, w *world) {
				var turn atomic.Int64
				w.name("web.example. 60 IN A 20.0.0.1")
				w.stand("20.0.0.1:80", web(t, nil, func(rw http.ResponseWriter, _ *http.Request) {
					fmt.Fprintf(rw, "\n WEB%d\r\n", 1+turn.Add(1)%2)
				}))
			},
			state: Holds, seen: "WEB1 32, WEB2 32",
		},
		"one host alone": {
			world: func(t *testing.T, w *world) {
				w.name("web.example. 60 IN A 20.0.0.1")
				w.stand("20.0.0.1:80", web(t, nil, hostNamed("WEB1")))
			},
			state: Refuted, seen: "the answers were WEB1 64, WEB2 0: fewer from WEB2 than chance allows",
		},
		"a host that nobody knows": {
			world: func(t *testing.T, w *world) {
				var turn atomic.Int64
				w.name("web.example. 60 IN A 20.0.0.1")
				w.stand("20.0.0.1:80", web(t, nil, func(rw http.ResponseWriter, _ *http.Request) {
					fmt.Fprintf(rw, "WEB%d", 1+turn.Add(1)%3)
				}))
			},
			state: Refuted, seen: `unknown hosts answered: "WEB3"`,
		},
		"some requests fail": {
			world: func(t *testing.T, w *world) {
				var turn atomic.Int64
				w.name("web.example. 60 IN A 20.0.0.1")
				w.stand("20.0.0.1:80", web(t, nil, func(rw http.ResponseWriter, _ *http.Request) {
					n := turn.Add(1)
					if n%16 == 0 {
						rw.WriteHeader(http.StatusBadGateway)
					}
					fmt.Fprintf(rw, "WEB%d", 1+n%2)
				}))
			},
			state: Refuted, seen: "4 of 64 requests failed (HTTP 502)",
		},
		"all requests fail": {
			world: func(t *testing.T, w *world) {
				w.name("web.example. 60 IN A 20.0.0.1")
				w.stand("20.0.0.1:80", nobody(t))
			},
			state: Refuted, seen: "20.0.0.1:80 refused the connection",
		},
		"the name does not exist": {
			world: func(*testing.T, *world) {},
			state: Refuted, seen: "the name web.example does not exist (NXDOMAIN), according to the resolver 10.0.0.2",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.world(t, w)
			probe, err := claim.Probe(Facts{})
			if err != nil {
				t.Fatal(err)
			}
			verdict := Judge(claim, Facts{}, one(t, w.network(), probe))
			if verdict.State != test.state || test.seen != "" && verdict.Seen != test.seen {
				t.Errorf("got %s: %s, want %s: %s", verdict.State, verdict.Seen, test.state, test.seen)
			}
		})
	}
}

// TestSpreadConnections: every request has a connection of its own, only so many
// are open at once, and the name is asked for once.
func TestSpreadConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("web.example. 60 IN A 20.0.0.1")
	var now, most atomic.Int64
	w.stand("20.0.0.1:80", web(t, nil, func(rw http.ResponseWriter, _ *http.Request) {
		open := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); open > old && !most.CompareAndSwap(old, open); old = most.Load() {
		}
		time.Sleep(2 * time.Millisecond) // so that requests overlap
		fmt.Fprint(rw, "WEB1")
	}))
	got := one(t, w.network(), Probe{Kind: Spreads, Host: "web.example", Port: 80, Scheme: "http"})
	want := Observation{Claim: "C", Outcome: OK, Addresses: addrs("20.0.0.1"), Counts: map[string]int{"WEB1": 64}, Took: got.Took}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
	if count := w.dialled["20.0.0.1:80"]; count != 64 {
		t.Errorf("%d connections, want 64", count)
	}
	if most.Load() > 16 || most.Load() < 2 {
		t.Errorf("%d requests at once, want up to 16", most.Load())
	}
	if w.asked.Load() != 2 {
		t.Errorf("%d questions, want one for each family", w.asked.Load())
	}
}

// TestSpreadOverSilence: an address that is silent does not use up the time of
// the requests behind it.
func TestSpreadOverSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("web.example. 60 IN A 20.0.0.1", "web.example. 60 IN A 20.0.0.2")
	w.stand("20.0.0.1:80", web(t, nil, hostNamed("WEB1")))
	probe := Probe{Kind: Spreads, Host: "web.example", Port: 80, Scheme: "http", Requests: 64, Timeout: 2 * time.Second}
	got := one(t, w.network(), probe)
	if got.Outcome != OK || got.Counts["WEB1"]+got.Failed != 64 || got.Failed < 8 || got.Counts["WEB1"] < 8 {
		t.Errorf("got %+v", got)
	}
	if want := "nothing answered at 20.0.0.2:80"; got.Detail != want {
		t.Errorf("got %q, want %q", got.Detail, want)
	}
}

// TestSpreadRequests: as many as were asked for.
func TestSpreadRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("web.example. 60 IN A 20.0.0.1")
	w.stand("20.0.0.1:80", web(t, nil, hostNamed("WEB1")))
	got := one(t, w.network(), Probe{Kind: Spreads, Host: "web.example", Port: 80, Scheme: "http", Requests: 5})
	if got.Counts["WEB1"] != 5 || w.dialled["20.0.0.1:80"] != 5 {
		t.Errorf("got %+v over %d connections, want 5", got, w.dialled["20.0.0.1:80"])
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	ok := Observation{Outcome: OK, Status: 200, Body: " WEB1\n", Addresses: addrs("20.0.0.1")}
	busy := Observation{Outcome: OK, Status: 502, Addresses: addrs("20.0.0.2")}
	silent := Observation{Outcome: TimedOut, Detail: "nothing answered", Addresses: addrs("20.0.0.3")}
	broken := Observation{Outcome: BadResponse, Status: 200, Body: "WEB2", Detail: "broke off"}
	for name, test := range map[string]struct {
		answered []Observation
		want     Observation
	}{
		"answers":                         {[]Observation{ok, ok}, Observation{Outcome: OK, Counts: map[string]int{"WEB1": 2}, Addresses: addrs("20.0.0.1")}},
		"the first failure is reported":   {[]Observation{ok, silent, busy, broken}, Observation{Outcome: OK, Counts: map[string]int{"WEB1": 1}, Failed: 3, Detail: "nothing answered", Addresses: addrs("20.0.0.1", "20.0.0.2")}},
		"failures alone":                  {[]Observation{silent, busy}, Observation{Outcome: TimedOut, Failed: 2, Detail: "nothing answered", Addresses: addrs("20.0.0.2")}},
		"answers of a failing host alone": {[]Observation{busy, silent}, Observation{Outcome: BadResponse, Failed: 2, Detail: "HTTP 502", Addresses: addrs("20.0.0.2")}},
	} {
		if diff := cmp.Diff(test.want, tally(test.answered), equal); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	for requests, want := range map[int]struct {
		atOnce     int
		perRequest time.Duration
	}{
		1: {16, 16 * time.Second}, 16: {16, 16 * time.Second}, 17: {16, 8 * time.Second},
		64: {16, 4 * time.Second}, 128: {32, 4 * time.Second}, 1024: {128, 2 * time.Second},
	} {
		atOnce, perRequest := pace(Probe{Requests: requests, Timeout: 16 * time.Second})
		if atOnce != want.atOnce || perRequest != want.perRequest {
			t.Errorf("%d requests: got %d at once for %v, want %d for %v", requests, atOnce, perRequest, want.atOnce, want.perRequest)
		}
	}
}

// TestTail compares with exact fractions: binomial tails of one half.
func TestTail(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 7, 64, 1024} {
		sum := new(big.Rat)
		whole := new(big.Int).Lsh(big.NewInt(1), uint(n))
		for count := range n + 1 {
			sum.Add(sum, new(big.Rat).SetFrac(new(big.Int).Binomial(int64(n), int64(count)), whole))
			want, _ := sum.Float64()
			if got := binomialTail(count, n, 0.5); math.Abs(got-want) > 1e-9*want {
				t.Fatalf("P(X <= %d of %d) = %g, want %g", count, n, got, want)
			}
		}
	}
	if got, want := binomialTail(0, 10, 0.25), math.Pow(0.75, 10); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %g, want %g", got, want)
	}
	if binomialTail(0, 5, 1) != 0 || binomialTail(5, 5, 1) != 1 {
		t.Error("one host alone must get everything")
	}
}

func TestStarved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ n, k, least int }{
		{64, 1, 64}, {64, 2, 13}, {64, 3, 5}, {64, 4, 2}, {128, 2, 37}, {1024, 2, 434}, {21, 2, 1}, {20, 2, 0},
	} {
		least := 0
		for isStarved(least, test.n, test.k) {
			least++
		}
		if least != test.least {
			t.Errorf("%d requests, %d hosts: a host needs %d, want %d", test.n, test.k, least, test.least)
		}
	}
	for k, want := range map[int]int{0: 1, 1: 1, 2: 21, 3: 37, 4: 53, 5: 70, 50: 878} {
		if got := leastRequests(k); got != want {
			t.Errorf("%d hosts: got %d, want %d", k, got, want)
		}
	}
	if got := (Claim{Hosts: []string{"x"}, Requests: 1}).requests(); got != 1 {
		t.Errorf("got %d requests, want the one that was asked for", got)
	}
	for k, want := range map[int]int{1: 64, 2: 64, 4: 64, 5: 70} {
		if got := (Claim{Hosts: strings.Split(strings.Repeat("x", k), "")}).requests(); got != want {
			t.Errorf("%d hosts: got %d requests, want %d", k, got, want)
		}
	}
	if got := (Claim{Requests: 100}).requests(); got != 100 {
		t.Errorf("got %d, want 100", got)
	}
}
