package vpc

import (
	"net/netip"
	"provenendpoints/internal/lab/packet"
	"slices"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// Idle times after which a security group forgets a flow
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html).
// The longer one of UDP's two is taken: telling streams apart would change
// nothing that a lab can see.
const (
	idleTCP  = 5 * 24 * time.Hour
	idleUDP  = 180 * time.Second
	idleElse = 600 * time.Second
)

// idleTime is the idle time of a protocol's flows.
func idleTime(protocol uint8) time.Duration {
	switch protocol {
	case packet.TCP:
		return idleTCP
	case packet.UDP:
		return idleUDP
	}
	return idleElse
}

// flows are the flows that an interface's security groups have let through:
// their answers pass without a rule. Each is kept as it leaves the interface.
type flows struct {
	mu    sync.Mutex
	seen  map[packet.Flow]tcpip.MonotonicTime // when a packet last passed
	sweep int                                 // at this size, idle ones are looked for
}

// known says whether a packet belongs to a tracked flow, and keeps that alive.
func (f *flows) known(now tcpip.MonotonicTime, key packet.Flow) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, ok := f.seen[key]
	if !ok {
		return false
	}
	if now.Sub(last) > idleTime(key.Protocol) {
		delete(f.seen, key)
		return false
	}
	f.seen[key] = now
	return true
}

// add tracks a flow.
func (f *flows) add(now tcpip.MonotonicTime, key packet.Flow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen == nil {
		f.seen, f.sweep = map[packet.Flow]tcpip.MonotonicTime{}, 1024
	}
	if len(f.seen) >= f.sweep {
		for k, last := range f.seen {
			if now.Sub(last) > idleTime(k.Protocol) {
				delete(f.seen, k)
			}
		}
		f.sweep = max(1024, 2*len(f.seen))
	}
	f.seen[key] = now
}

func (f *flows) remove(key packet.Flow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.seen, key)
}

// The two directions, as seen from an interface.
type direction int

const (
	ingress direction = iota
	egress
)

// admits says whether the interface's security groups let a packet pass.
func (e *eni) admits(n *Network, p *transit, d direction) bool {
	if len(e.groups) == 0 {
		return true
	}
	key := p.Flow
	if d == ingress {
		key = key.Reverse()
	}
	now := n.clock.NowMonotonic()
	// A connection that starts anew is judged anew, so that a rule's removal
	// holds for it even if the ports have been used before.
	if !p.Starts() && e.flows.known(now, key) {
		return true
	}
	rule := e.ruleFor(n, p, d)
	if rule == nil {
		e.flows.remove(key)
		return false
	}
	// An error opens no flow, and an answer to an untracked flow none either.
	if !p.Related && !e.untracked(rule, p.Flow, d) && (p.Starts() || !e.answersUntracked(p, d)) {
		e.flows.add(now, key)
	}
	return true
}

// ruleFor returns the first rule that admits a packet.
func (e *eni) ruleFor(n *Network, p *transit, d direction) *Rule {
	far := p.Flow.Src.Addr()
	if d == egress {
		far = p.Flow.Dst.Addr()
	}
	for _, g := range e.groups {
		rules := g.rules(d)
		for i := range rules {
			if r := &rules[i]; r.matches(p) && (n.names(r, far) || d == ingress && n.namesBalancer(r, p)) {
				return r
			}
		}
	}
	return nil
}

func (g *securityGroup) rules(d direction) []Rule {
	if d == ingress {
		return g.Ingress
	}
	return g.Egress
}

// matches says whether a rule is about a packet's protocol and port. An ICMP
// error passes as what it is and as part of the flow that it is about.
func (r *Rule) matches(p *transit) bool {
	number, _ := protocolNumber(r.Protocol)
	if number == packet.ICMP && p.Protocol() == packet.ICMP {
		kind, code := p.ICMPType()
		return (r.FromPort == -1 || r.FromPort == kind) && (r.ToPort == -1 || r.ToPort == code)
	}
	return r.matchesFlow(p.Flow)
}

// matchesFlow is matches for all that is not ICMP.
func (r *Rule) matchesFlow(f packet.Flow) bool {
	number, _ := protocolNumber(r.Protocol)
	switch {
	case number == -1:
		return true
	case number != int(f.Protocol) || number == packet.ICMP:
		return false
	case number == packet.TCP || number == packet.UDP:
		port := int(f.Dst.Port())
		return r.allPorts() || r.FromPort <= port && port <= r.ToPort
	}
	return true
}

// allPorts says whether a tcp or udp rule is about every port.
func (r *Rule) allPorts() bool {
	return r.FromPort == -1 && r.ToPort == -1 || r.FromPort == 0 && r.ToPort == 65535
}

// names says whether an address is on the other side of a rule.
func (n *Network) names(r *Rule, a netip.Addr) bool {
	switch {
	case r.CIDR.IsValid():
		return r.CIDR.Contains(a)
	case r.Group != "":
		g := n.groups.byID[r.Group]
		return g != nil && g.members[a] != nil
	default:
		l := n.lists.byID[r.PrefixList]
		return l != nil && l.contains(a)
	}
}

// namesBalancer says whether a rule names a group of the load balancer that a
// packet comes through: such a rule admits the clients behind it as well
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func (n *Network) namesBalancer(r *Rule, p *transit) bool {
	if r.Group == "" || p.through == nil {
		return false
	}
	g := n.groups.byID[r.Group]
	return g != nil && g.members[p.through.PrivateAddr] == p.through
}

// untracked says whether a flow is admitted without being tracked: TCP and UDP
// flows are not where the rule is for all addresses, and the other direction
// has a rule for all addresses and all ports. Such a flow ends at once when its
// rule goes (the page named above, "Untracked connections").
func (e *eni) untracked(r *Rule, f packet.Flow, d direction) bool {
	if f.Protocol == packet.ICMP || r.CIDR != anywhere {
		return false
	}
	for _, g := range e.groups {
		back := func(o Rule) bool {
			number, _ := protocolNumber(o.Protocol)
			return o.CIDR == anywhere && (number == -1 || number == int(f.Protocol) && o.allPorts())
		}
		if slices.ContainsFunc(g.rules(1-d), back) {
			return true
		}
	}
	return false
}

// answersUntracked says whether a packet can be the answer to an untracked flow
// of the other direction.
func (e *eni) answersUntracked(p *transit, d direction) bool {
	asked := p.Flow.Reverse()
	for _, g := range e.groups {
		rules := g.rules(1 - d)
		for i := range rules {
			if r := &rules[i]; r.matchesFlow(asked) && e.untracked(r, asked, 1-d) {
				return true
			}
		}
	}
	return false
}
