// Package nat keeps tables of translated flows: what NAT gateways and load
// balancers are made of. It decides nothing: its users choose the addresses to
// translate to, and rewrite the packets.
package nat

import (
	"net/netip"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"provenendpoints/internal/lab/packet"
)

// Table is a table of translated flows. A flow is known by the interface I at
// which it arrives, so that equal private addresses of different VPCs do not get
// mixed up. Its methods may be called concurrently.
type Table[I comparable] struct {
	clock tcpip.Clock
	idle  time.Duration

	mu    sync.Mutex
	flows map[Arrival[I]]*translation[I]
	sweep int // at this size, idle ones are looked for
}

// Arrival is a flow that arrives at an interface.
type Arrival[I comparable] struct {
	At   I
	Flow packet.Flow
}

// translation is what becomes of a flow: its new addresses and ports, and the
// interface by which it leaves.
type translation[I comparable] struct {
	to   packet.Flow
	via  I
	last tcpip.MonotonicTime
	back Arrival[I] // the entry for the other direction
}

// NewTable returns an empty table, which forgets flows that are idle for longer
// than idle on the clock.
func NewTable[I comparable](c tcpip.Clock, idle time.Duration) *Table[I] {
	return &Table[I]{clock: c, idle: idle, flows: map[Arrival[I]]*translation[I]{}, sweep: 1024}
}

// Lookup returns what becomes of a flow that is already translated.
func (t *Table[I]) Lookup(a Arrival[I]) (to packet.Flow, via I, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.NowMonotonic()
	found := t.get(a, now)
	if found == nil {
		return to, via, false
	}
	found.last = now
	if back := t.flows[found.back]; back != nil {
		back.last = now
	}
	return found.to, found.via, true
}

// get returns a live entry. The caller holds mu.
func (t *Table[I]) get(a Arrival[I], now tcpip.MonotonicTime) *translation[I] {
	found := t.flows[a]
	if found != nil && now.Sub(found.last) > t.idle {
		delete(t.flows, a)
		delete(t.flows, found.back)
		return nil
	}
	return found
}

// Add translates the flow in: it leaves by interface out as flow to. Its answers
// arrive at out and leave by the interface of in. With masquerade, the source
// port of to is only a wish: Add takes another one where the answers would be
// those of another flow as well. It returns the flow as it leaves, and false if
// no port is free.
func (t *Table[I]) Add(in Arrival[I], to packet.Flow, out I, masquerade bool) (packet.Flow, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.NowMonotonic()
	t.expire(now)
	for try := 0; ; try++ {
		back := Arrival[I]{At: out, Flow: to.Reverse()}
		if t.get(back, now) == nil {
			t.flows[in] = &translation[I]{to: to, via: out, last: now, back: back}
			t.flows[back] = &translation[I]{to: in.Flow.Reverse(), via: in.At, last: now, back: in}
			return to, true
		}
		if !masquerade || try >= 64512 {
			return to, false
		}
		port := to.Src.Port() + 1
		if port < 1024 {
			port = 1024
		}
		to.Src = netip.AddrPortFrom(to.Src.Addr(), port)
	}
}

// expire drops idle entries now and then, so that the cost of each packet stays
// the same. The caller holds mu.
func (t *Table[I]) expire(now tcpip.MonotonicTime) {
	if len(t.flows) < t.sweep {
		return
	}
	for a, e := range t.flows {
		if now.Sub(e.last) > t.idle {
			delete(t.flows, a)
		}
	}
	t.sweep = max(1024, 2*len(t.flows))
}

// Remove forgets every flow that the function picks.
func (t *Table[I]) Remove(pick func(in Arrival[I], to packet.Flow, via I) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for a, e := range t.flows {
		if pick(a, e.to, e.via) {
			delete(t.flows, a)
			delete(t.flows, e.back)
		}
	}
}
