package vpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/nettest"
	"gvisor.dev/gvisor/pkg/buffer"

	"provenendpoints/internal/lab/clock"
)

// pair returns two hosts of one subnet that may do everything.
func (b *bed) pair() (one, two *Host) {
	b.t.Helper()
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	return b.host("a", "one", false, "sg-1-open"), b.host("a", "two", false, "sg-1-open")
}

// The connections behave as Go's own, deadlines and all.
func TestConnConforms(t *testing.T) {
	t.Parallel()
	c := clock.New(1) // the conformance test measures on the wall's clock
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		b := &bed{t: t, Network: New(Options{Clock: c})}
		one, two := b.pair()
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
			b.Close()
		}, nil
	})
}

func TestDialErrors(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	one, two := b.pair()
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
		{"nobody there", "tcp", "10.0.9.9:80", t.Context(), syscall.ETIMEDOUT, "dial tcp 10.0.9.9:80: connect: connection timed out"},
		{"canceled", "tcp", to, ended, context.Canceled, "dial tcp " + to + ": context canceled"},
		{"a name", "tcp", "two:80", t.Context(), nil, "dial tcp: address two:80: not an IPv4 address with a port"},
		{"IPv6", "tcp", "[::1]:80", t.Context(), nil, "dial tcp: address [::1]:80: not an IPv4 address with a port"},
		{"network", "unix", to, t.Context(), nil, "dial unix: unknown network unix"},
	}
	for _, test := range tests {
		_, err := one.Dial(test.ctx, test.network, test.to)
		var op *net.OpError
		if !errors.As(err, &op) || test.want != nil && !errors.Is(err, test.want) || err.Error() != test.text {
			t.Errorf("%s: got %v, want %s", test.name, err, test.text)
		}
	}
	if _, err := b.get(one, "10.0.9.9:80"); !errors.Is(err, context.DeadlineExceeded) || !err.(net.Error).Timeout() {
		t.Errorf("out of time: got %v", err)
	}
	l, err := two.Listen(80)
	b.must(err)
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
	b := newBed(t, Faults{})
	one, two := b.pair()
	before, err := two.Listen(80)
	b.must(err)
	c, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":80")
	b.must(err)
	defer c.Close()
	served, err := before.Accept()
	b.must(err)
	before.Close()
	again, err := two.Listen(80)
	b.must(err)
	if _, err := two.Listen(80); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the port is taken again: got %v", err)
	}
	// Both the old connection and new ones work.
	_, err = served.Write([]byte("x"))
	b.must(err)
	_, err = c.Read(make([]byte, 1))
	b.must(err)
	served.Close() // closes first, and waits for what may still be on its way
	c2, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":80")
	b.must(err)
	defer c2.Close()
	_, err = again.Accept()
	b.must(err)
	again.Close()
	_, err = two.Listen(80)
	b.must(err)
}

// A deadline passes on the network's clock: an hour costs no time.
func TestDeadlinesOnTheNetworksClock(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	_, two := b.pair()
	p, err := two.ListenPacket(0)
	b.must(err)
	start := b.Clock().Now()
	b.must(p.SetReadDeadline(time.Now().Add(time.Hour)))
	if _, _, err := p.ReadFrom(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if passed := b.Clock().Since(start); passed < 59*time.Minute || passed > 61*time.Minute {
		t.Errorf("%v passed", passed)
	}
	b.must(p.SetReadDeadline(time.Time{}))
	_, err = p.WriteTo([]byte("x"), p.LocalAddr())
	b.must(err)
	if n, _, err := p.ReadFrom(make([]byte, 1)); err != nil || n != 1 {
		t.Errorf("after the deadline was lifted: %d bytes, %v", n, err)
	}
	b.must(p.Close())
	if _, _, err := p.ReadFrom(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read when closed: got %v", err)
	}
}

func TestPing(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{Packet: func(p Packet) Fate { return Fate{Delay: 20 * time.Millisecond} }})
	one, two := b.pair()
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
	if err := b.pings(one, addr("10.0.0.99")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody: got %v", err)
	}
}

