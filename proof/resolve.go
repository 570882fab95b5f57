package proof

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

const (
	// resendAfter is when an unanswered query is sent again, and the next resolver
	// is asked too. Earlier queries stay open: a late reply still counts.
	resendAfter = time.Second
	// maxAddresses is how many addresses one name may have.
	maxAddresses = 64
)

// resolve returns the addresses of the host, in the order of the answers, IPv4
// first; an address stands for itself. The queries for both families must be
// answered, if only by "none": otherwise a lost reply could hide an address. The
// failure's outcome is NoName, or Broken if there is no resolver.
func (n Network) resolve(ctx context.Context, host string) ([]netip.Addr, *failure) {
	if address, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{address.Unmap()}, nil
	}
	if _, ok := dns.IsDomainName(host); !ok {
		return nil, fail(Broken, "%q is not a DNS name", host)
	}
	servers, err := n.nameservers()
	if err != nil {
		return nil, fail(Broken, "%v", err)
	}
	type answer struct {
		addresses []netip.Addr
		err       error
	}
	ask := func(recordType uint16) chan answer {
		answers := make(chan answer, 1)
		go func() {
			addresses, err := n.query(ctx, servers, host, recordType)
			answers <- answer{addresses, err}
		}()
		return answers
	}
	four, six := ask(dns.TypeA), ask(dns.TypeAAAA)
	a, aaaa := <-four, <-six
	found := uniqueAddresses(append(a.addresses, aaaa.addresses...))
	switch {
	case a.err != nil:
		return nil, missing(a.err, fail(NoName, "%v", a.err))
	case aaaa.err != nil:
		return nil, missing(aaaa.err, fail(NoName, "%v (asked for IPv6 addresses)", aaaa.err))
	case len(found) == 0:
		failed := fail(NoName, "the name %s has no address", host)
		failed.missing = NoData
		return nil, failed
	case len(found) > maxAddresses:
		return nil, fail(BadResponse, "the name %s has %d addresses, want at most %d", host, len(found), maxAddresses)
	}
	return found, nil
}

// missing adds to a failure what the resolver said of the name.
func missing(err error, failed *failure) *failure {
	if errors.Is(err, errNoSuchName) {
		failed.missing = NXDomain
	}
	return failed
}

// uniqueAddresses drops repeated addresses and keeps the order.
func uniqueAddresses(values []netip.Addr) []netip.Addr {
	var kept []netip.Addr
	seen := map[netip.Addr]bool{}
	for _, value := range values {
		if !seen[value] {
			kept = append(kept, value)
		}
		seen[value] = true
	}
	return kept
}

// query asks the servers, the next one a second after the one before, until one
// of them gives an answer that settles the question.
func (n Network) query(ctx context.Context, servers []netip.AddrPort, host string, recordType uint16) ([]netip.Addr, error) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	message := new(dns.Msg).SetQuestion(dns.Fqdn(host), recordType)
	message.SetEdns0(datagramSize, false)
	type answer struct {
		addresses []netip.Addr
		err       error
		final     bool
	}
	answers := make(chan answer, len(servers))
	for i, server := range servers {
		go func() {
			if n.Clock.Sleep(inner, time.Duration(i)*resendAfter) != nil {
				answers <- answer{err: noAnswer(server)}
				return
			}
			reply, err := n.exchange(inner, server, message.Copy())
			if err == nil && (reply.Rcode == dns.RcodeFormatError || reply.Rcode == dns.RcodeNotImplemented) {
				// An old resolver, to which EDNS is an error (RFC 6891, 6.2.2 and 7).
				plain := message.Copy()
				plain.Extra = nil
				reply, err = n.exchange(inner, server, plain)
			}
			if err != nil {
				answers <- answer{err: err}
				return
			}
			addresses, final, err := readAddresses(reply, host, recordType)
			if err != nil {
				err = fmt.Errorf("%w, according to the resolver %s", err, server.Addr())
			}
			answers <- answer{addresses, err, final}
		}()
	}
	var first error
	for range servers {
		a := <-answers
		if a.final {
			return a.addresses, a.err
		}
		if first == nil {
			first = a.err
		}
	}
	return nil, first
}
