package vpc

import (
	"slices"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"provenendpoints/internal/lab/packet"
)

// Idle times after which a security group forgets a flow
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html).
// Of UDP's two times the longer one is used for all flows: the difference between
// a stream and a single exchange is not visible in the lab.
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

// flows are the flows that an interface's security groups have admitted: their
// answers need no rule. The key is the flow in the outbound direction.
type flows struct {
	mu    sync.Mutex
	seen  map[packet.Flow]tcpip.MonotonicTime // when a packet last passed
	sweep int                                 // at this size, idle ones are looked for
}

// known reports whether a flow is tracked, and restarts its idle time.
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

// untracked reports whether a flow is admitted without being tracked. TCP and UDP
// flows are untracked where the rule admits all addresses and the other direction
// has a rule for all addresses and all ports. Such a flow ends as soon as its rule
// is removed (the page named above, "Untracked connections").
func (e *ENI) untracked(r *Rule, f packet.Flow, d direction) bool {
	icmp := f.Protocol == packet.ICMP || f.Protocol == packet.ICMPv6
	if icmp || r.CIDR != anywhere && r.CIDR != anywhere6 || r.CIDR.Addr().Is6() != f.Src.Addr().Is6() {
		return false
	}
	for _, g := range e.groups {
		back := func(o Rule) bool {
			number, _ := protocolNumber(o.Protocol)
			return o.CIDR == r.CIDR && (number == -1 || number == int(f.Protocol) && o.allPorts())
		}
		if slices.ContainsFunc(g.rules(1-d), back) {
			return true
		}
	}
	return false
}

// answersUntracked reports whether a packet can be the answer to an untracked flow
// of the other direction.
func (e *ENI) answersUntracked(p *Transit, d direction) bool {
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
