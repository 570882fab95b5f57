package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	miekg "github.com/miekg/dns"
)

// How long glibc waits for an answer, and how often it asks each resolver
// (man7.org/linux/man-pages/man5/resolv.conf.5.html).
const (
	defaultTimeout  = 5 * time.Second
	defaultAttempts = 2
)

// ErrNoResolver is the failure of a client that knows no resolver.
var ErrNoResolver = errors.New("no resolver is known")

// NoAddressError is a resolver's answer without an address.
type NoAddressError struct {
	// Rcode is miekg's response code, such as RcodeNameError.
	Rcode int
}

// Error names the response code.
func (e *NoAddressError) Error() string {
	return fmt.Sprintf("no such host (%s)", miekg.RcodeToString[e.Rcode])
}

// Client is a stub resolver: what an operating system's getaddrinfo does, over
// the network of a host of the lab.
//
// The probers' resolver is another one, in the package proof, as it is part of
// what runs on AWS. And miekg's Client does not serve: its time-outs are
// deadlines on the wall's clock, and it dials over the real machine's network.
type Client struct {
	// Dial opens a connection to an IP:port; network is udp or tcp. Required.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// WithTimeout measures the time-outs, on the lab's clock. Required.
	WithTimeout func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	// Timeout is how long one exchange may take. Default: 5 seconds.
	Timeout time.Duration
	// Attempts is how often each resolver is asked. Default: 2.
	Attempts int
}

// Lookup returns the IPv4 addresses of a host; an address stands for itself.
// The error is a [*NoAddressError] if a resolver answered without an address.
func (c Client) Lookup(ctx context.Context, resolvers []netip.AddrPort, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	query := new(miekg.Msg).SetQuestion(miekg.Fqdn(host), miekg.TypeA)
	answer, _, err := c.Exchange(ctx, resolvers, query)
	if err != nil {
		return nil, err
	}
	var addresses []netip.Addr
	for _, record := range answer.Answer {
		if a, ok := record.(*miekg.A); ok {
			if addr, ok := netip.AddrFromSlice(a.A.To4()); ok {
				addresses = append(addresses, addr)
			}
		}
	}
	if len(addresses) == 0 {
		return nil, &NoAddressError{answer.Rcode}
	}
	return addresses, nil
}

// Exchange asks the resolvers in turn until one of them answers, and returns
// the answer and its resolver. Any answer counts, an error code too.
func (c Client) Exchange(ctx context.Context, resolvers []netip.AddrPort, query *miekg.Msg) (*miekg.Msg, netip.AddrPort, error) {
	attempts := c.Attempts
	if attempts == 0 {
		attempts = defaultAttempts
	}
	failure := ErrNoResolver
	for range attempts {
		for _, resolver := range resolvers {
			answer, err := c.ask(ctx, resolver, query)
			if err == nil {
				return answer, resolver, nil
			}
			if ctx.Err() != nil {
				return nil, resolver, ctx.Err()
			}
			failure = fmt.Errorf("resolver %s: %w", resolver, err)
		}
	}
	return nil, netip.AddrPort{}, failure
}

// ask sends a query over UDP, and over TCP if the answer was truncated.
func (c Client) ask(ctx context.Context, resolver netip.AddrPort, query *miekg.Msg) (*miekg.Msg, error) {
	answer, err := c.askOver(ctx, "udp", resolver, query)
	if err == nil && answer.Truncated {
		return c.askOver(ctx, "tcp", resolver, query)
	}
	return answer, err
}

func (c Client) askOver(ctx context.Context, network string, resolver netip.AddrPort, query *miekg.Msg) (*miekg.Msg, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := c.WithTimeout(ctx, timeout)
	defer cancel()
	raw, err := c.Dial(ctx, network, resolver.String())
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	// Closing the connection ends the wait for an answer.
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	conn := &miekg.Conn{Conn: raw, UDPSize: miekg.MaxMsgSize}
	if err := conn.WriteMsg(query); err != nil {
		return nil, err
	}
	for {
		answer, err := conn.ReadMsg()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
		if answers(answer, query) {
			return answer, nil
		}
	}
}

// answers reports whether a message answers this very query.
func answers(answer, query *miekg.Msg) bool {
	return answer.Id == query.Id && answer.Response && len(answer.Question) == 1 && answer.Question[0] == query.Question[0]
}
