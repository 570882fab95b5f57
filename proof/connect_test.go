package proof

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
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
