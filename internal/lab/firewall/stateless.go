package firewall

import (
	"slices"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// StatelessAction is what becomes of a packet by a stateless rule.
type StatelessAction string

// The actions of stateless rules. Those of one's own only publish metrics.
const (
	Pass    StatelessAction = "aws:pass"
	Drop    StatelessAction = "aws:drop"
	Forward StatelessAction = "aws:forward_to_sfe"
)

// StatelessRule is a stateless rule. An empty list matches everything
// (docs.aws.amazon.com/network-firewall/latest/APIReference/API_MatchAttributes.html).
type StatelessRule struct {
	Priority int
	Action   StatelessAction
	// Sources and Destinations are blocks.
	Sources, Destinations Addresses
	// SourcePorts and DestinationPorts are for TCP and UDP.
	SourcePorts, DestinationPorts Ports
	// Protocols are IP protocol numbers.
	Protocols []int
	// Flags are TCP flags: the rule matches if those of Masks are Flags. Default: any.
	Flags []TCPFlags
}

// TCPFlags are bits of a TCP header that must be set, among those that are looked at; no mask
// looks at all.
type TCPFlags struct{ Flags, Masks uint8 }

// matches reports whether a rule matches a packet.
func (r StatelessRule) matches(p *vpc.Transit) bool {
	if len(r.Protocols) > 0 && !slices.Contains(r.Protocols, int(p.Protocol())) {
		return false
	}
	f := p.Flow
	if p.Related { // what an ICMP error is about is not looked at
		f = packet.Flow{Protocol: p.Protocol()}
	}
	ported := f.Protocol == packet.TCP || f.Protocol == packet.UDP
	if (len(r.SourcePorts)+len(r.DestinationPorts) > 0) && !ported {
		return false
	}
	return r.Sources.holds(p.Source()) && r.Destinations.holds(p.Destination()) &&
		r.SourcePorts.holds(f.Src.Port()) && r.DestinationPorts.holds(f.Dst.Port()) && r.flagged(p)
}

func (r StatelessRule) flagged(p *vpc.Transit) bool {
	if len(r.Flags) == 0 {
		return true
	}
	flags, ok := p.TCPFlags()
	return ok && slices.ContainsFunc(r.Flags, func(f TCPFlags) bool {
		mask := f.Masks
		if mask == 0 {
			mask = 0xff
		}
		return flags&mask == f.Flags&mask
	})
}

// stateless is the action for a packet: that of the first rule that matches, by the groups'
// order in the policy and the rules' priorities
// (docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-policy-processing.html).
func (f *Firewalls) stateless(_ *firewall, p *Policy, packet *vpc.Transit) StatelessAction {
	for _, arn := range p.Stateless {
		if g := f.groups.ByID[arn]; g != nil {
			for _, r := range g.Stateless {
				if r.matches(packet) {
					return r.Action
				}
			}
		}
	}
	return p.StatelessDefault
}
