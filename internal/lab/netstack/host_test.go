package netstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"provenendpoints/internal/lab/clock"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/nettest"
)

// The connections behave as Go's own, deadlines and all.
func TestConnConforms(t *testing.T) {
	t.Parallel()
	c := clock.New(1) // the conformance test measures on the wall's clock
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		w := newWire(t, c)
		one, two := w.pair()
		l, err := two.Listen(80)
		if err != nil {
			return nil, nil, nil, err
		}
		accepted := make(chan net.Conn, 1)
		go func() {
			c, _ := l.Accept()
			accepted <- c
		}()
		c1, err = one.Dial(t.Context(), "tcp", two.Addr().String()+":80")
		if err != nil {
			return nil, nil, nil, err
		}
		c2 = <-accepted
		return c1, c2, func() {
			c1.Close()
			c2.Close()
			one.Close()
			two.Close()
		}, nil
	})
}

func TestDialErrors(t *testing.T) {
	t.Parallel()
	w := newWire(t, clock.NewSkipping())
	one, two := w.pair()
	to := two.Addr().String() + ":81"
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name, network, to string
		ctx               context.Context
		want              error
		text              string
	}{
		{"refused", "tcp", to, t.Context(), syscall.ECONNREFUSED, "dial tcp " + to + ": connect: connection refused"},
		{"refused by itself", "tcp", "127.0.0.1:81", t.Context(), syscall.ECONNREFUSED, "dial tcp 127.0.0.1:81: connect: connection refused"},
		{"no host", "tcp", "10.0.9.9:80", t.Context(), syscall.ETIMEDOUT, "dial tcp 10.0.9.9:80: connect: connection timed out"},
		{"canceled", "tcp", to, ended, context.Canceled, "dial tcp " + to + ": context canceled"},
		{"a name", "tcp", "two:80", t.Context(), nil, "dial tcp: address two:80: not an IP address with a port"},
		{"without an IPv6 address", "tcp", "[2001:db8::1]:80", t.Context(), syscall.ENETUNREACH, "dial tcp [2001:db8::1]:80: connect: network is unreachable"},
		{"network", "unix", to, t.Context(), nil, "dial unix: unknown network unix"},
	}
	for _, test := range tests {
		_, err := one.Dial(test.ctx, test.network, test.to)
		var op *net.OpError
		if !errors.As(err, &op) || test.want != nil && !errors.Is(err, test.want) || err.Error() != test.text {
			t.Errorf("%s: got %v, want %s", test.name, err, test.text)
		}
	}
	if _, err := w.get(one, "10.0.9.9:80"); !errors.Is(err, context.DeadlineExceeded) || !err.(net.Error).Timeout() {
		t.Errorf("out of time: got %v", err)
	}
	l, err := two.Listen(80)
	w.must(err)
	if _, err := two.Listen(80); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the port is taken: got %v", err)
	}
	l.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept when closed: got %v", err)
	}
}

// A server that starts again gets its port back, though connections of the one
// before it are still there: every common server asks for that (SO_REUSEADDR).
func TestListenAgain(t *testing.T) {
	t.Parallel()
	w := newWire(t, clock.NewSkipping())
	one, two := w.pair()
	before, err := two.Listen(80)
	w.must(err)
	c, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":80")
	w.must(err)
	defer c.Close()
	served, err := before.Accept()
	w.must(err)
	before.Close()
	again, err := two.Listen(80)
	w.must(err)
	if _, err := two.Listen(80); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the port is taken again: got %v", err)
	}
	// Both the old connection and new ones work.
	_, err = served.Write([]byte("x"))
	w.must(err)
	_, err = c.Read(make([]byte, 1))
	w.must(err)
	served.Close() // closes first, and waits for what may still be on its way
	c2, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":80")
	w.must(err)
	defer c2.Close()
	_, err = again.Accept()
	w.must(err)
	again.Close()
	_, err = two.Listen(80)
	w.must(err)
}

// A deadline passes on the host's clock: an hour costs no time.
func TestDeadlinesOnTheHostsClock(t *testing.T) {
	t.Parallel()
	w := newWire(t, clock.NewSkipping())
	_, two := w.pair()
	p, err := two.ListenPacket(0)
	w.must(err)
	start := w.clock.Now()
	w.must(p.SetReadDeadline(time.Now().Add(time.Hour)))
	if _, _, err := p.ReadFrom(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if passed := w.clock.Since(start); passed < 59*time.Minute || passed > 61*time.Minute {
		t.Errorf("%v passed", passed)
	}
	w.must(p.SetReadDeadline(time.Time{}))
	_, err = p.WriteTo([]byte("x"), p.LocalAddr())
	w.must(err)
	if n, _, err := p.ReadFrom(make([]byte, 1)); err != nil || n != 1 {
		t.Errorf("after the deadline was lifted: %d bytes, %v", n, err)
	}
	w.must(p.Close())
	if _, _, err := p.ReadFrom(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read when closed: got %v", err)
	}
}

func TestPing(t *testing.T) {
	t.Parallel()
	w := newWire(t, clock.NewSkipping())
	w.delay = 20 * time.Millisecond
	one, two := w.pair()
	rtt, err := one.Ping(t.Context(), two.Addr())
	if err != nil || rtt < 40*time.Millisecond || rtt > time.Second {
		t.Errorf("rtt %v, %v; want 40ms", rtt, err)
	}
	if _, err := one.Ping(t.Context(), one.Addr()); err != nil {
		t.Errorf("itself: %v", err)
	}
	if _, err := one.Ping(t.Context(), netip.IPv6LinkLocalAllNodes()); err == nil {
		t.Error("pinged an IPv6 address")
	}
	if err := w.ping(one, netip.MustParseAddr("10.0.0.99")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody: got %v", err)
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	w := newWire(t, clock.NewSkipping())
	one, two := w.pair()
	l, err := two.Listen(80)
	w.must(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprintln(w, n, err, r.RemoteAddr != "")
	})}
	go server.Serve(l)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DialContext: one.Dial}}
	defer client.CloseIdleConnections()
	res, err := client.Post("http://"+two.Addr().String(), "text/plain", strings.NewReader(strings.Repeat("x", 5_000_000)))
	w.must(err)
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || string(text) != "5000000 <nil> true\n" {
		t.Errorf("got %q, %v", text, err)
	}
}
