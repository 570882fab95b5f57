package functions

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	miekg "github.com/miekg/dns"
)

// How long the function's operating system waits for a resolver, and how often
// it asks each (man7.org/linux/man-pages/man5/resolv.conf.5.html).
const (
	resolverTimeout  = 5 * time.Second
	resolverAttempts = 2
)

// Client is an HTTP client that resolves names and connects from the function's
// place and trusts what the function trusts. Its time-outs are the caller's
// contexts alone.
func (e Environment) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:     e.dial,
		TLSClientConfig: &tls.Config{RootCAs: e.Roots, MinVersion: tls.VersionTLS12},
		// Idle connections end with the function's host.
		MaxIdleConnsPerHost: 4,
	}}
}

// dial connects to the first address of a host that lets it.
func (e Environment) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := e.lookup(ctx, host)
	if err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: host}
	}
	for _, a := range addresses {
		var conn net.Conn
		if conn, err = e.Place.Dial(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// lookup asks the place's resolvers for the IPv4 addresses of a host.
func (e Environment) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	query := new(miekg.Msg).SetQuestion(miekg.Fqdn(host), miekg.TypeA)
	err := fmt.Errorf("no resolver is known")
	for range resolverAttempts {
		for _, server := range e.Place.Nameservers() {
			var answer *miekg.Msg
			if answer, err = e.ask(ctx, server, query); err == nil {
				return addressesOf(answer)
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
	}
	return nil, err
}

// ask sends a query over UDP, and over TCP if the answer did not fit.
func (e Environment) ask(ctx context.Context, server netip.AddrPort, query *miekg.Msg) (*miekg.Msg, error) {
	answer, err := e.exchange(ctx, "udp", server, query)
	if err == nil && answer.Truncated {
		return e.exchange(ctx, "tcp", server, query)
	}
	return answer, err
}

func (e Environment) exchange(ctx context.Context, network string, server netip.AddrPort, query *miekg.Msg) (*miekg.Msg, error) {
	ctx, cancel := e.Clock.WithTimeout(ctx, resolverTimeout)
	defer cancel()
	raw, err := e.Place.Dial(ctx, network, server.String())
	if err != nil {
		return nil, err
	}
	conn := &miekg.Conn{Conn: raw}
	defer conn.Close()
	// Closing the connection ends the wait for an answer.
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	if err := conn.WriteMsg(query); err != nil {
		return nil, err
	}
	for {
		answer, err := conn.ReadMsg()
		if err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return nil, fmt.Errorf("resolver %s: %w", server, err)
		}
		if answer.Id == query.Id {
			return answer, nil
		}
	}
}

// addressesOf are the addresses in an answer.
func addressesOf(answer *miekg.Msg) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, record := range answer.Answer {
		if a, ok := record.(*miekg.A); ok {
			if addr, ok := netip.AddrFromSlice(a.A.To4()); ok {
				out = append(out, addr)
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no such host (%s)", miekg.RcodeToString[answer.Rcode])
	}
	return out, nil
}
