package proof

import (
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/template"
)

// sources are whom security groups may admit, as [Claim.Sources] declares them.
type sources struct {
	// blocks are the declared CIDR blocks, and those of the declared VPCs.
	blocks []netip.Prefix
	// ids are the declared security groups and prefix lists.
	ids []string
}

// sourcesOf looks up what the texts stand for: CIDR blocks, and ids of security
// groups, prefix lists and VPCs. The claim's kind must declare [VPCLookup].
func (g *gatherer) sourcesOf(texts []string) (s sources) {
	for _, text := range texts {
		if strings.HasPrefix(text, "vpc-") {
			s.blocks = append(s.blocks, g.vpc(text)...)
		} else if block, err := netip.ParsePrefix(text); err == nil {
			s.blocks = append(s.blocks, block)
		} else {
			s.ids = append(s.ids, text)
		}
	}
	return s
}

// admit reports whether all that the rule admits is declared.
func (s sources) admit(rule SecurityGroupRule) bool {
	switch {
	case rule.CIDR.IsValid():
		return isInsideAny(rule.CIDR, s.blocks)
	case rule.PrefixList != "":
		return slices.Contains(s.ids, rule.PrefixList)
	}
	return rule.Group != "" && slices.Contains(s.ids, rule.Group)
}

// admitEverybody reports whether every IPv4 address is declared: nothing need be
// filtered.
func (s sources) admitEverybody() bool { return isInsideAny(allIPv4, s.blocks) }

var allIPv4 = netip.MustParsePrefix("0.0.0.0/0")

// covers reports whether the rule admits any traffic on the port. A rule for
// another protocol than TCP and UDP covers none.
func (r SecurityGroupRule) covers(port int) bool {
	switch r.Protocol {
	case "-1":
		return true
	case "tcp", "udp", "6", "17":
		return r.FromPort <= port && port <= r.ToPort
	}
	return false
}

// validateSources checks the form of the declared sources.
func (c Claim) validateSources(wrong fieldReporter) {
	for _, text := range c.Sources {
		_, err := netip.ParsePrefix(text)
		known := slices.ContainsFunc([]string{"vpc-", "sg-", "pl-"}, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
		if err != nil && !known && !template.HasToken(text) {
			wrong("Sources", "want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got %q", shorten(text, 80))
		}
	}
}
