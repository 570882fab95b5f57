// Package dns holds the names of the lab and answers for them.
//
// A [Zone] holds the records below one origin. [Zones] is a set of zones of
// which the longest matching one answers. A [View] is what one resolver sees:
// several sets, the first of which overrides the later ones. So the private
// zones of a VPC come before the public names, as with Route 53 Resolver
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html).
// A [Server] answers queries over any packet connection and listener; a [Client]
// asks them, as the operating systems of the instances and functions do.
//
// The package knows names and addresses only: no VPC, no endpoint.
package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	miekg "github.com/miekg/dns"
)

// TTL is the time to live of the lab's records in seconds, the one that AWS
// gives alias records of load balancers and endpoints.
const TTL = 60

// Zone is the authority for an origin and everything below it. It is safe for
// concurrent use. Names are compared without regard to case.
type Zone struct {
	origin string

	mu sync.RWMutex
	// nodes has every name that exists, also those which exist only because
	// there is something below them (empty non-terminals, RFC 4592 section 2.2.2).
	nodes map[string]*node
}

// node is one name of a zone.
type node struct {
	records []miekg.RR
	// addresses computes the A records at the time of the query.
	addresses func() []netip.Addr
	// children counts the names directly below.
	children int
}

// NewZone makes an empty zone. The origin is a domain name; "." is the root,
// which answers for every name that no other zone has.
func NewZone(origin string) *Zone {
	z := &Zone{origin: miekg.CanonicalName(origin), nodes: map[string]*node{}}
	z.nodes[z.origin] = &node{}
	return z
}

// Origin returns the zone's domain name, in lower case with a final dot.
func (z *Zone) Origin() string { return z.origin }

// AddRecord adds a record in the form of a zone file, such as
// "example.com. 60 IN TXT hello". The name may begin with "*." to answer for
// every name below that does not exist itself. It is an error if the record
// does not parse or its name lies outside the zone.
func (z *Zone) AddRecord(text string) error {
	rr, err := miekg.NewRR(text)
	if err != nil {
		return fmt.Errorf("record %q: %w", text, err)
	}
	if rr == nil {
		return fmt.Errorf("record %q: empty", text)
	}
	return z.edit(rr.Header().Name, func(n *node) { n.records = append(n.records, rr) })
}

// AddAlias adds a CNAME record.
func (z *Zone) AddAlias(name, target string) error {
	return z.edit(name, func(n *node) {
		n.records = append(n.records, &miekg.CNAME{Hdr: header(name, miekg.TypeCNAME), Target: miekg.Fqdn(target)})
	})
}

// SetAddresses gives a name fixed A records, in place of those it had.
func (z *Zone) SetAddresses(name string, addresses ...netip.Addr) error {
	fixed := slices.Clone(addresses)
	return z.SetAddressFunc(name, func() []netip.Addr { return fixed })
}

// SetAddressFunc gives a name A records that are computed for each query, such
// as the healthy nodes of a load balancer. An empty result means that the name
// exists and has no address. The function must not call back into the zone.
func (z *Zone) SetAddressFunc(name string, addresses func() []netip.Addr) error {
	return z.edit(name, func(n *node) { n.addresses = addresses })
}

// Remove takes a name away with all its records. Names below it stay.
func (z *Zone) Remove(name string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	name = miekg.CanonicalName(name)
	n, ok := z.nodes[name]
	if !ok {
		return
	}
	n.records, n.addresses = nil, nil
	for name != z.origin && n.children == 0 && len(n.records) == 0 && n.addresses == nil {
		delete(z.nodes, name)
		name = parent(name)
		n = z.nodes[name]
		n.children--
	}
}

// edit changes the node of a name, which it creates if need be together with
// the names between it and the origin.
func (z *Zone) edit(name string, change func(*node)) error {
	name = miekg.CanonicalName(name)
	if _, ok := miekg.IsDomainName(name); !ok || !miekg.IsSubDomain(z.origin, name) {
		return fmt.Errorf("name %q does not lie in zone %q", name, z.origin)
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	change(z.ensure(name))
	return nil
}

// ensure returns the node of a name at or below the origin.
func (z *Zone) ensure(name string) *node {
	n := z.nodes[name]
	if n == nil {
		n = &node{}
		z.nodes[name] = n
		z.ensure(parent(name)).children++
	}
	return n
}

// lookup returns the records that answer a question of the type at a name, a
// CNAME instead if the name has one, and whether the name exists at all. The
// records carry the name as it was asked.
func (z *Zone) lookup(name string, qtype uint16) (answer []miekg.RR, exists bool) {
	z.mu.RLock()
	n := z.find(miekg.CanonicalName(name))
	if n == nil {
		z.mu.RUnlock()
		return nil, false
	}
	records, addresses := n.records, n.addresses
	z.mu.RUnlock()

	for _, rr := range records {
		t := rr.Header().Rrtype
		if t == qtype || t == miekg.TypeCNAME || qtype == miekg.TypeANY {
			rr = miekg.Copy(rr)
			rr.Header().Name = name
			answer = append(answer, rr)
		}
	}
	if addresses != nil && (qtype == miekg.TypeA || qtype == miekg.TypeANY) {
		for _, a := range addresses() {
			answer = append(answer, &miekg.A{Hdr: header(name, miekg.TypeA), A: a.AsSlice()})
		}
	}
	if qtype == miekg.TypeSOA && miekg.CanonicalName(name) == z.origin {
		answer = append(answer, z.soa())
	}
	return answer, true
}

// find returns the node of a name, or the wildcard that stands for it: the one
// directly below the closest name that exists (RFC 4592 section 3.3.1).
func (z *Zone) find(name string) *node {
	if n := z.nodes[name]; n != nil {
		return n
	}
	for at := name; at != z.origin; {
		at = parent(at)
		if z.nodes[at] != nil {
			return z.nodes[below("*", at)]
		}
	}
	return nil
}

// soa is the record that says that the zone has no such name or type; its last
// number is how many seconds that may be remembered.
func (z *Zone) soa() miekg.RR {
	return &miekg.SOA{
		Hdr: header(z.origin, miekg.TypeSOA),
		Ns:  below("ns1", z.origin), Mbox: below("hostmaster", z.origin),
		Serial: 1, Refresh: 7200, Retry: 900, Expire: 1209600, Minttl: TTL,
	}
}

func header(name string, rrtype uint16) miekg.RR_Header {
	return miekg.RR_Header{Name: miekg.Fqdn(name), Rrtype: rrtype, Class: miekg.ClassINET, Ttl: TTL}
}

// parent returns the name without its first label; that of the root is the root.
func parent(name string) string {
	next, end := miekg.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[next:]
}

func below(label, name string) string {
	return label + "." + strings.TrimPrefix(name, ".")
}
