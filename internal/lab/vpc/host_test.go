package vpc_test

import (
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/packet/packettest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// TCP gets through a network that loses and delays packets, and not through one
// that loses all.
func TestPacketFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		fate func(i int64, p vpc.Packet) vpc.Fate
		ok   bool
	}{
		{"every third lost", func(i int64, _ vpc.Packet) vpc.Fate { return vpc.Fate{Drop: i%3 == 0} }, true},
		{"out of order", func(i int64, _ vpc.Packet) vpc.Fate {
			return vpc.Fate{Delay: time.Duration(i%3) * 10 * time.Millisecond}
		}, true},
		{"all lost", func(int64, vpc.Packet) vpc.Fate { return vpc.Fate{Drop: true} }, false},
		{"one way", func(_ int64, p vpc.Packet) vpc.Fate { return vpc.Fate{Drop: p.From == "eni-two" && p.To == "eni-one"} }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var count atomic.Int64
			b := vpctest.New(t, vpc.Faults{Packet: func(p vpc.Packet) vpc.Fate { return test.fate(count.Add(1), p) }})
			one, two := b.AddPair()
			body := strings.Repeat("x", 100_000)
			b.Answer(two, 80, func(net.Addr) string { return body })
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

// A host sends from its own address only, and from an interface that exists
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html, source/destination check).
func TestSourceCheck(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	one, two := b.AddPair()
	forged := packettest.UDP(netip.AddrPortFrom(netip.MustParseAddr("10.0.0.77"), 1), netip.AddrPortFrom(two.Addr(), 1))
	one.Send(forged)
	if !b.Dropped("eni-one", "not the sender's address") {
		t.Errorf("dropped %+v", b.Drops())
	}
	one.Send([]byte("no packet"))
	b.RemoveInterface("eni-one")
	b.Silent(one, two.Addr().String()+":80", "eni-one", "interface is gone")
}

// A closed host answers no more, its connections are cut, and its interface can
// be deleted or given to a new host.
func TestCloseHost(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	one, two := b.AddPair()
	l, err := two.Listen(80)
	b.Must(err)
	go echoAll(l)
	c, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":80")
	b.Must(err)
	b.Must(exchange(c))
	b.Refuses(b.Interfaces().Delete("eni-two"), "InvalidParameterValue")
	two.Close()
	two.Close()
	b.Must(c.SetDeadline(time.Now().Add(time.Minute)))
	if err := exchange(c); err == nil {
		t.Error("still connected")
	}
	b.Silent(one, two.Addr().String()+":80", "eni-two", "no host")
	again, err := b.Host("eni-two")
	b.Must(err)
	b.Serve(again, "again")
	b.Wants(one, two.Addr().String()+":80", "again")
	again.Close()
	b.Must(b.Interfaces().Delete("eni-two"))
	b.Silent(one, two.Addr().String()+":80", "vpc-1", "no such address")
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
		b := &vpctest.Network{T: t, Network: vpc.New(vpc.Options{Clock: c})}
		one, two := b.AddPair()
		b.Serve(two, "two")
		b.Wants(one, two.Addr().String()+":80", "two")
		l, err := two.Listen(7)
		b.Must(err)
		go echoAll(l)
		open, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":7")
		b.Must(err)
		b.Must(exchange(open))
		b.Close()
		b.Close()
		c.Stop()
		if _, err := b.PublicHost("late", netip.MustParseAddr("1.1.1.9")); err == nil {
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
