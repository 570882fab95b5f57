package proof

import (
	"fmt"
	"net/http"
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
			state: Holds, seen: "WEB1 130, WEB2 131",
		},
		"one host alone": {
			world: func(t *testing.T, w *world) {
				w.name("web.example. 60 IN A 20.0.0.1")
				w.stand("20.0.0.1:80", web(t, nil, hostNamed("WEB1")))
			},
			state: Refuted, // of so many as it takes to know
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
			state: Refuted, // of how many depends on those under way at the first failure
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
	got := one(t, w.network(), Probe{Kind: Spreads, Host: "web.example", Port: 80, Scheme: "http", Requests: 64})
	want := Observation{Claim: "C", Outcome: OK, Addresses: addrs("20.0.0.1"), Counts: map[string]int{"WEB1": 64}, Connections: 64, Took: got.Took}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
	if count := w.dialled["20.0.0.1:80"]; count != 64 {
		t.Errorf("%d connections, want 64", count)
	}
	if most.Load() > atOnce || most.Load() < 2 {
		t.Errorf("%d requests at once, want up to %d", most.Load(), atOnce)
	}
	if w.asked.Load() != 2 {
		t.Errorf("%d questions, want one for each family", w.asked.Load())
	}
}

// TestSpreadOverSilence: an address that is silent fails the measurement, which then
// stops.
func TestSpreadOverSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("web.example. 60 IN A 20.0.0.1", "web.example. 60 IN A 20.0.0.2")
	w.stand("20.0.0.1:80", web(t, nil, hostNamed("WEB1")))
	probe := Probe{Kind: Spreads, Host: "web.example", Port: 80, Scheme: "http", Requests: 10000, Timeout: 100 * time.Millisecond}
	got := one(t, w.network(), probe)
	if got.Outcome != OK || got.Counts["WEB1"]+got.Failed != got.Connections || got.Failed < 1 || got.Failed > atOnce || got.Connections > 5000 {
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
	busy := Observation{Outcome: BadResponse, Status: 502, Detail: "HTTP 502"}
	silent := Observation{Outcome: TimedOut, Detail: "nothing answered", Addresses: addrs("20.0.0.3")}
	broken := Observation{Outcome: BadResponse, Status: 200, Body: "WEB2", Detail: "broke off"}
	for name, test := range map[string]struct {
		answered []Observation
		want     Observation
	}{
		"answers":                         {[]Observation{ok, ok}, Observation{Outcome: OK, Counts: map[string]int{"WEB1": 2}, Connections: 2, Addresses: addrs("20.0.0.1")}},
		"the first failure is reported":   {[]Observation{ok, silent, busy, broken}, Observation{Outcome: OK, Counts: map[string]int{"WEB1": 1}, Connections: 4, Failed: 3, Detail: "nothing answered", Addresses: addrs("20.0.0.1")}},
		"failures alone":                  {[]Observation{silent, busy}, Observation{Outcome: TimedOut, Connections: 2, Failed: 2, Detail: "nothing answered"}},
		"answers of a failing host alone": {[]Observation{busy, silent}, Observation{Outcome: BadResponse, Connections: 2, Failed: 2, Detail: "HTTP 502"}},
	} {
		if diff := cmp.Diff(test.want, tally(test.answered), equal); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
