package dns

import (
	"sync"

	miekg "github.com/miekg/dns"
)

// Zones is a set of zones, safe for concurrent use. The zero value is empty.
type Zones struct {
	mu    sync.RWMutex
	zones map[string]*Zone
}

// Add puts a zone into the set. It returns false, and changes nothing, if the
// set already has a zone of the same origin.
func (s *Zones) Add(z *Zone) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zones[z.origin] != nil {
		return false
	}
	if s.zones == nil {
		s.zones = map[string]*Zone{}
	}
	s.zones[z.origin] = z
	return true
}

// Remove takes the zone with this origin out of the set.
func (s *Zones) Remove(origin string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.zones, miekg.CanonicalName(origin))
}

// Has says whether the set has a zone of exactly this origin.
func (s *Zones) Has(origin string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.zones[miekg.CanonicalName(origin)] != nil
}

// find returns the zone whose origin is the longest suffix of the name, or nil.
func (s *Zones) find(name string) *Zone {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for at := miekg.CanonicalName(name); ; at = parent(at) {
		if z := s.zones[at]; z != nil {
			return z
		}
		if at == "." {
			return nil
		}
	}
}

// View is what one resolver sees. The first set with a zone for a name answers
// for it, even if that answer is that there is no such name: a private zone is
// never completed from a public one. That is how Route 53 Resolver treats
// private hosted zones
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html).
type View []*Zones

// maxChain is how many CNAME records one answer may follow.
const maxChain = 8

// Answer answers a query as a recursive resolver does: it follows CNAME
// records through all zones of the view; a name that does not exist is
// NXDOMAIN and a type that the name does not have is an empty answer, both with
// the zone's SOA record. A name outside all zones and a chain that does not end
// are SERVFAIL.
func (v View) Answer(query *miekg.Msg) *miekg.Msg {
	reply := new(miekg.Msg)
	reply.SetReply(query)
	reply.RecursionAvailable = true
	opt := query.IsEdns0()
	if opt != nil {
		reply.SetEdns0(maxUDP, false)
	}
	switch {
	case query.Opcode != miekg.OpcodeQuery:
		reply.Rcode = miekg.RcodeNotImplemented
	case len(query.Question) != 1:
		reply.Rcode = miekg.RcodeFormatError
	case opt != nil && opt.Version() != 0:
		reply.Rcode = miekg.RcodeBadVers
	case query.Question[0].Qclass != miekg.ClassINET:
		reply.Rcode = miekg.RcodeNotImplemented
	default:
		v.resolve(reply, query.Question[0])
	}
	return reply
}

// resolve fills in the reply to one question.
func (v View) resolve(reply *miekg.Msg, question miekg.Question) {
	name := question.Name
	for range maxChain {
		zone := v.zone(name)
		if zone == nil {
			reply.Rcode = miekg.RcodeServerFailure
			return
		}
		records, exists := zone.lookup(name, question.Qtype)
		reply.Answer = append(reply.Answer, records...)
		switch {
		case !exists:
			reply.Rcode = miekg.RcodeNameError
			reply.Ns = append(reply.Ns, zone.soa())
			return
		case len(records) == 0:
			reply.Ns = append(reply.Ns, zone.soa())
			return
		}
		alias, ok := records[0].(*miekg.CNAME)
		if !ok || question.Qtype == miekg.TypeCNAME || question.Qtype == miekg.TypeANY {
			return
		}
		name = alias.Target
	}
	reply.Rcode, reply.Answer = miekg.RcodeServerFailure, nil
}

func (v View) zone(name string) *Zone {
	for _, zones := range v {
		if z := zones.find(name); z != nil {
			return z
		}
	}
	return nil
}
