// Package trail keeps the ways that packets have taken through the lab's network: for
// each conversation the last one, there and back. It knows nothing of who asks for what.
package trail

import (
	"net/netip"
	"sync"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/trace"
)

// Leg is one direction of a conversation as its sender sees it, whatever port it sends
// from.
type Leg struct {
	// From is the name of the host that sends; see [vpc.Transmission].
	From string
	// Protocol is the IP protocol number.
	Protocol int
	// To is what the packets are sent to. The port of ICMP is 0.
	To netip.AddrPort
}

// Recorder keeps the last exchange of each leg: of TCP the packet that opens a
// connection, of all else the last packet that is no answer. Its methods may be called
// concurrently.
type Recorder struct {
	stop func()

	mu      sync.Mutex
	legs    map[Leg]*exchange
	order   []Leg // the oldest first
	waiting map[flow]*exchange
}

// flow is a packet with its answers, as who receives it sees it.
type flow struct {
	at       string
	protocol int
	from, to netip.AddrPort
}

type exchange struct {
	trace.Exchange
	answers flow
}

// maxLegs bounds what is kept.
const maxLegs = 1 << 14

// Record begins to record what a network carries, until Stop.
func Record(n *vpc.Network) *Recorder {
	r := &Recorder{legs: map[Leg]*exchange{}, waiting: map[flow]*exchange{}}
	r.stop = n.Trace(r.note)
	return r
}

// Stop ends the recording. What was recorded stays.
func (r *Recorder) Stop() { r.stop() }

// Exchange returns the last exchange of a leg, and whether there was one.
func (r *Recorder) Exchange(l Leg) (trace.Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.legs[l]
	if !ok {
		return trace.Exchange{}, false
	}
	return e.Exchange, true
}

func (r *Recorder) note(t vpc.Transmission) {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer := flow{t.From, t.Protocol, t.SentTo, t.SentFrom}
	if asked, ok := r.waiting[answer]; ok && !t.Starts {
		if asked.Back == nil {
			asked.Back = t.Trace
		}
		return
	}
	if t.Protocol == packet.TCP && !t.Starts {
		return
	}
	l := Leg{t.From, t.Protocol, t.SentTo}
	if old := r.legs[l]; old != nil {
		delete(r.waiting, old.answers)
	} else {
		r.order = append(r.order, l)
	}
	e := &exchange{Exchange: trace.Exchange{There: *t.Trace}}
	r.legs[l] = e
	if t.To != "" {
		e.answers = flow{t.To, t.Protocol, t.Source, t.Destination}
		r.waiting[e.answers] = e
	}
	if len(r.order) > maxLegs {
		if old := r.legs[r.order[0]]; old != nil {
			delete(r.waiting, old.answers)
		}
		delete(r.legs, r.order[0])
		r.order = r.order[1:]
	}
}
