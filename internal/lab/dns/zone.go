package dns

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"

	miekg "github.com/miekg/dns"
)

// TTL is the time to live of the lab's records in seconds. AWS uses the same for
// alias records of load balancers and endpoints.
const TTL = 60

// Zone is the authority for an origin and everything below it. It is safe for
// concurrent use. Names are compared without regard to case.
type Zone struct {
	origin string

	mu sync.RWMutex
	// nodes has every name that exists, the empty non-terminals included: names
	// that exist only because there is a name below them (RFC 4592 section 2.2.2).
	nodes map[string]*node
}

// node is one name of a zone.
type node struct {
	records []miekg.RR
	// addresses computes the A records at the time of the query.
	addresses func() []netip.Addr
	// computed are the records of a type that are computed at the time of the query.
	computed map[uint16]func() []miekg.RR
	// children counts the names directly below.
	children int
}

// NewZone makes an empty zone. The origin is a domain name. "." is the root,
// whose zone has every name that no other zone has.
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

// SetAddresses sets the A and AAAA records of a name.
func (z *Zone) SetAddresses(name string, addresses ...netip.Addr) error {
	fixed := slices.Clone(addresses)
	return z.SetAddressFunc(name, func() []netip.Addr { return fixed })
}

// SetAddressFunc sets A records of a name that are computed for each query, such
// as the healthy nodes of a load balancer. If the result is empty, the name exists
// and has no address. The function must not call back into the zone.
func (z *Zone) SetAddressFunc(name string, addresses func() []netip.Addr) error {
	return z.edit(name, func(n *node) { n.addresses = addresses })
}

// SetRecordFunc sets records of a name and type that are computed for each query, such as those
// that a routing policy chooses. If the result is empty, the name exists. The function must not
// call back into the zone's changes.
func (z *Zone) SetRecordFunc(name string, rrtype uint16, records func() []miekg.RR) error {
	return z.edit(name, func(n *node) {
		computed := maps.Clone(n.computed) // of queries that run
		if computed == nil {
			computed = map[uint16]func() []miekg.RR{}
		}
		computed[rrtype] = records
		n.computed = computed
	})
}

// Remove removes the records of a name. The names below it stay.
func (z *Zone) Remove(name string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	name = miekg.CanonicalName(name)
	if n, ok := z.nodes[name]; ok {
		n.records, n.addresses, n.computed = nil, nil, nil
		z.prune(name)
	}
}

// RemoveType removes the records of one type of a name.
func (z *Zone) RemoveType(name string, rrtype uint16) {
	z.mu.Lock()
	defer z.mu.Unlock()
	name = miekg.CanonicalName(name)
	n, ok := z.nodes[name]
	if !ok {
		return
	}
	if rrtype == miekg.TypeA {
		n.addresses = nil
	}
	n.computed = maps.Clone(n.computed)
	delete(n.computed, rrtype)
	n.records = slices.DeleteFunc(slices.Clone(n.records), func(rr miekg.RR) bool { return rr.Header().Rrtype == rrtype })
	z.prune(name)
}

// prune removes a name without records, and the names above that existed for its sake
// alone.
func (z *Zone) prune(name string) {
	n := z.nodes[name]
	for name != z.origin && n.children == 0 && len(n.records) == 0 && n.addresses == nil && len(n.computed) == 0 {
		delete(z.nodes, name)
		name = parent(name)
		n = z.nodes[name]
		n.children--
	}
}

// edit changes the node of a name. It creates the node, and those between it and
// the origin, if they do not exist.
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

// lookup returns the records of a type at a name, or the CNAME record if the name
// has one, and reports whether the name exists. The records have the name as it
// was asked.
func (z *Zone) lookup(name string, qtype uint16) (answer []miekg.RR, exists bool) {
	z.mu.RLock()
	n := z.find(miekg.CanonicalName(name))
	if n == nil {
		z.mu.RUnlock()
		return nil, false
	}
	records, addresses, computed := n.records, n.addresses, n.computed
	z.mu.RUnlock()
	for _, t := range slices.Sorted(maps.Keys(computed)) {
		if t == qtype || t == miekg.TypeCNAME || qtype == miekg.TypeANY {
			records = slices.Concat(records, computed[t]())
		}
	}

	for _, rr := range records {
		t := rr.Header().Rrtype
		if t == qtype || t == miekg.TypeCNAME || qtype == miekg.TypeANY {
			rr = miekg.Copy(rr)
			rr.Header().Name = name
			answer = append(answer, rr)
		}
	}
	if addresses != nil {
		for _, a := range addresses() {
			switch {
			case a.Is4() && (qtype == miekg.TypeA || qtype == miekg.TypeANY):
				answer = append(answer, &miekg.A{Hdr: header(name, miekg.TypeA), A: a.AsSlice()})
			case a.Is6() && (qtype == miekg.TypeAAAA || qtype == miekg.TypeANY):
				answer = append(answer, &miekg.AAAA{Hdr: header(name, miekg.TypeAAAA), AAAA: a.AsSlice()})
			}
		}
	}
	if qtype == miekg.TypeSOA && miekg.CanonicalName(name) == z.origin {
		answer = append(answer, z.soa())
	}
	return answer, true
}

// find returns the node of a name, or the wildcard that matches it: the one
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

// soa returns the record that goes with a negative answer. Its last number is how
// many seconds the answer may be cached (RFC 2308 section 4).
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
