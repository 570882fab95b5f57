package machine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// errNoName: the resolver answered, and there is no such name.
var errNoName = errors.New("name or service not known")

// errNoAnswer: no resolver answered.
var errNoAnswer = errors.New("temporary failure in name resolution")

// How long glibc waits for a resolver, and how often it asks each
// (man7.org/linux/man-pages/man5/resolv.conf.5.html).
const (
	resolverTimeout  = 5 * time.Second
	resolverAttempts = 2
)

// resolve looks a host name up, as getaddrinfo does for IPv4.
func (m *Machine) resolve(ctx context.Context, name string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{addr}, nil
	}
	switch name {
	case "localhost":
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
	case m.name:
		return []netip.Addr{m.host.Addr()}, nil
	}
	query := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA)
	answer, _, err := m.ask(ctx, query, m.host.Nameservers(), resolverTimeout, resolverAttempts)
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, record := range answer.Answer {
		if a, ok := record.(*dns.A); ok {
			if addr, ok := netip.AddrFromSlice(a.A.To4()); ok {
				out = append(out, addr)
			}
		}
	}
	switch {
	case len(out) > 0:
		return out, nil
	case answer.Rcode == dns.RcodeSuccess || answer.Rcode == dns.RcodeNameError:
		return nil, errNoName
	}
	return nil, errNoAnswer
}

// ask sends a query to each server in turn, over UDP, and over TCP where the
// answer was cut off. It returns the answer and the server that gave it.
func (m *Machine) ask(ctx context.Context, query *dns.Msg, servers []netip.AddrPort, timeout time.Duration, attempts int) (*dns.Msg, netip.AddrPort, error) {
	failure := errNoAnswer
	for range attempts {
		for _, server := range servers {
			answer, err := m.exchange(ctx, "udp", query, server, timeout)
			if err == nil && answer.Truncated {
				answer, err = m.exchange(ctx, "tcp", query, server, timeout)
			}
			if err == nil {
				return answer, server, nil
			}
			if ctx.Err() != nil {
				return nil, server, ctx.Err()
			}
			failure = fmt.Errorf("%w: %w", errNoAnswer, err)
		}
	}
	return nil, netip.AddrPort{}, failure
}

func (m *Machine) exchange(ctx context.Context, network string, query *dns.Msg, server netip.AddrPort, timeout time.Duration) (*dns.Msg, error) {
	ctx, cancel := m.clock.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := m.host.Dial(ctx, network, server.String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	message, err := query.Pack()
	if err != nil {
		return nil, err
	}
	if network == "tcp" {
		message = append([]byte{byte(len(message) >> 8), byte(len(message))}, message...)
	}
	if _, err := conn.Write(message); err != nil {
		return nil, err
	}
	for {
		answer, err := readMessage(conn, network)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
		// What does not belong to the question is not an answer to it.
		if answer.Id == query.Id && answer.Response && len(answer.Question) == 1 && answer.Question[0] == query.Question[0] {
			return answer, nil
		}
	}
}

func readMessage(conn net.Conn, network string) (*dns.Msg, error) {
	buffer := make([]byte, dns.MaxMsgSize)
	var n int
	var err error
	if network == "tcp" {
		n, err = readFramed(conn, buffer)
	} else {
		n, err = conn.Read(buffer)
	}
	if err != nil {
		return nil, err
	}
	answer := new(dns.Msg)
	return answer, answer.Unpack(buffer[:n])
}

func readFramed(conn net.Conn, buffer []byte) (int, error) {
	framed := dns.Conn{Conn: conn}
	return framed.Read(buffer)
}

// getent is getent hosts NAME and getent ahosts NAME.
func getent(ctx context.Context, p *process) int {
	if len(p.args) != 2 || (p.args[0] != "hosts" && p.args[0] != "ahosts" && p.args[0] != "ahostsv4") {
		return p.fail(1, "getent: only hosts NAME is supported")
	}
	addrs, err := p.resolve(ctx, p.args[1])
	if err != nil {
		return 2
	}
	for _, addr := range addrs {
		fmt.Fprintf(p.out, "%-15s %s\n", addr, p.args[1])
	}
	return 0
}
