package route53

import (
	"cmp"
	"net/netip"
	"slices"
	"sync/atomic"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
)

// Routing is how Route 53 chooses among record sets of one name and type. At most one of its
// fields besides SetIdentifier is given; the zero value is simple routing, of which a name and
// type has one record set
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html).
//
// All clients are in the Region, and nobody knows where that is: geography chooses its default.
// Everything is healthy that has an address.
type Routing struct {
	// SetIdentifier tells the record sets of a name and type apart. Required with the others.
	SetIdentifier string
	// Weight is a share, from 0 to 255.
	Weight *int
	// Region is that of latency routing.
	Region string
	// Failover is PRIMARY or SECONDARY.
	Failover string
	// MultiValue answers with up to eight record sets.
	MultiValue bool
	// Geography has the record set depend on the client's place, address or distance; Default
	// marks the one for all others.
	Geography, Default bool
}

// maxAnswers is how many record sets a multivalue answer has.
const maxAnswers = 8

// routedSet is a record set among several.
type routedSet struct {
	Routing
	answer func() []miekg.RR
}

// routedSets are the record sets of a name and type.
type routedSets struct {
	sets []routedSet // by their identifiers
	turn atomic.Uint64
}

// kind names the policy.
func (r Routing) kind() string {
	switch {
	case r.Weight != nil:
		return "weighted"
	case r.Region != "":
		return "latency"
	case r.Failover != "":
		return "failover"
	case r.MultiValue:
		return "multivalue"
	case r.Geography:
		return "geography"
	}
	return "simple"
}

// check refuses a record set that does not go with the others.
func (s *routedSets) check(c RecordSet, replace bool) error {
	if c.Routing.kind() == "simple" {
		return awserr.New("InvalidInput", "Invalid request: SetIdentifier '%s' of %s is given without a routing policy", c.Routing.SetIdentifier, c.Name)
	}
	for _, other := range s.sets {
		if other.SetIdentifier == c.Routing.SetIdentifier {
			if replace {
				continue
			}
			return badChange("Tried to create resource record set [name='%s', type='%s', set identifier='%s'] but it already exists", c.Name, c.Type, c.Routing.SetIdentifier)
		}
		switch {
		case other.kind() != c.Routing.kind():
			return badChange("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created because a record set of another routing policy exists with the same name and type", c.Name, c.Type, c.Routing.SetIdentifier)
		case c.Routing.Failover != "" && other.Failover == c.Routing.Failover, c.Routing.Region != "" && other.Region == c.Routing.Region:
			return badChange("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as a %s record set for %s exists with the same name and type", c.Name, c.Type, c.Routing.SetIdentifier, other.kind(), other.Failover+other.Region)
		}
	}
	return nil
}

// without are the record sets but for one.
func (s *routedSets) without(identifier string) []routedSet {
	return slices.DeleteFunc(slices.Clone(s.sets), func(o routedSet) bool { return o.SetIdentifier == identifier })
}

// put adds a record set, or replaces the one with its identifier.
func (s *routedSets) put(set routedSet) {
	s.sets = append(s.without(set.SetIdentifier), set)
	slices.SortFunc(s.sets, func(a, b routedSet) int { return cmp.Compare(a.SetIdentifier, b.SetIdentifier) })
}

// choose is the answer to a query in a Region, of the record sets as they were.
func (s *routedSets) choose(sets []routedSet, region string) []miekg.RR {
	switch sets[0].kind() {
	case "multivalue":
		var out []miekg.RR
		for _, set := range sets[:min(maxAnswers, len(sets))] {
			out = append(out, set.answer()...)
		}
		return out
	case "weighted":
		return weighted(sets, s.turn.Add(1)-1).answer()
	}
	// The best one that has an answer.
	slices.SortStableFunc(sets, func(a, b routedSet) int { return cmp.Compare(a.rank(region), b.rank(region)) })
	for _, set := range sets {
		if records := set.answer(); len(records) > 0 {
			return records
		}
	}
	return nil
}

// rank is lower the better a record set is for clients of a Region.
func (r Routing) rank(region string) int {
	if r.Failover == "PRIMARY" || r.Region != "" && r.Region == region || r.Default {
		return 0
	}
	return 1
}

// weighted takes turns, each as often as its weight says. Without any weight all are equal.
func weighted(sets []routedSet, turn uint64) routedSet {
	total := 0
	for _, set := range sets {
		total += *set.Weight
	}
	if total == 0 {
		return sets[turn%uint64(len(sets))]
	}
	at := int(turn % uint64(total))
	for _, set := range sets {
		if at < *set.Weight {
			return set
		}
		at -= *set.Weight
	}
	return sets[0]
}

// putRouted puts a record set, which is right, among others of its name and type.
func (n *Names) putRouted(z *hostedZone, key recordKey, c RecordSet, answer func() []miekg.RR, replace bool) error {
	s := z.records[key]
	if s == nil {
		s = new(routedSets)
	}
	if err := s.check(c, replace); err != nil {
		return err
	}
	s.put(routedSet{c.Routing, answer})
	z.records[key] = s
	return n.publishRouted(z, key, s)
}

// answering answers with the records, or with the addresses of an alias at each query.
func answering(name string, fixed []miekg.RR, addresses func() []netip.Addr) func() []miekg.RR {
	if addresses == nil {
		return func() []miekg.RR { return fixed }
	}
	return func() (out []miekg.RR) {
		for _, a := range addresses() {
			out = append(out, &miekg.A{Hdr: miekg.RR_Header{Name: name, Rrtype: miekg.TypeA, Class: miekg.ClassINET, Ttl: dns.TTL}, A: a.AsSlice()})
		}
		return out
	}
}

// publishRouted has the zone answer with what the record sets are now.
func (n *Names) publishRouted(z *hostedZone, key recordKey, s *routedSets) error {
	sets, region := slices.Clone(s.sets), n.network.Region()
	return z.zone.SetRecordFunc(key.name, key.rrtype, func() []miekg.RR { return s.choose(slices.Clone(sets), region) })
}
