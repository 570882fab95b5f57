// Package trace has the words in which the way of a packet is told, hop by hop:
//
//	RECEIVED    at eni-1
//	ADMITTED    by sg-1 (egress: all to 0.0.0.0/0)
//	ROUTED      by rtb-1 (0.0.0.0/0) to nat-1
//	TRANSLATED  by nat-1, from 10.0.1.5:1024 to 10.0.0.7:1024
//	DROPPED     by acl-1 (egress: no entry allows tcp 443 to 93.184.216.34)
//
// A hop is what one object of a VPC does with the packet. The lab's network tells what
// it has done; package proof derives from what AWS describes what would be done. Models
// are the traces of batfish and the paths of VPC Reachability Analyzer
// (docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html).
//
// Here are the data and the words alone: nothing is decided here.
package trace

import (
	"net/netip"
	"slices"
)

// Action is what an object does with a packet.
type Action string

// The actions.
const (
	// Received: the packet comes from a host's own stack, or arrives at an interface.
	Received Action = "RECEIVED"
	// Admitted: a security group or a network ACL lets it pass.
	Admitted Action = "ADMITTED"
	// Routed: the route of a route table leads it to a target.
	Routed Action = "ROUTED"
	// Translated: its addresses or ports are others from here on.
	Translated Action = "TRANSLATED"
	// Forwarded: a gateway, an endpoint or a load balancer passes it on.
	Forwarded Action = "FORWARDED"
	// Answered: the question for a name that it asks is answered, by these names.
	Answered Action = "ANSWERED"
	// Refused: it is answered in the name of its destination: with a reset.
	Refused Action = "REFUSED"
	// Delivered: it has arrived at a host. The last hop, but for Answered.
	Delivered Action = "DELIVERED"
	// Dropped: it ends here, silently. The last hop.
	Dropped Action = "DROPPED"
)

// The directions of a filter, as seen from the interface or the subnet.
const (
	Ingress = "ingress"
	Egress  = "egress"
)

// Hop is one step of a packet's way.
type Hop struct {
	Action Action `json:"action"`
	// At is the id of the interface that the packet is at, or the name of a host on the
	// internet; empty outside of all.
	At string `json:"at,omitempty"`
	// By are the ids of what decides: the route table, the network ACL, the gateway, and
	// the security groups, which are several where none of them admits the packet.
	By []string `json:"by,omitempty"`
	// Direction is [Ingress] or [Egress] where a security group or a network ACL
	// decides; empty elsewhere.
	Direction string `json:"direction,omitempty"`
	// Rule is what of it decides: the destination of a route, a rule, an entry.
	Rule string `json:"rule,omitempty"`
	// Number is that of the network ACL's entry; 0 elsewhere, and for the last one,
	// which denies what no other matches.
	Number int `json:"number,omitempty"`
	// To is where the packet goes next: the target of the route, the host.
	To string `json:"to,omitempty"`
	// Reason says in a few words why it was dropped or refused.
	Reason string `json:"reason,omitempty"`
	// Source and Destination are those of the packet after the hop.
	Source      netip.AddrPort `json:"source,omitzero"`
	Destination netip.AddrPort `json:"destination,omitzero"`
}

// Trace is the way of one packet.
type Trace struct {
	// From is the host that sent it: the id of its interface, or the name of a host on
	// the internet. To is where it was delivered; empty if it was dropped.
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	// Protocol is the IP protocol number.
	Protocol int `json:"protocol"`
	// Source and Destination are the packet's as the sender wrote them.
	Source      netip.AddrPort `json:"source"`
	Destination netip.AddrPort `json:"destination"`
	// Hops are in the order in which they were taken.
	Hops []Hop `json:"hops"`
}

// Arrived reports whether the packet was delivered.
func (t Trace) Arrived() bool { return t.To != "" }

// Broken returns the hop that ended the packet's way: that dropped it, or refused it.
// It is false for a packet that arrived and was not refused.
func (t Trace) Broken() (Hop, bool) {
	for _, h := range t.Hops {
		if h.Action == Dropped || h.Action == Refused {
			return h, true
		}
	}
	return Hop{}, false
}

// Exchange is a packet with its first answer, which has a way of its own.
type Exchange struct {
	There Trace `json:"there"`
	// Back is the answer's way; nil if there was no answer.
	Back *Trace `json:"back,omitempty"`
}

// Named returns the exchange with the names of things in place of their ids.
func (e Exchange) Named(name func(id string) string) Exchange {
	out := Exchange{There: e.There.named(name)}
	if e.Back != nil {
		back := e.Back.named(name)
		out.Back = &back
	}
	return out
}

func (t Trace) named(name func(id string) string) Trace {
	t.Hops = slices.Clone(t.Hops)
	for i := range t.Hops {
		h := &t.Hops[i]
		h.By = slices.Clone(h.By)
		for j, id := range h.By {
			h.By[j] = name(id)
		}
		if h.Action == Received && len(h.By) == 0 {
			h.At = name(h.At)
		}
		if h.To != "" {
			h.To = name(h.To)
		}
	}
	return t
}

// Broken returns the first hop that ended the exchange, and whether it is one of the
// answer's way. It is false where packets got there and back.
func (e Exchange) Broken() (h Hop, back, ok bool) {
	if h, ok := e.There.Broken(); ok {
		return h, false, true
	}
	if e.Back != nil {
		h, ok := e.Back.Broken()
		return h, true, ok
	}
	return Hop{}, false, false
}
