package dns

import (
	"net/netip"
	"time"

	miekg "github.com/miekg/dns"
)

// Question describes a query to a fault.
type Question struct {
	// Name is the name in lower case with a final dot.
	Name string
	// Type is the type as text, such as A.
	Type string
	// From is the address of the client.
	From netip.Addr
}

// Effect is what a fault does to one query. The zero value does nothing.
type Effect struct {
	// Drop leaves the query without an answer.
	Drop bool
	// Delay is how long the answer is delayed, on the server's clock.
	Delay time.Duration
	// Rcode replaces the answer by an error, such as miekg's RcodeServerFailure.
	Rcode int
	// Addresses replace the answer of an A query. They are a false answer.
	Addresses []netip.Addr
}

// Fault returns the fault of a query. It is called concurrently.
type Fault func(Question) Effect

// apply changes a reply as the effect says.
func (e Effect) apply(reply *miekg.Msg) {
	if len(reply.Question) != 1 {
		return
	}
	q := reply.Question[0]
	switch {
	case e.Rcode != 0:
		reply.Rcode, reply.Answer, reply.Ns = e.Rcode, nil, nil
	case len(e.Addresses) > 0 && q.Qtype == miekg.TypeA:
		reply.Rcode, reply.Answer, reply.Ns = miekg.RcodeSuccess, nil, nil
		for _, a := range e.Addresses {
			reply.Answer = append(reply.Answer, &miekg.A{Hdr: header(q.Name, miekg.TypeA), A: a.AsSlice()})
		}
	}
}
