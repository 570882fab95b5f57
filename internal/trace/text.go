package trace

import (
	"fmt"
	"net/netip"
	"strings"
)

// Protocol names an IP protocol as rules name it: tcp, udp, icmp, or its number.
func Protocol(number int) string {
	switch number {
	case -1:
		return "all"
	case 1:
		return "icmp"
	case 6:
		return "tcp"
	case 17:
		return "udp"
	case 58:
		return "icmpv6"
	}
	return fmt.Sprintf("protocol %d", number)
}

// Words says what the hop does, without its action: "by rtb-1 (0.0.0.0/0) to igw-1".
func (h Hop) Words() string {
	var words []string
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if len(h.By) > 0 {
		add("by %s", strings.Join(h.By, ", "))
	} else if h.At != "" && h.Action == Received {
		add("at %s", h.At)
	}
	if rule := h.rule(); rule != "" {
		add("(%s)", rule)
	}
	switch {
	case h.Action == Translated:
		add("to %s → %s", end(h.Source), end(h.Destination))
	case h.To != "":
		add("to %s", h.To)
	}
	text := strings.Join(words, " ")
	if h.Reason != "" {
		text += ": " + h.Reason
	}
	return strings.TrimPrefix(text, ": ")
}

// rule is the rule with its direction.
func (h Hop) rule() string {
	switch {
	case h.Direction == "":
		return h.Rule
	case h.Rule == "":
		return h.Direction
	}
	return h.Direction + ": " + h.Rule
}

// end is an address with its port, if it has one.
func end(a netip.AddrPort) string {
	if a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
}

// String is the hop with its action.
func (h Hop) String() string { return string(h.Action) + " " + h.Words() }

// Head says in a line whose way it is: "tcp 10.0.1.5:1024 → 52.219.60.1:443".
func (t Trace) Head() string {
	return fmt.Sprintf("%s %s → %s", Protocol(t.Protocol), end(t.Source), end(t.Destination))
}

// Lines is the exchange as text: each hop a line, with the actions aligned.
func (e Exchange) Lines() []string {
	lines := []string{e.There.Head()}
	lines = append(lines, e.There.lines()...)
	if e.Back != nil {
		lines = append(lines, "answer "+e.Back.Head())
		lines = append(lines, e.Back.lines()...)
	}
	return lines
}

// Width is that of the longest action.
const Width = len(Translated)

func (t Trace) lines() []string {
	var out []string
	for _, h := range t.Hops {
		out = append(out, fmt.Sprintf("  %-*s  %s", Width, h.Action, h.Words()))
	}
	return out
}

// Once returns a function that names a thing in full the first time, and briefly then.
func Once(name func(id string) (brief, full string)) func(id string) string {
	seen := map[string]bool{}
	return func(id string) string {
		brief, full := name(id)
		if seen[id] {
			return brief
		}
		seen[id] = true
		return full
	}
}
