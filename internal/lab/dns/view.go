package dns

import miekg "github.com/miekg/dns"

// View is what one resolver sees. The first set with a zone for a name answers,
// even if its answer is that there is no such name: a public zone never completes
// a private one. Route 53 Resolver treats private hosted zones so
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html).
type View []*Zones

// maxChain is how many CNAME records one answer may follow.
const maxChain = 8

// Answer answers a query as a recursive resolver does. It follows CNAME records
// through all zones of the view. A name that does not exist is NXDOMAIN, a type
// that the name does not have is an empty answer; both have the zone's SOA record.
// A name outside all zones is SERVFAIL, and so is a chain that does not end.
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