// TCP gets through a network that loses and delays packets, and not through one
// that loses all.
func TestPacketFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		fate func(i int64, p Packet) Fate
		ok   bool
	}{
		{"every third lost", func(i int64, _ Packet) Fate { return Fate{Drop: i%3 == 0} }, true},
		{"out of order", func(i int64, _ Packet) Fate { return Fate{Delay: time.Duration(i%3) * 10 * time.Millisecond} }, true},
		{"all lost", func(int64, Packet) Fate { return Fate{Drop: true} }, false},
		{"one way", func(_ int64, p Packet) Fate { return Fate{Drop: p.From == "eni-two" && p.To == "eni-one"} }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var count atomic.Int64
			b := newBed(t, Faults{Packet: func(p Packet) Fate { return test.fate(count.Add(1), p) }})
			one, two := b.pair()
			body := strings.Repeat("x", 100_000)
			b.answer(two, 80, func(net.Addr) string { return body })
			ctx, cancel := b.Clock().WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			c, err := one.Dial(ctx, "tcp", two.Addr().String()+":80")
			if (err == nil) != test.ok {
				t.Fatalf("dial: %v", err)
			}
			if err != nil {
				return
			}
			defer c.Close()
			got, err := io.ReadAll(c)
			if err != nil || string(got) != body {
				t.Errorf("read %d bytes, %v", len(got), err)
			}
		})
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	one, two := b.pair()
	l, err := two.Listen(80)
	b.must(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprintln(w, n, err, r.RemoteAddr != "")
	})}
	go server.Serve(l)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DialContext: one.Dial}}
	defer client.CloseIdleConnections()
	res, err := client.Post("http://"+two.Addr().String(), "text/plain", strings.NewReader(strings.Repeat("x", 5_000_000)))
	b.must(err)
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || string(text) != "5000000 <nil> true\n" {
		t.Errorf("got %q, %v", text, err)
	}
}

// A host sends from its own address only, and from an interface that exists
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html, source/destination check).
func TestLeavingPackets(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	one, two := b.pair()
	forged := udpPacket(netip.AddrPortFrom(addr("10.0.0.77"), 1), netip.AddrPortFrom(two.Addr(), 1))
	b.send(one.port, buffer.NewViewWithData(forged))
	if !b.dropped("eni-one", "not the sender's address") {
		t.Errorf("dropped %+v", b.drops)
	}
	b.send(one.port, buffer.NewViewWithData([]byte("no packet")))
	b.Network.mu.Lock()
	b.removeInterface(b.interfaces.byID["eni-one"])
	b.Network.mu.Unlock()
	b.silent(one, two.Addr().String()+":80", "eni-one", "interface is gone")
}

// A closed host answers no more, its connections are cut, and its interface can
// be deleted or given to a new host.
func TestCloseHost(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	one, two := b.pair()
	l, err := two.Listen(80)
	b.must(err)
	go echoAll(l)
	c, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":80")
	b.must(err)
	b.must(exchange(c))
	b.refuses(b.DeleteInterface("eni-two"), "InvalidParameterValue")
	two.Close()
	two.Close()
	b.must(c.SetDeadline(time.Now().Add(time.Minute)))
	if err := exchange(c); err == nil {
		t.Error("still connected")
	}
	b.silent(one, two.Addr().String()+":80", "eni-two", "nobody there")
	again, err := b.Host("eni-two")
	b.must(err)
	b.serve(again, "again")
	b.wants(one, two.Addr().String()+":80", "again")
	again.Close()
	b.must(b.DeleteInterface("eni-two"))
	b.silent(one, two.Addr().String()+":80", "vpc-1", "no such address")
	if _, err := b.Host("eni-two"); err == nil {
		t.Error("a host behind a deleted interface")
	}
}

// Closing a network frees everything.
func TestCloseLeavesNothing(t *testing.T) {
	// The first skipping clock starts what all of them share.
	if err := clock.NewSkipping().Sleep(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 3 {
		c := clock.NewSkipping()
		b := &bed{t: t, Network: New(Options{Clock: c})}
		one, two := b.pair()
		b.serve(two, "two")
		b.wants(one, two.Addr().String()+":80", "two")
		l, err := two.Listen(7)
		b.must(err)
		go echoAll(l)
		open, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":7")
		b.must(err)
		b.must(exchange(open))
		b.Close()
		b.Close()
		c.Stop()
		if _, err := b.PublicHost("late", addr("1.1.1.9")); err == nil {
			t.Error("a host in a closed network")
		}
		if _, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":7"); err == nil {
			t.Error("dialed in a closed network")
		}
	}
	// What was waiting is on its way out; it needs no more than the processor.
	for until := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(until) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
		}
	}
}
