package proof

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/miekg/dns"
)

// resolverFile lists the resolvers of a host.
const resolverFile = "/etc/resolv.conf"

// failure is an error with the outcome that it means for a measurement.
type failure struct {
	outcome Outcome
	detail  string
	missing Missing // where the outcome is NoName
}

func (f *failure) Error() string { return f.detail }

// fail makes a failure.
func fail(outcome Outcome, format string, args ...any) *failure {
	return &failure{outcome: outcome, detail: printable(shorten(fmt.Sprintf(format, args...), maxDetail))}
}

// maxDetail is the most bytes of a text that a server can make long.
const maxDetail = 500

// withDefaults fills in what the caller left out.
func (n Network) withDefaults() Network {
	n.Clock = orSystem(n.Clock)
	if n.Dial == nil {
		var dialer net.Dialer
		n.Dial = dialer.DialContext
	}
	n.slots = newSlots(maxOpen)
	return n
}

// nameservers are the resolvers to ask.
func (n Network) nameservers() ([]netip.AddrPort, error) {
	if len(n.Nameservers) > 0 {
		return n.Nameservers, nil
	}
	return readResolvers(resolverFile)
}

// readResolvers reads the name servers of a file in the form of /etc/resolv.conf.
func readResolvers(file string) ([]netip.AddrPort, error) {
	config, err := dns.ClientConfigFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("no resolver: %w", err)
	}
	var servers []netip.AddrPort
	for _, server := range config.Servers {
		if address, err := netip.ParseAddr(server); err == nil {
			servers = append(servers, netip.AddrPortFrom(address, 53))
		}
	}
	if len(servers) == 0 {
		return nil, fmt.Errorf("no resolver in %s", file)
	}
	return servers, nil
}

// dial opens a connection that is closed when ctx is done. It returns then at
// the latest, even if Dial itself ignores ctx. Deadlines of connections are not
// used, because they follow the wall's clock.
func (n Network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	results := make(chan result, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				results <- result{err: fail(Broken, "dialing %s panicked: %v", address, r)}
			}
		}()
		conn, err := n.Dial(ctx, network, address)
		results <- result{conn, err}
	}()
	select {
	case r := <-results:
		switch {
		case r.err != nil:
			return nil, r.err
		case r.conn == nil:
			return nil, fail(Broken, "dialing %s returned nothing", address)
		}
		stop := context.AfterFunc(ctx, func() { r.conn.Close() })
		return &boundConn{Conn: r.conn, stop: stop}, nil
	case <-ctx.Done():
		go func() {
			if late := <-results; late.conn != nil {
				late.conn.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// boundConn is a connection that its context closes.
type boundConn struct {
	net.Conn
	stop func() bool
}

// Close closes the connection and lets go of the context.
func (c *boundConn) Close() error {
	c.stop()
	return c.Conn.Close()
}

// classify returns the failure that an error of an attempt to connect stands for.
//
// A refusal, and a reset, come from the target or from something in its name:
// the packet got there and an answer came back. Only silence, or the network's
// own report that there is no route, shows that it did not.
func classify(ctx context.Context, address netip.AddrPort, err error) *failure {
	var known *failure
	if errors.As(err, &known) {
		return known
	}
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		return fail(Refused, "%s refused the connection", address)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fail(NoRoute, "the network has no route to %s", address)
	case isOver(ctx), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.Is(err, syscall.ETIMEDOUT), errors.As(err, &timeout) && timeout.Timeout():
		return fail(TimedOut, "nothing answered at %s", address)
	}
	return fail(Broken, "connecting to %s: %v", address, err)
}

// isOver reports whether the context has ended because its time was over.
func isOver(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}
