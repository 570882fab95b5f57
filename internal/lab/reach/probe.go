package reach

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/trail"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/trace"
)

// State is what an attempt found, in the words of port scanners.
type State string

const (
	// Open: a connection was accepted, a ping answered.
	Open State = "open"
	// Closed: packets get there and back, and a refusal comes: nothing listens.
	Closed State = "closed"
	// Filtered: nothing comes back.
	Filtered State = "filtered"
)

// Reached reports whether packets got there and back.
func (s State) Reached() bool { return s == Open || s == Closed }

// Ping stands for a port: an ICMP echo request instead of a connection.
const Ping = 0

// patience is how long an attempt may take, by the lab's clock: enough for three
// SYNs.
const patience = 8 * time.Second

// Way names a port as people write it: "tcp 80", or ping.
func Way(port int) string {
	if port == Ping {
		return "ping"
	}
	return "tcp " + strconv.Itoa(port)
}

// Attempt sends packets from a host to an address: a TCP connection to a port, or a
// ping.
func (s *Survey) Attempt(ctx context.Context, from *vpc.Host, to netip.Addr, port int) State {
	ctx, cancel := s.within(ctx, patience)
	defer cancel()
	if port == Ping {
		if _, err := from.Ping(ctx, to); err != nil {
			return Filtered
		}
		return Open
	}
	conn, err := from.Dial(ctx, "tcp", net.JoinHostPort(to.String(), strconv.Itoa(port)))
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return Closed
	case err != nil:
		return Filtered
	}
	conn.Close()
	return Open
}

// Attempted is what became of an attempt to reach one address of a target.
type Attempted struct {
	State State
	// Addr is the address; not valid if the target has none for the place.
	Addr netip.Addr
	// Why says in words why the address is closed or filtered.
	Why string
	// Trace is the way of the packets, there and back, and Named the same with the names of
	// things. Nil if none was sent.
	Trace, Named *trace.Exchange
}

// Probe tries to reach every address of a target. The error is that of ctx.
func (s *Survey) Probe(ctx context.Context, from Place, to Target, port int) ([]Attempted, error) {
	addrs, err := s.Addresses(ctx, from, to)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return []Attempted{{State: Filtered, Why: err.Error()}}, nil
	}
	recorder := trail.Record(s.Region.Network)
	defer recorder.Stop()
	out := make([]Attempted, len(addrs))
	for i, addr := range addrs {
		out[i] = Attempted{State: s.Attempt(ctx, from.Host, addr, port), Addr: addr}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if e, ok := recorder.Exchange(legTo(from.Host, addr, port)); ok {
			named := e.Named(s.short())
			out[i].Trace, out[i].Named = &e, &named
		}
		if out[i].State != Open {
			out[i].Why = s.why(from, to, addr, port, out[i].State)
		}
	}
	return out, nil
}

// why says where the packets of an attempt that was not successful ended.
func (s *Survey) why(from Place, to Target, addr netip.Addr, port int, state State) string {
	there, ok := s.trail.find(legTo(from.Host, addr, port))
	if !ok {
		return "no packet was sent"
	}
	switch {
	case there.Drop != (vpc.Drop{}):
		return s.explain(there)
	case state == Closed && there.To == from.Host.Name():
		return to.Name + " refuses the connection: it has no target that is healthy"
	case state == Closed:
		return s.hostName(there.To) + " refuses the connection: nothing listens there on " + Way(port)
	}
	// The answer goes from where the packet ended to where it seemed to come from.
	if back, ok := s.trail.find(trail.Leg{From: there.To, Protocol: there.Protocol, To: there.Source}); ok && back.Drop != (vpc.Drop{}) {
		return "the packet gets there, and the answer does not come back: " + s.explain(back)
	}
	return s.hostName(there.To) + " gets the packet and does not answer"
}

// legTo is the direction of an attempt.
func legTo(from *vpc.Host, addr netip.Addr, port int) trail.Leg {
	protocol := packet.TCP
	if port == Ping {
		protocol = packet.ICMP
	}
	return trail.Leg{From: from.Name(), Protocol: protocol, To: netip.AddrPortFrom(addr, uint16(port))}
}
