package vpc

import (
	"net/netip"

	"provenendpoints/internal/lab/packet"
)

// The two directions, as seen from an interface.
type direction int

const (
	ingress direction = iota
	egress
)

// admits reports whether the interface's security groups let a packet pass.
func (e *ENI) admits(p *Transit, d direction) bool {
	if len(e.groups) == 0 {
		return true
	}
	key := p.Flow
	if d == ingress {
		key = key.Reverse()
	}
	now := p.network.clock.NowMonotonic()
	// A new connection is judged by the rules of now, even if its ports belong to
	// a flow that is still tracked.
	if !p.Starts() && e.flows.known(now, key) {
		p.admittedAsAnswer(e, d)
		return true
	}
	group, rule := e.ruleFor(p, d)
	if rule == nil {
		e.flows.remove(key)
		return false
	}
	// Neither an error nor an answer to an untracked flow opens a flow.
	if !p.Related && !e.untracked(rule, p.Flow, d) && (p.Starts() || !e.answersUntracked(p, d)) {
		e.flows.add(now, key)
	}
	p.admittedBy(group, rule, d)
	return true
}

// ruleFor returns the first rule that admits a packet, with its group.
func (e *ENI) ruleFor(p *Transit, d direction) (*securityGroup, *Rule) {
	other := far(p.Flow, d)
	for _, g := range e.groups {
		rules := g.rules(d)
		for i := range rules {
			if r := &rules[i]; r.matches(p) && (p.network.names(r, other) || d == ingress && p.network.namesBalancer(r, p)) {
				return g, r
			}
		}
	}
	return nil, nil
}

func (g *securityGroup) rules(d direction) []Rule {
	if d == ingress {
		return g.Ingress
	}
	return g.Egress
}

// matches reports whether a rule has a packet's protocol and port. An ICMP error
// matches by its own type and code, or by the flow of the packet that it reports.
func (r *Rule) matches(p *Transit) bool {
	number, _ := protocolNumber(r.Protocol)
	if (number == packet.ICMP || number == packet.ICMPv6) && int(p.Protocol()) == number {
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
	case number != int(f.Protocol) || number == packet.ICMP || number == packet.ICMPv6:
		return false
	case number == packet.TCP || number == packet.UDP:
		port := int(f.Dst.Port())
		return r.allPorts() || r.FromPort <= port && port <= r.ToPort
	}
	return true
}

// allPorts reports whether a tcp or udp rule admits every port.
func (r *Rule) allPorts() bool {
	return r.FromPort == -1 && r.ToPort == -1 || r.FromPort == 0 && r.ToPort == 65535
}

// names reports whether a rule admits an address as the other side.
func (n *Network) names(r *Rule, a netip.Addr) bool {
	switch {
	case r.CIDR.IsValid():
		return r.CIDR.Contains(a)
	case r.Group != "":
		g := n.groups.ByID[r.Group]
		return g != nil && g.members[a] != nil
	default:
		l := n.lists.ByID[r.PrefixList]
		return l != nil && l.contains(a)
	}
}

// namesBalancer reports whether a rule names a group of the load balancer that a
// packet has passed: such a rule admits the load balancer's clients as well
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func (n *Network) namesBalancer(r *Rule, p *Transit) bool {
	if r.Group == "" || p.through == nil {
		return false
	}
	g := n.groups.ByID[r.Group]
	return g != nil && g.members[p.through.PrivateAddr] == p.through
}
