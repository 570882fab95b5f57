package firewall

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// verdict is what becomes of a packet.
type verdict int

const (
	undecided verdict = iota
	passed
	dropped
	rejected
	unknown // of no flow that the engine knows
)

// idleFlow is how long a flow is remembered
// (docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html, "TCP idle timeout").
const idleFlow = 350 * time.Second

// engine is the stateful engine of a firewall in a zone.
type engine struct {
	clock *clock.Clock
	flows map[packet.Flow]*flow // by the flow in its client's direction
	swept time.Time
}

func newEngine(c *clock.Clock) *engine {
	return &engine{clock: c, flows: map[packet.Flow]*flow{}, swept: c.Now()}
}

// find returns the flow that a packet belongs to, a new one if it begins one; nil if the packet
// is of a TCP flow whose beginning was not seen, unless midstream ones are taken.
func (e *engine) find(p *vpc.Transit, midstream bool) *flow {
	now := e.clock.Now()
	if now.Sub(e.swept) > idleFlow {
		e.swept = now
		for key, f := range e.flows {
			if now.Sub(f.seen) > idleFlow {
				delete(e.flows, key)
			}
		}
	}
	f := e.flows[p.Flow]
	if f == nil {
		f = e.flows[p.Flow.Reverse()]
	}
	if f != nil && now.Sub(f.seen) <= idleFlow && !p.Starts() {
		f.seen = now
		return f
	}
	if p.Flow.Protocol == packet.TCP && !p.Starts() && !midstream {
		return nil
	}
	delete(e.flows, p.Flow.Reverse())
	f = &flow{client: p.Flow.Src, seen: now, bits: map[string]bool{}}
	e.flows[p.Flow] = f
	return f
}

// stateful is what becomes of a packet by the policy's stateful rules
// (docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html).
// A rule that decides on a packet decides on the rest of its flow, unless it is for what opens
// connections alone.
func (f *Firewalls) stateful(w *firewall, policy *Policy, e *engine, p *vpc.Transit) verdict {
	if p.Related {
		return passed
	}
	fl := e.find(p, policy.Midstream)
	if fl == nil {
		return unknown
	}
	toServer := fl.look(p)
	if fl.decided != undecided {
		return fl.decided
	}
	if fl.pending {
		return passed // until all of what the client says first is there
	}
	for _, r := range f.rules(policy) {
		variable := func(name string) []string {
			if name == "EXTERNAL_NET" && r.group.Variables[name] == nil && policy.Variables[name] == nil {
				return []string{"!$HOME_NET"}
			}
			return f.variable(w, policy, r.group, name)
		}
		if !r.matches(fl, p, toServer, variable) {
			continue
		}
		for _, c := range r.Changes {
			fl.bits[c.Values[1]] = c.Values[0] == "set"
		}
		v := map[Action]verdict{PassFlow: passed, DropFlow: dropped, RejectFlow: rejected}[r.Action]
		if v == undecided {
			continue
		}
		if !r.opening() {
			fl.decided = v
		}
		return v
	}
	if policy.DropStrict || policy.DropEstablished && fl.established {
		return dropped
	}
	return passed
}

// groupRule is a rule of a group.
type groupRule struct {
	Rule
	group *RuleGroup
}

// rules are the stateful rules of a policy in the order in which they apply.
func (f *Firewalls) rules(p *Policy) []groupRule {
	var out []groupRule
	for _, arn := range p.Stateful {
		if g := f.groups.ByID[arn]; g != nil {
			for _, r := range g.Rules {
				out = append(out, groupRule{r, g})
			}
		}
	}
	if !p.Strict {
		slices.SortStableFunc(out, func(a, b groupRule) int {
			return cmp.Compare(slices.Index(actionOrder, a.Action), slices.Index(actionOrder, b.Action))
		})
	}
	return out
}

// opening reports whether a rule is for packets that open connections, or for packets without
// their flows.
func (r groupRule) opening() bool {
	return slices.ContainsFunc(r.Conditions, func(c Condition) bool {
		return c.Keyword == "flow" && (slices.Contains(c.Values, "not_established") || slices.Contains(c.Values, "stateless"))
	})
}

func (r groupRule) matches(fl *flow, p *vpc.Transit, toServer bool, variable func(string) []string) bool {
	if !r.carries(fl, p) {
		return false
	}
	ports := func(name string) []string {
		if set, ok := r.group.Ports[name]; ok {
			return set
		}
		return variable(name)
	}
	way := func(src, dst netip.AddrPort) bool {
		return member(r.Sources, addressIn(src.Addr()), variable) && member(r.Destinations, addressIn(dst.Addr()), variable) &&
			member(r.SourcePorts, portIn(src.Port()), ports) && member(r.DestinationPorts, portIn(dst.Port()), ports)
	}
	if !way(p.Flow.Src, p.Flow.Dst) && !(r.BothWays && way(p.Flow.Dst, p.Flow.Src)) {
		return false
	}
	return !slices.ContainsFunc(r.Conditions, func(c Condition) bool { return !c.met(fl, p, toServer) })
}

// carries reports whether a packet is of the rule's protocol.
func (r groupRule) carries(fl *flow, p *vpc.Transit) bool {
	either := func(port uint16) bool { return p.Flow.Src.Port() == port || p.Flow.Dst.Port() == port }
	switch r.Protocol {
	case "ip":
		return true
	case "tcp":
		return p.Flow.Protocol == packet.TCP
	case "udp":
		return p.Flow.Protocol == packet.UDP
	case "icmp":
		return p.Flow.Protocol == packet.ICMP || p.Flow.Protocol == packet.ICMPv6
	case "dns":
		return (p.Flow.Protocol == packet.UDP || fl.established) && either(53)
	case "ntp":
		return p.Flow.Protocol == packet.UDP && either(123)
	}
	return fl.app == r.Protocol
}

// met reports whether a condition is met.
func (c Condition) met(fl *flow, p *vpc.Transit, toServer bool) bool {
	switch c.Keyword {
	case "flow":
		is := map[string]bool{
			"established": fl.established, "not_established": !fl.established, "stateless": true,
			"to_server": toServer, "from_client": toServer, "to_client": !toServer, "from_server": !toServer,
		}
		return !slices.ContainsFunc(c.Values, func(v string) bool { return !is[v] })
	case "flowbits":
		return fl.bits[c.Values[1]] == (c.Values[0] == "isset")
	case "ssl_state":
		return fl.app == "tls" && toServer && fl.established
	case "app-layer-protocol":
		name, not := strings.CutPrefix(c.Values[0], "!")
		return (fl.app == name) != not
	case "ip_proto":
		name, not := strings.CutPrefix(c.Values[0], "!")
		number, err := strconv.Atoi(name)
		if err != nil {
			number = map[string]int{"ICMP": packet.ICMP, "TCP": packet.TCP, "UDP": packet.UDP}[strings.ToUpper(name)]
		}
		return (int(p.Protocol()) == number) != not
	}
	buffer, there := fl.said[c.Keyword]
	return there && toServer && !slices.ContainsFunc(c.Contents, func(x Content) bool { return !x.in(buffer) })
}
