package proof

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"
)

// errNoSuchName is the answer NXDOMAIN (RFC 1035, section 4.1.1).
var errNoSuchName = errors.New("does not exist (NXDOMAIN)")

// maxAliases is how many aliases of a name are followed, as resolvers do.
const maxAliases = 16

// readAddresses takes the addresses of the host out of a reply. Records of other names
// do not count, unless a chain of aliases leads from the host to them. A final
// error settles the question (the name does not exist). After any other error,
// another resolver may know the answer.
func readAddresses(reply *dns.Msg, host string, recordType uint16) (addresses []netip.Addr, final bool, err error) {
	switch reply.Rcode {
	case dns.RcodeSuccess:
	case dns.RcodeNameError:
		return nil, true, fmt.Errorf("the name %s %w", host, errNoSuchName)
	default:
		code := dns.RcodeToString[reply.Rcode]
		if code == "" {
			code = fmt.Sprintf("code %d", reply.Rcode)
		}
		return nil, false, fmt.Errorf("the name %s could not be resolved (%s)", host, code)
	}
	owner := dns.CanonicalName(dns.Fqdn(host))
	for range maxAliases {
		alias := ""
		for _, record := range reply.Answer {
			if dns.CanonicalName(record.Header().Name) != owner || record.Header().Class != dns.ClassINET {
				continue
			}
			switch record := record.(type) {
			case *dns.A:
				addresses = appendAddress(addresses, record.A, recordType == dns.TypeA)
			case *dns.AAAA:
				addresses = appendAddress(addresses, record.AAAA, recordType == dns.TypeAAAA)
			case *dns.CNAME:
				alias = dns.CanonicalName(record.Target)
			}
		}
		if len(addresses) > 0 || alias == "" || alias == owner {
			return addresses, true, nil
		}
		owner = alias
	}
	return nil, true, fmt.Errorf("the name %s has too many aliases", host)
}

// appendAddress adds an address that is wanted and whole.
func appendAddress(addresses []netip.Addr, ip []byte, wanted bool) []netip.Addr {
	address, ok := netip.AddrFromSlice(ip)
	if !ok || !wanted {
		return addresses
	}
	return append(addresses, address.Unmap())
}
