package dns

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	miekg "github.com/miekg/dns"
)

// maxUDP is the largest answer over UDP in bytes, for those who say by EDNS
// that they can take it (the value of DNS Flag Day 2020). Without EDNS it is
// 512 (RFC 1035). Longer answers are cut, with the TC flag, and asked again
// over TCP.
const maxUDP = 1232

// Question is what a fault sees of a query.
type Question struct {
	// Name is the name in lower case with a final dot.
	Name string
	// Type is the type as text, such as A.
	Type string
	// From is the address that asks.
	From netip.Addr
}

// Effect is what a fault does to one query. The zero value does nothing.
type Effect struct {
	// Drop leaves the query without any answer.
	Drop bool
	// Delay is how long the answer is held back, on the server's clock.
	Delay time.Duration
	// Rcode replaces the answer by an error, such as miekg's RcodeServerFailure.
	Rcode int
	// Addresses replace the answer of an A query: a lie.
	Addresses []netip.Addr
}

// Fault decides what goes wrong with a query. It is called concurrently.
type Fault func(Question) Effect

// Options say what a server answers and where.
type Options struct {
	// View is what the server answers to those who ask from an address. Required.
	View func(from netip.Addr) View
	// Packets and Streams are where queries come in; the server closes them.
	Packets []net.PacketConn
	Streams []net.Listener
	// Fault, if set, spoils answers.
	Fault Fault
	// Sleep passes the time of a delay. Default: the wall clock.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Server answers queries until it is closed.
type Server struct {
	options Options
	ctx     context.Context
	cancel  context.CancelFunc
	servers []*miekg.Server
	running sync.WaitGroup
}

// Serve starts a server. It returns when the server takes queries.
func Serve(o Options) (*Server, error) {
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	s := &Server{options: o}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, c := range o.Packets {
		s.servers = append(s.servers, &miekg.Server{PacketConn: c})
	}
	for _, l := range o.Streams {
		s.servers = append(s.servers, &miekg.Server{Listener: l})
	}
	for _, server := range s.servers {
		if err := s.start(server); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// start runs one of the listeners and waits until it takes queries.
func (s *Server) start(server *miekg.Server) error {
	server.Handler = miekg.HandlerFunc(s.handle)
	// By default reads give up and begin anew every two seconds: on a clock that
	// skips ahead when all wait, that would be the only thing that ever happens.
	server.ReadTimeout = 365 * 24 * time.Hour
	server.IdleTimeout = func() time.Duration { return 10 * time.Second }
	started, failed := make(chan struct{}), make(chan error, 1)
	server.NotifyStartedFunc = func() { close(started) }
	s.running.Go(func() { failed <- server.ActivateAndServe() })
	select {
	case <-started:
		return nil
	case err := <-failed:
		return fmt.Errorf("dns server: %w", err)
	}
}

// Close ends the server and waits for everything that it started.
func (s *Server) Close() error {
	s.cancel()
	for _, server := range s.servers {
		// The only error is that it is not running, which is what is wanted.
		_ = server.Shutdown()
	}
	s.running.Wait()
	return nil
}

// handle answers one query.
func (s *Server) handle(w miekg.ResponseWriter, query *miekg.Msg) {
	var from netip.Addr
	if a, err := netip.ParseAddrPort(w.RemoteAddr().String()); err == nil {
		from = a.Addr().Unmap()
	}
	effect := s.effect(from, query)
	if effect.Delay > 0 && s.options.Sleep(s.ctx, effect.Delay) != nil {
		return
	}
	if effect.Drop {
		return
	}
	reply := s.options.View(from).Answer(query)
	effect.spoil(reply)
	shuffle(reply.Answer)
	if w.RemoteAddr().Network() == "udp" {
		size := miekg.MinMsgSize
		if opt := query.IsEdns0(); opt != nil {
			size = min(max(size, int(opt.UDPSize())), maxUDP)
		}
		reply.Truncate(size)
	}
	// Who asked may be gone by now; nobody is left to tell.
	_ = w.WriteMsg(reply)
}

func (s *Server) effect(from netip.Addr, query *miekg.Msg) Effect {
	if s.options.Fault == nil || len(query.Question) != 1 {
		return Effect{}
	}
	q := query.Question[0]
	return s.options.Fault(Question{Name: miekg.CanonicalName(q.Name), Type: miekg.Type(q.Qtype).String(), From: from})
}

// spoil changes a reply as the effect says.
func (e Effect) spoil(reply *miekg.Msg) {
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

// shuffle puts the addresses of an answer into random order, as Route 53 does,
// so that clients that take the first one spread over all
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-multivalue.html).
// CNAME records stay in front.
func shuffle(answer []miekg.RR) {
	i := slices.IndexFunc(answer, func(rr miekg.RR) bool { return rr.Header().Rrtype == miekg.TypeA })
	if i < 0 {
		return
	}
	a := answer[i:]
	rand.Shuffle(len(a), func(i, j int) { a[i], a[j] = a[j], a[i] })
}

// sleep is the default of Options.Sleep.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
