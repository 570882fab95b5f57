package machine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// loopback is a host on the loopback interface: real sockets, with the ports
// and names that a test gives it. Ping answers for known addresses.
type loopback struct {
	server netip.AddrPort
	mu     sync.Mutex
	ports  map[int]string // the port asked for → the real address
	pings  map[netip.Addr]time.Duration
}

// Dial connects to the real address behind the port.
func (l *loopback) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	if to, ok := l.ports[port]; ok && network == "tcp" {
		address = to
	}
	l.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, address)
}

// Listen takes any free port and remembers which one was asked for.
func (l *loopback) Listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, taken := l.ports[port]; taken {
		listener.Close()
		return nil, errors.New("port in use")
	}
	l.ports[port] = listener.Addr().String()
	return listener, nil
}

// Ping answers after the set time, or never.
func (l *loopback) Ping(ctx context.Context, to netip.Addr) (time.Duration, error) {
	if rtt, ok := l.pings[to]; ok {
		return rtt, nil
	}
	<-ctx.Done()
	return 0, ctx.Err()
}

// Nameservers is the test's own.
func (l *loopback) Nameservers() []netip.AddrPort { return []netip.AddrPort{l.server} }

// Addr is an address of the mission's example.
func (l *loopback) Addr() netip.Addr { return netip.MustParseAddr("10.0.1.109") }

// newHost makes a host whose name server knows these names (comma-separated
// addresses, or a name to be an alias of).
func newHost(t *testing.T, names map[string]string) *loopback {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		answer := new(dns.Msg).SetReply(query)
		name := strings.TrimSuffix(query.Question[0].Name, ".")
		value, ok := names[name]
		if !ok {
			answer.Rcode = dns.RcodeNameError
		}
		for _, item := range strings.Split(value, ",") {
			if _, err := netip.ParseAddr(item); err != nil && ok {
				record, _ := dns.NewRR(fmt.Sprintf("%s. 60 IN CNAME %s.", name, item))
				answer.Answer = append(answer.Answer, record)
				name, item = item, names[item]
			}
			if ok && query.Question[0].Qtype == dns.TypeA {
				record, _ := dns.NewRR(fmt.Sprintf("%s. 60 IN A %s", name, item))
				answer.Answer = append(answer.Answer, record)
			}
		}
		_ = w.WriteMsg(answer)
	})
	started := make(chan struct{})
	server := &dns.Server{PacketConn: packets, Handler: handler, NotifyStartedFunc: func() { close(started) }}
	go func() { _ = server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = server.Shutdown() })
	return &loopback{
		server: packets.LocalAddr().(*net.UDPAddr).AddrPort(),
		ports:  map[int]string{},
		pings:  map[netip.Addr]time.Duration{},
	}
}

// fastClock passes time at once, and remembers how much.
type fastClock struct {
	mu  sync.Mutex
	now time.Time
}

func newFastClock() *fastClock {
	return &fastClock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

// Now returns the time that has passed by sleeping.
func (c *fastClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the time on.
func (c *fastClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// WithTimeout ends after a hundredth of the time, so that what never answers
// takes short.
func (c *fastClock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d/100, context.DeadlineExceeded)
}

// boot runs user data to its end and returns the machine and what Wait said.
func boot(t *testing.T, host Host, config Config) (*Machine, error) {
	t.Helper()
	if config.Clock == nil {
		config.Clock = newFastClock()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	m := Run(ctx, host, config)
	t.Cleanup(m.Stop)
	return m, m.Wait(ctx)
}
