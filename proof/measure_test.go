package proof

import (
	"context"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSlowNameLeavesTime: the time in which a connection may open does not
// shrink with the time that the name took; else a slow resolver would make a
// reachable target look unreachable.
func TestSlowNameLeavesTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("a.example. 60 IN A 10.0.0.5")
	network := w.network()
	var left time.Duration
	network.Dial = func(ctx context.Context, kind, address string) (net.Conn, error) {
		if kind == "udp" {
			time.Sleep(80 * time.Millisecond)
			return w.dial(ctx, kind, address)
		}
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return nil, syscall.ECONNREFUSED
	}
	got := one(t, network, Probe{Kind: Unreachable, Host: "a.example", Port: 443, Timeout: 30 * time.Second})
	if got.Outcome != Refused || left < 30*time.Second-40*time.Millisecond {
		t.Errorf("got %s with %v left to connect, want all of 30s", got.Outcome, left)
	}
}

// TestCutShort: that the time of the whole was over says nothing about a target.
func TestCutShort(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return systemClock{}.WithTimeout(ctx, 50*time.Millisecond)
		},
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(50*time.Millisecond, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := cut(t.Context())
			defer cancel()
			w := newWorld(t)
			seen := Measure(ctx, w.network(), []Probe{
				{Claim: "A", Kind: Unreachable, Host: "10.0.0.5", Port: 443, Timeout: time.Minute},
				{Claim: "B", Kind: Connects, Host: "10.0.0.5", Port: 443, Timeout: time.Minute},
			})
			for _, o := range seen {
				if o.Outcome != Broken || o.Detail != "the measurement was cut short" || o.Addresses != nil {
					t.Errorf("got %+v", o)
				}
			}
		})
	}
}

// TestCutShortAfterwards: what was measured to its end counts, though the time
// ended meanwhile.
func TestCutShortAfterwards(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	seen := Measure(ended, newWorld(t).network(), []Probe{{Claim: "A", Kind: Resolves, Host: "10.0.0.5"}, {Claim: "B", Kind: Resolves, Host: "a.example"}})
	if seen[0].Outcome != OK || seen[1].Outcome != Broken || seen[1].Detail != "the measurement was cut short" {
		t.Errorf("got %+v", seen)
	}
}

// TestTimes are what a probe may take where nothing else is said.
func TestTimes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		probe         Probe
		each, longest time.Duration
	}{
		{Probe{Kind: Unreachable}, 3 * time.Second, 6 * time.Second},
		{Probe{Kind: Connects}, 5 * time.Second, 10 * time.Second},
		{Probe{Kind: Connects, Requests: 250}, 5 * time.Second, 13500 * time.Millisecond},
		{Probe{Kind: Resolves}, 3 * time.Second, 3 * time.Second},
		{Probe{Kind: Spreads, Requests: 10000}, 5 * time.Second, 33 * time.Second},
		{Probe{Kind: Spreads, Requests: 1000, Timeout: time.Second}, time.Second, 7 * time.Second},
		{Probe{Kind: Resolves, Timeout: time.Second}, time.Second, time.Second},
	} {
		if each, longest := test.probe.timeout(), test.probe.longest(); each != test.each || longest != test.longest {
			t.Errorf("%s: got %v and %v at most, want %v and %v", test.probe.Kind, each, longest, test.each, test.longest)
		}
	}
}

// TestNeeds is the time without which a claim is not measured once more.
func TestNeeds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]time.Duration{
		Unreachable: 6 * time.Second, Connects: 13506 * time.Millisecond, Resolves: 3 * time.Second, Spreads: 13506 * time.Millisecond, Routed: 0, Placed: 0,
	} {
		if got := (&trial{claim: Claim{Kind: kind}}).nextRoundTakes(); got != want {
			t.Errorf("%s: got %v, want %v", kind, got, want)
		}
	}
}

// TestMeasureKeepsOrder runs many probes at once; the slowest sets the time.
func TestMeasureKeepsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stand("10.0.0.5:443", listen(t, hang))
	probes := make([]Probe, 40)
	for i := range probes {
		probes[i] = Probe{Claim: string(rune('A' + i)), Kind: Connects, Host: "10.0.0.5", Port: 443}
		if i%2 == 1 {
			probes[i] = Probe{Claim: string(rune('A' + i)), Kind: Unreachable, Host: "10.0.0.6", Port: 443, Timeout: 200 * time.Millisecond}
		}
	}
	start := time.Now()
	for i, seen := range Measure(t.Context(), w.network(), probes) {
		want := OK
		if i%2 == 1 {
			want = TimedOut
		}
		if seen.Claim != probes[i].Claim || seen.Outcome != want {
			t.Errorf("at %d: got %+v", i, seen)
		}
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("20 probes of 200ms each took %v: one after the other?", took)
	}
	if len(Measure(t.Context(), w.network(), nil)) != 0 {
		t.Error("got observations of nothing")
	}
}

func TestBadProbes(t *testing.T) {
	t.Parallel()
	for want, probe := range map[string]Probe{
		`Kind: want one that is measured, got "routed"`: {Kind: Routed, Host: "a.example", Port: 443},
		`Kind: want one that is measured, got "x"`:      {Kind: "x", Host: "a.example", Port: 443},
		`Host: required`:                                            {Kind: Connects, Port: 443},
		`Port: required`:                                            {Kind: Connects, Host: "a.example"},
		`Port: want 1 to 65535, got 65536`:                          {Kind: Connects, Host: "a.example", Port: 65536},
		`Port: want 1 to 65535, got -1`:                             {Kind: Resolves, Host: "a.example", Port: -1},
		`Scheme: required`:                                          {Kind: Answers, Host: "a.example", Port: 443},
		`Scheme: want http or https, got "ftp"`:                     {Kind: Answers, Host: "a.example", Port: 443, Scheme: "ftp"},
		`Path: want a path that begins with /, got "x"`:             {Kind: Answers, Host: "a.example", Port: 443, Scheme: "http", Path: "x"},
		`Requests: want at most 20000, got 20001`:                   {Kind: Spreads, Host: "a.example", Port: 443, Scheme: "http", Requests: 20001},
		`Requests: want at most 20000, got -1`:                      {Kind: Spreads, Host: "a.example", Port: 443, Scheme: "http", Requests: -1},
		`Hosts: want at most 50, got 51`:                            {Kind: Spreads, Host: "a.example", Port: 443, Scheme: "http", Hosts: 51},
		`Timeout: want at most 5m0s, got 5m0.000000001s`:            {Kind: Connects, Host: "a.example", Port: 443, Timeout: maxTimeout + 1},
		`Timeout: want at most 5m0s, got -1ns`:                      {Kind: Connects, Host: "a.example", Port: 443, Timeout: -1},
		`Call: required`:                                            {Kind: Denied, Host: "a.example", Port: 443},
		`Call.Path: want a path that begins with /, got "list it"`:  {Kind: Allowed, Host: "a.example", Port: 443, Call: &Call{Path: "list it"}},
		`Call.Path: want a path that begins with /, got "/list it"`: {Kind: Allowed, Host: "a.example", Port: 443, Call: &Call{Path: "/list it"}},
		`Path: want a path that begins with /, got "/%zz"`:          {Kind: Answers, Host: "a.example", Port: 443, Scheme: "http", Path: "/%zz"},
		`Call: required `:                                           {Kind: Allowed, Host: "a.example", Port: 443},
	} {
		got := one(t, Network{}, probe)
		if got.Outcome != Broken || got.Detail != strings.TrimSpace(want) {
			t.Errorf("got %s: %q, want %q", got.Outcome, got.Detail, want)
		}
	}
}
