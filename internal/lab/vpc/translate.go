package vpc

import (
	"net/netip"
	"provenendpoints/internal/lab/packet"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// translator is a table of translated flows: what NAT gateways and load
// balancers are made of. A flow is known by the interface that it comes to, so
// that equal private addresses of different VPCs do not get mixed up.
type translator struct {
	clock tcpip.Clock
	idle  time.Duration

	mu    sync.Mutex
	flows map[arrival]*translation
	sweep int // at this size, idle ones are looked for
}

// arrival is a flow that comes to an interface.
type arrival struct {
	at   *eni
	flow packet.Flow
}

// translation is what becomes of a flow: its new addresses and ports, and the
// interface that it leaves by.
type translation struct {
	to   packet.Flow
	via  *eni
	last tcpip.MonotonicTime
	back arrival // the entry for the other direction
}

func newTranslator(c tcpip.Clock, idle time.Duration) *translator {
	return &translator{clock: c, idle: idle, flows: map[arrival]*translation{}, sweep: 1024}
}

// lookup returns what becomes of a flow that is already translated.
func (t *translator) lookup(a arrival) (packet.Flow, *eni, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.NowMonotonic()
	found := t.get(a, now)
	if found == nil {
		return packet.Flow{}, nil, false
	}
	found.last = now
	if back := t.flows[found.back]; back != nil {
		back.last = now
	}
	return found.to, found.via, true
}

// get returns a live entry. The caller holds mu.
func (t *translator) get(a arrival, now tcpip.MonotonicTime) *translation {
	found := t.flows[a]
	if found != nil && now.Sub(found.last) > t.idle {
		delete(t.flows, a)
		delete(t.flows, found.back)
		return nil
	}
	return found
}

// add translates the flow that comes to in: it leaves via out as flow to, and
// the answers, which come to out, leave in by.
// With masquerade, the port of to's source is only a wish: another one is taken
// if answers to it could not be told from those of another flow. It returns the
// flow as it leaves, and false if no port is free.
func (t *translator) add(in arrival, to packet.Flow, out *eni, masquerade bool) (packet.Flow, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.NowMonotonic()
	t.expire(now)
	for try := 0; ; try++ {
		back := arrival{at: out, flow: to.Reverse()}
		if t.get(back, now) == nil {
			t.flows[in] = &translation{to: to, via: out, last: now, back: back}
			t.flows[back] = &translation{to: in.flow.Reverse(), via: in.at, last: now, back: in}
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
func (t *translator) expire(now tcpip.MonotonicTime) {
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

// drop forgets every flow that the function picks.
func (t *translator) drop(pick func(in arrival, to packet.Flow, via *eni) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for a, e := range t.flows {
		if pick(a, e.to, e.via) {
			delete(t.flows, a)
			delete(t.flows, e.back)
		}
	}
}
