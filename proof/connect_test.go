package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// hang holds connections until the other side closes them.
func hang(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func TestConnect(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, w *world, address string) { w.stand(address, listen(t, hang)) }
	refusing := func(t *testing.T, w *world, address string) { w.stand(address, nobody(t)) }
	tests := map[string]struct {
		world   func(t *testing.T, w *world)
		network func(*Network)
		host    string
		want    Observation
	}{
		"open": {
			world: func(t *testing.T, w *world) { open(t, w, "10.0.0.5:443") },
			want:  Observation{Outcome: OK, Addresses: addrs("10.0.0.5")},
		},
		"one of two is open": {
			world: func(t *testing.T, w *world) {
				w.name("a.example. 60 IN A 10.0.0.6")
				open(t, w, "10.0.0.5:443")
			},
			want: Observation{Outcome: OK, Addresses: addrs("10.0.0.5")},
		},
		"a black hole": {
			want: Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"refused": {
			world: func(t *testing.T, w *world) { refusing(t, w, "10.0.0.5:443") },
			want:  Observation{Outcome: Refused, Detail: "10.0.0.5:443 refused the connection", Addresses: addrs("10.0.0.5")},
		},
		"a refusal weighs more than silence": {
			world: func(t *testing.T, w *world) {
				w.name("a.example. 60 IN A 10.0.0.6")
				refusing(t, w, "10.0.0.6:443")
			},
			want: Observation{Outcome: Refused, Detail: "10.0.0.6:443 refused the connection", Addresses: addrs("10.0.0.5", "10.0.0.6")},
		},
		"silence weighs more than no route": {
			world:   func(t *testing.T, w *world) { w.name("a.example. 60 IN A 10.0.0.6") },
			network: failingAt("10.0.0.5:443", syscall.EHOSTUNREACH),
			want:    Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.0.6:443", Addresses: addrs("10.0.0.5", "10.0.0.6")},
		},
		"what could not be tried weighs more than silence": {
			world:   func(t *testing.T, w *world) { w.name("a.example. 60 IN A 10.0.0.6") },
			network: failingAt("10.0.0.5:443", syscall.EMFILE),
			want:    Observation{Outcome: Broken, Detail: "connecting to 10.0.0.5:443: dial tcp: too many open files", Addresses: addrs("10.0.0.5", "10.0.0.6")},
		},
		"a refusal weighs more than what could not be tried": {
			world: func(t *testing.T, w *world) {
				w.name("a.example. 60 IN A 10.0.0.6")
				refusing(t, w, "10.0.0.6:443")
			},
			network: failingAt("10.0.0.5:443", syscall.EMFILE),
			want:    Observation{Outcome: Refused, Detail: "10.0.0.6:443 refused the connection", Addresses: addrs("10.0.0.5", "10.0.0.6")},
		},
		"whatever failed first": {
			world:   func(t *testing.T, w *world) { w.name("a.example. 60 IN A 10.0.0.6") },
			network: failingInTurn(syscall.EHOSTUNREACH, syscall.ECONNREFUSED),
			want:    Observation{Outcome: Refused, Detail: "10.0.0.6:443 refused the connection", Addresses: addrs("10.0.0.5", "10.0.0.6")},
		},
		"silence first, then what could not be tried": {
			world:   func(t *testing.T, w *world) { w.name("a.example. 60 IN A 10.0.0.6") },
			network: failingInTurn(syscall.ETIMEDOUT, syscall.EMFILE),
			want:    Observation{Outcome: Broken, Detail: "connecting to 10.0.0.6:443: too many open files", Addresses: addrs("10.0.0.5", "10.0.0.6")},
		},
		"reset": {
			network: failing(syscall.ECONNRESET),
			want:    Observation{Outcome: Refused, Detail: "10.0.0.5:443 refused the connection", Addresses: addrs("10.0.0.5")},
		},
		"host unreachable": {
			network: failing(syscall.EHOSTUNREACH),
			want:    Observation{Outcome: NoRoute, Detail: "the network has no route to 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"network unreachable": {
			network: failing(syscall.ENETUNREACH),
			want:    Observation{Outcome: NoRoute, Detail: "the network has no route to 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"the system gave up first": {
			network: failing(syscall.ETIMEDOUT),
			want:    Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"the system gave up, in other words": {
			network: failing(fmt.Errorf("oh: %w", syscall.ETIMEDOUT)),
			want:    Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"the dialer's own time was over": {
			network: failing(fmt.Errorf("oh: %w", context.DeadlineExceeded)),
			want:    Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"a deadline of the connection": {
			network: failing(os.ErrDeadlineExceeded),
			want:    Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"out of sockets says nothing about the target": {
			network: failing(syscall.EMFILE),
			want:    Observation{Outcome: Broken, Detail: "connecting to 10.0.0.5:443: dial tcp: too many open files", Addresses: addrs("10.0.0.5")},
		},
		"forbidden here says nothing about the target": {
			network: failing(syscall.EPERM),
			want:    Observation{Outcome: Broken, Detail: "connecting to 10.0.0.5:443: dial tcp: operation not permitted", Addresses: addrs("10.0.0.5")},
		},
		"a dial that panics": {
			network: dials(func(context.Context) (net.Conn, error) { panic("oh") }),
			want:    Observation{Outcome: Broken, Detail: "dialing 10.0.0.5:443 panicked: oh", Addresses: addrs("10.0.0.5")},
		},
		"a dial that returns nothing": {
			network: dials(func(context.Context) (net.Conn, error) { return nil, nil }),
			want:    Observation{Outcome: Broken, Detail: "dialing 10.0.0.5:443 returned nothing", Addresses: addrs("10.0.0.5")},
		},
		"a dial that heeds no context": {
			network: dials(func(context.Context) (net.Conn, error) { select {} }),
			want:    Observation{Outcome: TimedOut, Detail: "nothing answered at 10.0.0.5:443", Addresses: addrs("10.0.0.5")},
		},
		"a name that does not exist": {
			host: "b.example",
			want: Observation{Outcome: NoName, Missing: NXDomain, Detail: "the name b.example does not exist (NXDOMAIN), according to the resolver 10.0.0.2"},
		},
		"an address without a name": {
			host:  "10.0.0.9",
			world: func(t *testing.T, w *world) { open(t, w, "10.0.0.9:443") },
			want:  Observation{Outcome: OK, Addresses: addrs("10.0.0.9")},
		},
	}
	for name, test := range tests {
		for _, kind := range []Kind{Connects, Unreachable} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.name("a.example. 60 IN A 10.0.0.5")
				network, host := w.network(), "a.example"
				if test.world != nil {
					test.world(t, w)
				}
				if test.network != nil {
					test.network(&network)
				}
				if test.host != "" {
					host = test.host
				}
				probe := Probe{Kind: kind, Host: host, Port: 443}
				if len(test.want.Addresses) > 1 || test.want.Outcome == TimedOut { // one of them is silent
					probe.Timeout = 300 * time.Millisecond
				}
				got := one(t, network, probe)
				if diff := cmp.Diff(test.want, got, equal, cmpopts.IgnoreFields(Observation{}, "Claim", "Took")); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// failingAt fails at once at one address.
func failingAt(address string, err error) func(*Network) {
	return func(n *Network) {
		others := n.Dial
		n.Dial = func(ctx context.Context, network, to string) (net.Conn, error) {
			if to == address {
				return nil, &net.OpError{Op: "dial", Net: network, Err: err}
			}
			return others(ctx, network, to)
		}
	}
}

// failingInTurn fails at once at 10.0.0.5, and a little later at 10.0.0.6.
func failingInTurn(first, second error) func(*Network) {
	return func(n *Network) {
		before := n.Dial
		n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			switch address {
			case "10.0.0.5:443":
				return nil, first
			case "10.0.0.6:443":
				_ = SystemClock().Sleep(ctx, 20*time.Millisecond)
				return nil, second
			}
			return before(ctx, network, address)
		}
	}
}

// failing has every TCP connection fail with the error.
func failing(err error) func(*Network) {
	return dials(func(context.Context) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	})
}

// dials replaces how TCP connections are opened.
func dials(open func(ctx context.Context) (net.Conn, error)) func(*Network) {
	return func(n *Network) {
		before := n.Dial
		n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if network == "tcp" {
				return open(ctx)
			}
			return before(ctx, network, address)
		}
	}
}

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

// TestOtherConnections: of several connections one is used; the others are
// closed at once, not when the request over the first is done.
func TestOtherConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("a.example. 60 IN A 10.0.0.5", "a.example. 60 IN A 10.0.0.6")
	closed := make(chan struct{})
	serve := func(conn net.Conn) {
		if n, _ := conn.Read(make([]byte, 4096)); n == 0 {
			close(closed)
			return
		}
		<-closed
		_, _ = conn.Write([]byte("HTTP/1.1 204 No Content\r\n\r\n"))
	}
	w.stand("10.0.0.5:80", listen(t, serve))
	w.stand("10.0.0.6:80", listen(t, serve))
	if got := one(t, w.network(), Probe{Kind: Answers, Host: "a.example", Port: 80, Scheme: "http", Timeout: 10 * time.Second}); got.Status != 204 {
		t.Errorf("got %+v", got)
	}
}

// TestLateConnection: a connection that opens after its time is closed.
func TestLateConnection(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	proceed := make(chan struct{})
	network := Network{Dial: func(context.Context, string, string) (net.Conn, error) { <-proceed; return here, nil }}
	got := one(t, network, Probe{Kind: Connects, Host: "10.0.0.5", Port: 443, Timeout: 20 * time.Millisecond})
	if got.Outcome != TimedOut {
		t.Errorf("got %+v", got)
	}
	close(proceed)
	if _, err := there.Read(make([]byte, 1)); err == nil {
		t.Error("the late connection was not closed")
	}
}

func TestDefaultNetwork(t *testing.T) {
	t.Parallel()
	address := netip.MustParseAddrPort(listen(t, hang))
	got := one(t, Network{Local: true}, Probe{Kind: Connects, Host: address.Addr().String(), Port: int(address.Port())})
	if got.Outcome != OK || got.Took <= 0 {
		t.Errorf("got %+v", got)
	}
	servers, err := Network{}.nameservers()
	if _, missing := os.Stat(resolverFile); errors.Is(missing, os.ErrNotExist) {
		if err == nil {
			t.Error("got resolvers from nowhere")
		}
	} else if err == nil && (len(servers) == 0 || servers[0].Port() != 53) {
		t.Errorf("got %v", servers)
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
