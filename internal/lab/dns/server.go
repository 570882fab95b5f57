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

	"provenendpoints/proof"
)

// maxUDP is the largest answer over UDP in bytes to a client that accepts as much
// by EDNS (the value of DNS Flag Day 2020). Without EDNS it is 512 (RFC 1035).
// Longer answers are truncated and have the TC flag; the client repeats the query
// over TCP.
const maxUDP = 1232

// Options configure a server.
type Options struct {
	// View returns the view of a client by its address. Required.
	View func(from netip.Addr) View
	// Redirect returns what answers a client's query for a name in place of the view;
	// nil if the view does. Optional.
	Redirect func(from netip.Addr, name string) Exchange
	// Packets and Streams are where queries arrive. The server closes them.
	Packets []net.PacketConn
	Streams []net.Listener
	// Fault changes answers. Optional.
	Fault Fault
	// Sleep waits for the time of a delay. Default: on the wall clock.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Exchange answers a query, or lets another server do it.
type Exchange func(ctx context.Context, query *miekg.Msg) *miekg.Msg

// Server answers queries until it is closed.
type Server struct {
	options Options
	ctx     context.Context
	cancel  context.CancelFunc
	servers []*miekg.Server
	running sync.WaitGroup
}

// Serve starts a server. It returns when the server accepts queries.
func Serve(o Options) (*Server, error) {
	if o.Sleep == nil {
		o.Sleep = proof.SystemClock().Sleep
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

// start runs one of the listeners and waits until it accepts queries.
func (s *Server) start(server *miekg.Server) error {
	server.Handler = miekg.HandlerFunc(s.handle)
	// By default a read times out and is repeated every two seconds. The lab's
	// clock skips ahead when everything waits, so it would skip from one time-out
	// to the next for ever.
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
	reply := s.answer(from, query)
	effect.apply(reply)
	shuffle(reply.Answer)
	if w.RemoteAddr().Network() == "udp" {
		size := miekg.MinMsgSize
		if opt := query.IsEdns0(); opt != nil {
			size = min(max(size, int(opt.UDPSize())), maxUDP)
		}
		reply.Truncate(size)
	}
	// The client may have closed its connection. Then nobody needs the error.
	_ = w.WriteMsg(reply)
}

// answer answers a query by the view, or by what it is redirected to.
func (s *Server) answer(from netip.Addr, query *miekg.Msg) *miekg.Msg {
	if s.options.Redirect != nil && query.Opcode == miekg.OpcodeQuery && len(query.Question) == 1 {
		if exchange := s.options.Redirect(from, miekg.CanonicalName(query.Question[0].Name)); exchange != nil {
			return exchange(s.ctx, query)
		}
	}
	return s.options.View(from).Answer(query)
}

func (s *Server) effect(from netip.Addr, query *miekg.Msg) Effect {
	if s.options.Fault == nil || len(query.Question) != 1 {
		return Effect{}
	}
	q := query.Question[0]
	return s.options.Fault(Question{Name: miekg.CanonicalName(q.Name), Type: miekg.Type(q.Qtype).String(), From: from})
}

// shuffle puts the addresses of an answer into random order, as Route 53 does.
// Clients that use the first address so spread over all of them
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-multivalue.html).
// CNAME records stay first.
func shuffle(answer []miekg.RR) {
	i := slices.IndexFunc(answer, func(rr miekg.RR) bool { return rr.Header().Rrtype == miekg.TypeA })
	if i < 0 {
		return
	}
	a := answer[i:]
	rand.Shuffle(len(a), func(i, j int) { a[i], a[j] = a[j], a[i] })
}
