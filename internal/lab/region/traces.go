package region

import (
	"iter"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/trail"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/trace"
)

// traces keeps, for each verdict of a verification, the ways of the packets that it
// rests on. A verdict is told as soon as it is known, in a line of the verifier's log:
// then the packets have just been sent, and everything that they passed still exists.
type traces struct {
	region   *Region
	recorder *trail.Recorder

	mu       sync.Mutex
	requests []string                               // the oldest first
	verdicts map[string]map[string][]trace.Exchange // by request and claim
	owners   map[string]owner                       // by id
}

// interfaceID is the id of an interface, which a verdict may speak of.
var interfaceID = regexp.MustCompile(`\beni-[0-9a-f]+\b`)

// maxTraced is of how many verifications the traces are kept.
const maxTraced = 64

func newTraces(r *Region) *traces {
	return &traces{region: r, recorder: trail.Record(r.Network), verdicts: map[string]map[string][]trace.Exchange{}, owners: map[string]owner{}}
}

// line takes a line of a log.
func (t *traces) line(text string) {
	request, v, ok := verdict.ReadLine(text)
	if !ok {
		return
	}
	var found []trace.Exchange
	if v.Measured.By != "" {
		found = t.of(v.Measured)
	}
	owners := t.own(found, interfaceID.FindAllString(v.Seen, -1))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.verdicts[request] == nil {
		t.verdicts[request] = map[string][]trace.Exchange{}
		if t.requests = append(t.requests, request); len(t.requests) > maxTraced {
			delete(t.verdicts, t.requests[0])
			t.requests = t.requests[1:]
		}
	}
	if len(found) > 0 {
		t.verdicts[request][v.Claim] = found
	}
	maps.Copy(t.owners, owners)
}

// of are the last ways from a function to what it measured: to each address, or to the
// resolver where names were resolved, or there was no address.
func (t *traces) of(m verdict.Measured) []trace.Exchange {
	var out []trace.Exchange
	for from, resolvers := range t.hosts(m.By[strings.LastIndexByte(m.By, ':')+1:]) {
		protocol, to := packet.UDP, resolvers
		if m.Port != 0 && len(m.Addresses) > 0 {
			protocol, to = packet.TCP, nil
			for _, a := range m.Addresses {
				to = append(to, netip.AddrPortFrom(a, uint16(m.Port)))
			}
		}
		for _, a := range to {
			e, ok := t.recorder.Exchange(trail.Leg{From: from, Protocol: protocol, To: a})
			if ok && protocol == packet.UDP {
				e.There.Hops = append(slices.Clone(e.There.Hops), t.answered(from, m))
			}
			if ok {
				out = append(out, e)
			}
		}
	}
	return out
}

// answered is the hop of the resolver's names: which of them have answered for the name
// that was measured.
func (t *traces) answered(from string, m verdict.Measured) trace.Hop {
	h := trace.Hop{Action: trace.Answered, Rule: "public names"}
	i, err := t.region.Network.Interfaces().Get(from)
	if err == nil {
		id, what := t.region.Names.Answers(i.VPC, m.Host)
		switch {
		case id != "":
			h.By, h.Rule = []string{id}, what
		case what != "":
			h.By, h.Rule = t.private(i.VPC, what), what
		}
	}
	var answers []string
	for _, a := range m.Addresses {
		answers = append(answers, a.String())
	}
	h.To = strings.Join(answers, ", ")
	return h
}

// private are the endpoints whose private DNS has made a private zone of a VPC.
func (t *traces) private(vpcID, origin string) []string {
	var out []string
	for _, e := range t.region.PrivateLink.Endpoints() {
		if e.VPC == vpcID && e.PrivateDNS && slices.ContainsFunc(e.DNSNames, func(d privatelink.DNSEntry) bool {
			return strings.TrimPrefix(d.Name, "*.")+"." == origin
		}) {
			out = append(out, e.ID)
		}
	}
	return out
}

// hosts are the names of the hosts of a function, with their resolvers: one behind each
// of its interfaces, or one on the internet.
func (t *traces) hosts(function string) iter.Seq2[string, []netip.AddrPort] {
	return func(yield func(string, []netip.AddrPort) bool) {
		inside := false
		for _, i := range t.region.Network.Interfaces().All() {
			if i.Description != "AWS Lambda VPC ENI-"+function {
				continue
			}
			inside = true
			host, err := t.region.Network.Host(i.ID)
			if err == nil && !yield(i.ID, host.Nameservers()) {
				return
			}
		}
		if !inside {
			yield("lambda "+function, []netip.AddrPort{t.region.Network.PublicResolver()})
		}
	}
}

// Traces are the ways of the packets that verdicts rest on.
type Traces struct {
	// ByClaim are the ways by the id of CloudFormation's request and by the claim's.
	ByClaim map[string]map[string][]trace.Exchange
	// Names are what the ids in them are called: the logical ids of resources, and what
	// else people know interfaces and a VPC's default objects by.
	Names map[string]string
	// Owners are the physical ids of what the other ids belong to: the function of an
	// interface, the VPC of its default network ACL.
	Owners map[string]string
}

// Traces returns the ways of the packets that the verdicts of a stack rest on, and names
// with the stack's logical ids. There are none without [Options] Traces.
func (r *Region) Traces(stack string) Traces {
	out := Traces{ByClaim: map[string]map[string][]trace.Exchange{}, Names: map[string]string{}, Owners: map[string]string{}}
	t := r.traces
	if t == nil {
		return out
	}
	r.logicalNames(stack, out.Names)
	t.mu.Lock()
	defer t.mu.Unlock()
	for request, claims := range t.verdicts {
		out.ByClaim[request] = maps.Clone(claims)
	}
	for id, o := range t.owners {
		out.Owners[id] = o.of
		if _, known := out.Names[id]; !known {
			out.Names[id] = o.name(out.Names)
		}
	}
	return out
}

// logicalNames adds the logical ids of a stack's resources by their physical ids, those of
// deleted ones too.
func (r *Region) logicalNames(stack string, names map[string]string) {
	for _, name := range r.WithNested(stack) {
		for _, e := range r.Events(name) {
			addLogicalName(names, e)
		}
	}
}

// addLogicalName adds the logical id of the resource of an event, without CDK's hash.
func addLogicalName(names map[string]string, e cfn.Event) {
	if !e.OfStack() && e.PhysicalID != "" && names[e.PhysicalID] == "" {
		names[e.PhysicalID] = logicalHash.ReplaceAllString(e.LogicalID, "")
	}
}

// logicalHash is the end of a logical id that CDK made, and of one that changes with what
// the resource is made of.
var logicalHash = regexp.MustCompile(`[0-9A-F]{8}([0-9a-f]{16})?$`)

// Explain adds to reports the ways of the packets that their verdicts rest on.
func (t Traces) Explain(reports []verdict.Report) []verdict.Report {
	for i := range reports {
		for j := range reports[i].Verdicts {
			v := &reports[i].Verdicts[j]
			v.Traces = t.ByClaim[reports[i].RequestID][v.Claim]
		}
	}
	return reports
}
