package commands

import (
	"context"
	"slices"
	"strings"
)

func init() { register(runIptables, "iptables") }

// runIptables does what a NAT instance needs, and nothing else: it appends to or
// deletes from the table nat the rule that masquerades what is passed on, and flushes
// FORWARD, where there is no rule. A rule that names an outgoing interface holds for
// all: an instance's interfaces have no names here.
func runIptables(_ context.Context, p *Process) int {
	words := slices.Clone(p.Args)
	if slices.Equal(words, []string{"-F", "FORWARD"}) || slices.Equal(words, []string{"-P", "FORWARD", "ACCEPT"}) {
		return 0
	}
	if i := slices.IndexFunc(words, func(w string) bool { return w == "-o" || w == "--out-interface" }); i >= 0 && i+1 < len(words) {
		words = slices.Delete(words, i, i+2)
	}
	for i, w := range words {
		if short, ok := map[string]string{"--table": "-t", "--append": "-A", "--delete": "-D", "--jump": "-j"}[w]; ok {
			words[i] = short
		}
	}
	switch strings.Join(words, " ") {
	case "-t nat -A POSTROUTING -j MASQUERADE":
		p.Host.SetMasquerading(true)
	case "-t nat -D POSTROUTING -j MASQUERADE":
		p.Host.SetMasquerading(false)
	default:
		return p.Fail(2, "iptables: unsupported rule %q: only -t nat -A POSTROUTING [-o INTERFACE] -j MASQUERADE is", strings.Join(p.Args, " "))
	}
	return 0
}
