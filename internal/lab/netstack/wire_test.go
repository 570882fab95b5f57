package netstack

import (
	"io"
	"net/netip"
	"sync"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"provenendpoints/internal/lab/clock"
)

// wire connects hosts by their addresses; packets to others are lost.
type wire struct {
	t     testing.TB
	clock *clock.Clock
	delay time.Duration
	// loses, if set, decides whether the next packet is lost.
	loses func() bool

	mu    sync.RWMutex
	hosts map[netip.Addr]*Host
}

// newWire returns a wire without hosts. The clock stops with the test.
func newWire(t testing.TB, c *clock.Clock) *wire {
	t.Cleanup(c.Stop)
	return &wire{t: t, clock: c, hosts: map[netip.Addr]*Host{}}
}

func (w *wire) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// pair connects two hosts.
func (w *wire) pair() (one, two *Host) {
	w.t.Helper()
	return w.host("one", "10.0.0.4"), w.host("two", "10.0.0.5")
}

func (w *wire) host(name, addr string) *Host {
	w.t.Helper()
	a := netip.MustParseAddr(addr)
	h, err := New(Options{Name: name, Addrs: []netip.Addr{a}, MTU: 9001, Clock: w.clock, Send: w.send})
	w.must(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[a] = h
	return h
}

func (w *wire) send(view *buffer.View) {
	w.mu.RLock()
	to := w.hosts[netip.AddrFrom4(header.IPv4(view.AsSlice()).DestinationAddress().As4())]
	w.mu.RUnlock()
	switch {
	case to == nil || w.loses != nil && w.loses():
		view.Release()
	case w.delay > 0:
		w.clock.AfterFunc(w.delay, func() { to.Deliver(view) })
	default:
		to.Deliver(view)
	}
}

// get connects and reads all; it gives up after 3 s of the clock's time.
func (w *wire) get(h *Host, to string) (string, error) {
	ctx, cancel := w.clock.WithTimeout(w.t.Context(), 3*time.Second)
	defer cancel()
	c, err := h.Dial(ctx, "tcp", to)
	if err != nil {
		return "", err
	}
	defer c.Close()
	text, err := io.ReadAll(c)
	return string(text), err
}

// ping pings once; it gives up after 3 s of the clock's time.
func (w *wire) ping(h *Host, to netip.Addr) error {
	ctx, cancel := w.clock.WithTimeout(w.t.Context(), 3*time.Second)
	defer cancel()
	_, err := h.Ping(ctx, to)
	return err
}
