package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// RuleGroup is a group of rules
// (docs.aws.amazon.com/network-firewall/latest/developerguide/rule-groups.html).
type RuleGroup struct {
	// ARN identifies it. Required.
	ARN string
	// Stateful says which of the rules it has.
	Stateful bool
	// Stateless are its rules in the order of their priorities.
	Stateless []StatelessRule
	// Rules are its stateful rules in their order, Strict is whether the order counts.
	Rules  []Rule
	Strict bool
	// Variables are the sets of addresses that the rules name, by name without $.
	Variables map[string][]string
	// Ports are the sets of ports that the rules name.
	Ports map[string][]string
}

// Addresses are the blocks that a rule matches. None is all.
type Addresses []netip.Prefix

func (a Addresses) holds(addr netip.Addr) bool {
	return len(a) == 0 || slices.ContainsFunc(a, func(b netip.Prefix) bool { return b.Contains(addr) })
}

// PortRange is a range of ports, its ends included.
type PortRange struct{ From, To uint16 }

// Ports are the ports that a rule matches. None is all.
type Ports []PortRange

func (p Ports) holds(port uint16) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(r PortRange) bool { return r.From <= port && port <= r.To })
}

// Action is what becomes of a flow by a stateful rule.
type Action string

// The actions of stateful rules, in the order in which they apply unless the order is strict.
const (
	PassFlow   Action = "pass"
	DropFlow   Action = "drop"
	RejectFlow Action = "reject"
	AlertFlow  Action = "alert"
)

var actionOrder = []Action{PassFlow, DropFlow, RejectFlow, AlertFlow}

// Rule is a stateful rule, by the rules of Suricata
// (docs.suricata.io/en/suricata-7.0.3/rules/intro.html).
type Rule struct {
	Action Action
	// Protocol is ip, tcp, udp, icmp, tls, http, ssh, dns or ntp.
	Protocol string
	// Sources and Destinations are any, a block, a variable such as $HOME_NET, one of these
	// after an exclamation mark, or a list of them in brackets. SourcePorts and
	// DestinationPorts are alike, with ranges such as 1:1024.
	Sources, SourcePorts, Destinations, DestinationPorts string
	// BothWays has the rule match packets of either direction.
	BothWays bool
	// Conditions have to be met besides.
	Conditions []Condition
	// Changes are made to the flow's bits where the rule matches.
	Changes []Condition
	// SID is the rule's id, for people.
	SID string
}

// Condition is a condition of a rule on a packet and its flow.
type Condition struct {
	// Keyword is Suricata's: flow, flowbits, tls.sni, http.host, http.method, http.uri,
	// ssl_state, app-layer-protocol or ip_proto.
	Keyword string
	// Values are what it says, without spaces.
	Values []string
	// Contents have to be in the buffer of that name, for keywords with a point.
	Contents []Content
}

// Content is a text that a buffer has to contain.
type Content struct {
	Text string
	// Not wants that it does not. AtStart and AtEnd say where it is, AnyCase that case does not
	// count, and DotPrefix that the buffer has a point put before it.
	Not, AtStart, AtEnd, AnyCase, DotPrefix bool
}

// in reports whether a buffer meets the condition.
func (c Content) in(buffer string) bool {
	text := c.Text
	if c.DotPrefix {
		buffer = "." + buffer
	}
	if c.AnyCase {
		buffer, text = strings.ToLower(buffer), strings.ToLower(text)
	}
	found := strings.Contains(buffer, text)
	switch {
	case c.AtStart && c.AtEnd:
		found = buffer == text
	case c.AtStart:
		found = strings.HasPrefix(buffer, text)
	case c.AtEnd:
		found = strings.HasSuffix(buffer, text)
	}
	return found != c.Not
}

// parts splits a list in brackets: [10.0.0.0/8,!10.1.0.0/16].
func parts(text string) []string {
	text = strings.TrimSpace(text)
	inner, list := strings.CutPrefix(text, "[")
	if !list {
		return []string{text}
	}
	inner = strings.TrimSuffix(inner, "]")
	var out []string
	depth, start := 0, 0
	for i, r := range inner {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case r == ',' && depth == 0:
			out = append(out, strings.TrimSpace(inner[start:i]))
			start = i + 1
		}
	}
	return append(out, strings.TrimSpace(inner[start:]))
}

// member reports whether something is in a set in Suricata's form: in one of its parts, and in
// none of those with an exclamation mark. A set of such parts alone is all the rest.
func member(set string, is func(one string) bool, variable func(name string) []string) bool {
	positive, found := false, false
	for _, one := range parts(set) {
		if rest, not := strings.CutPrefix(one, "!"); not {
			if member(rest, is, variable) {
				return false
			}
			continue
		}
		positive = true
		found = found || inSet(one, is, variable)
	}
	return found || !positive
}

func inSet(one string, is func(string) bool, variable func(string) []string) bool {
	switch {
	case one == "any" || one == "ANY":
		return true
	case strings.HasPrefix(one, "["):
		return member(one, is, variable)
	case strings.HasPrefix(one, "$"), strings.HasPrefix(one, "@"):
		return slices.ContainsFunc(variable(one[1:]), func(v string) bool { return member(v, is, variable) })
	}
	return is(one)
}

// addressIn reports whether an address is a block's, or one address.
func addressIn(a netip.Addr) func(string) bool {
	return func(one string) bool {
		if b, err := netip.ParsePrefix(one); err == nil {
			return b.Contains(a)
		}
		exact, err := netip.ParseAddr(one)
		return err == nil && exact == a
	}
}

// portIn reports whether a port is in a range such as 80, 1:1024, 1024: or :1024.
func portIn(p uint16) func(string) bool {
	return func(one string) bool {
		r, err := ParsePorts(one)
		return err == nil && r.From <= p && p <= r.To
	}
}

// ParsePorts reads a port or a range of ports in Suricata's form.
func ParsePorts(one string) (PortRange, error) {
	low, high, ranged := strings.Cut(one, ":")
	if !ranged {
		high = low
	}
	if low == "" {
		low = "0"
	}
	if high == "" {
		high = "65535"
	}
	from, err := strconv.ParseUint(low, 10, 16)
	to, also := strconv.ParseUint(high, 10, 16)
	if err != nil || also != nil || from > to {
		return PortRange{}, fmt.Errorf("%q is neither a port nor a range of ports", one)
	}
	return PortRange{uint16(from), uint16(to)}, nil
}
