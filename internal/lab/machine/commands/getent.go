package commands

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/dns"
)

func init() { register(runGetent, "getent") }

// runGetent is getent hosts NAME and getent ahosts NAME. Status 2: there is no
// such name, or no resolver answered.
func runGetent(ctx context.Context, p *Process) int {
	words, status := p.flags().parse()
	if status != 0 {
		return status
	}
	if len(words) != 2 || (words[0] != "hosts" && words[0] != "ahosts" && words[0] != "ahostsv4") {
		return p.Fail(1, "getent: only hosts NAME is supported")
	}
	addresses, err := p.resolve(ctx, words[1])
	if err != nil {
		return 2
	}
	for _, address := range addresses {
		fmt.Fprintf(p.Out, "%-15s %s\n", address, words[1])
	}
	return 0
}

// The failures of getaddrinfo.
var (
	// errNoName: a resolver answered, and there is no such name.
	errNoName = errors.New("name or service not known")
	// errNoAnswer: no resolver gave an answer that settles the question.
	errNoAnswer = errors.New("temporary failure in name resolution")
)

// resolve returns the IPv4 addresses of a host, as getaddrinfo does: from
// /etc/hosts first, which has the machine's own names.
func (p *Process) resolve(ctx context.Context, name string) ([]netip.Addr, error) {
	switch name {
	case "localhost":
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
	case p.Hostname:
		return []netip.Addr{p.Host.Addr()}, nil
	}
	addresses, err := p.resolver().Lookup(ctx, p.Host.Nameservers(), name)
	var none *dns.NoAddressError
	switch {
	case err == nil:
		return addresses, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &none) && (none.Rcode == miekg.RcodeSuccess || none.Rcode == miekg.RcodeNameError):
		return nil, errNoName
	}
	return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
}
