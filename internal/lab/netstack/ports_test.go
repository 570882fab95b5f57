package netstack

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// However many connections a host opens while the clock stands still, and the other
// side closes first, each is answered: none meets one that is still in TIME-WAIT.
func TestFreshConnectionsWhileTheClockStandsStill(t *testing.T) {
	t.Parallel()
	w := newWire(t, clock.NewStepping())
	one, two := w.pair()
	l, err := two.Listen(80)
	w.must(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	seen := map[string]bool{}
	for i := range 1000 {
		ctx, cancel := w.clock.WithTimeout(t.Context(), 3*time.Second)
		c, err := one.Dial(ctx, "tcp", two.Addr().String()+":80")
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		_, _ = io.ReadAll(c) // until the other side has closed
		c.Close()
		cancel()
		from := c.LocalAddr().String()
		if seen[from] {
			t.Fatalf("connection %d comes from %s again", i, from)
		}
		seen[from] = true
	}
}

// A port that is in use for one destination is free for another. Where all are in
// use, that is the error.
func TestPortsInUse(t *testing.T) {
	t.Parallel()
	w := newWire(t, clock.NewSkipping())
	one, two := w.pair()
	w.must(one.SetPortRange(40000, 40001))
	for _, port := range []int{80, 81} {
		_, err := two.Listen(port)
		w.must(err)
	}
	for _, to := range []string{":80", ":80", ":81", ":81"} {
		c, err := one.Dial(t.Context(), "tcp", two.Addr().String()+to)
		w.must(err)
		if port := c.LocalAddr().(*net.TCPAddr).Port; port != 40000 && port != 40001 {
			t.Errorf("port %d", port)
		}
	}
	if _, err := one.Dial(t.Context(), "tcp", two.Addr().String()+":80"); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("no port is free: got %v", err)
	}
}

// Equal hosts begin at equal ports, others elsewhere.
func TestFirstPort(t *testing.T) {
	t.Parallel()
	first := func(name string) uint16 { return newPorts(newChance(Options{Name: name})).take() }
	if first("one") != first("one") || first("one") == first("two") {
		t.Errorf("one begins at %d and %d, two at %d", first("one"), first("one"), first("two"))
	}
	p := &ports{first: 5, last: 7, next: 7}
	if a, b := p.take(), p.take(); a != 7 || b != 5 {
		t.Errorf("after the last port comes the first: got %d, %d", a, b)
	}
	p = &ports{first: 65534, last: 65535, next: 65535}
	if a, b := p.take(), p.take(); a != 65535 || b != 65534 {
		t.Errorf("after 65535 comes the first: got %d, %d", a, b)
	}
}
