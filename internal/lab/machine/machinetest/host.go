// Package machinetest helps to test instances: a host on the loopback interface,
// a clock that does not wait, and scripts with the console that they leave.
package machinetest

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

// Host is an instance's host on the loopback interface: real sockets, with the
// ports and names that a test gives it. Set its fields before it is used.
type Host struct {
	// Pings are the addresses that answer a ping, with the time they take.
	Pings map[netip.Addr]time.Duration
	// Forwarding and Masquerading are what the machine has set.
	Forwarding, Masquerading bool

	server netip.AddrPort
	mu     sync.Mutex
	ports  map[int]string // the port asked for → the real address
}

// Map leads connections to a port, of whatever address, to a real address.
func (h *Host) Map(port int, address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ports[port] = address
}

// AwaitPort waits until a port is listened on, and fails the test if that takes
// longer than ten seconds.
func (h *Host) AwaitPort(t *testing.T, port int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		h.mu.Lock()
		_, ok := h.ports[port]
		h.mu.Unlock()
		if ok {
			return
		}
	}
	t.Fatalf("nobody listens on port %d", port)
}

// Dial connects to the real address behind the port.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	if to, ok := h.ports[port]; ok && network == "tcp" {
		address = to
	}
	h.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, address)
}

// Listen takes any free port and remembers which one was asked for.
func (h *Host) Listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.ports[port]; taken {
		listener.Close()
		return nil, errors.New("port in use")
	}
	h.ports[port] = listener.Addr().String()
	return listener, nil
}

// Ping answers with the set time, or never.
func (h *Host) Ping(ctx context.Context, to netip.Addr) (time.Duration, error) {
	if rtt, ok := h.Pings[to]; ok {
		return rtt, nil
	}
	<-ctx.Done()
	return 0, ctx.Err()
}

// SetForwarding keeps what was set in Forwarding.
func (h *Host) SetForwarding(on bool) { h.Forwarding = on }

// SetMasquerading keeps what was set in Masquerading.
func (h *Host) SetMasquerading(on bool) { h.Masquerading = on }

// Nameservers is a resolver that knows the names given to NewHost.
func (h *Host) Nameservers() []netip.AddrPort { return []netip.AddrPort{h.server} }

// Addr is a private address.
func (h *Host) Addr() netip.Addr { return netip.MustParseAddr("10.0.1.109") }

// NewHost makes a host whose resolver knows these names: each has addresses,
// separated by commas, or the name that it is an alias of.
func NewHost(t *testing.T, names map[string]string) *Host {
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
	return &Host{
		server: packets.LocalAddr().(*net.UDPAddr).AddrPort(),
		ports:  map[int]string{},
		Pings:  map[netip.Addr]time.Duration{},
	}
}
