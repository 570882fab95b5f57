package proof

import (
	"slices"
	"strings"

	"provenendpoints/internal/template"
)

// Balanced: Balancer is internal, has exactly Listeners, and admits only Sources
// to them, whether or not they come through PrivateLink.
const Balanced Kind = "balanced"

var _ = define(Balanced, definition[balancedFacts]{
	required: []string{"Balancer", "Listeners"},
	optional: []string{"Sources"},
	lookups:  always(BalancerLookup, SecurityGroupsLookup, VPCLookup),
	gather: func(g *gatherer, c Claim) balancedFacts {
		balancer := g.balancer(c.Balancer)
		return balancedFacts{balancer, g.allGroups(balancer.Groups), g.sourcesOf(c.Sources)}
	},
	target:  Claim.balancerTarget,
	subject: Claim.balancerSubject,
	expected: func(c Claim, _ balancedFacts) string {
		var listeners []string
		for _, l := range c.listeners() {
			listeners = append(listeners, l.about())
		}
		text := "be internal, listen on " + joinWords(listeners) + " alone, and admit nobody there"
		if len(c.Sources) > 0 {
			text += " but " + joinWords(c.Sources)
		}
		return text
	},
	judge: judgeBalanced,
})

type balancedFacts struct {
	balancer Balancer
	// groups are its security groups.
	groups  []SecurityGroup
	sources sources
}

// judgeBalanced looks at who can come to the load balancer, and where it leads
// them. Rules for ports without a listener admit nobody.
func judgeBalanced(c Claim, f balancedFacts, _ Observation) finding {
	b := f.balancer
	switch {
	case b.Scheme == "":
		return unproven("", "the load balancer is unknown")
	case b.Scheme != "internal":
		return refuted("the scheme of "+c.target(), "it is %s: its addresses are public", printable(b.Scheme))
	case b.OpenIPv6:
		// An internal load balancer of both address families denies an internet
		// gateway, unless the attribute ipv6.deny_all_igw_traffic says otherwise
		// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html).
		return refuted("the attribute ipv6.deny_all_igw_traffic of "+c.target(), "an internet gateway may lead to its IPv6 addresses")
	}
	if found, wrong := judgeListeners(c, b); wrong {
		return found
	}
	var seen []string
	for _, l := range sortedListeners(b.Listeners) {
		seen = append(seen, l.about())
	}
	admitted, wrong := f.admitted()
	if wrong != nil {
		return *wrong
	}
	if len(admitted) == 0 {
		admitted = []string{"nobody"}
	}
	return holds("internal, %s; admits %s", joinCommas(seen), joinCommas(admitted))
}

// judgeListeners wants each listener to be a declared one. A declared one that is
// missing leads nobody anywhere; what it is for is measured.
func judgeListeners(c Claim, b Balancer) (finding, bool) {
	hint := "the listeners of " + c.target()
	if len(b.Listeners) == 0 {
		return unproven("", "none of its listeners is known"), true
	}
	for _, l := range sortedListeners(b.Listeners) {
		at := slices.IndexFunc(c.listeners(), func(d Listener) bool { return d.Port == l.Port })
		switch {
		case at < 0:
			return refuted(hint+"; declare it if it is wanted", "it listens on %s as well", l.about()), true
		case !l.leadsAs(c.listeners()[at]):
			return refuted(hint, "it listens on %s, not on %s", l.about(), c.listeners()[at].about()), true
		}
	}
	return finding{}, false
}

// admitted lists whom the security groups admit on the listeners' ports, or says
// who is admitted and not declared. Without groups, all clients are admitted; all
// those of PrivateLink if the inbound rules are not enforced there
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func (f balancedFacts) admitted() ([]string, *finding) {
	name := balancerName(f.balancer.ARN)
	if !f.sources.admitEverybody() {
		if len(f.balancer.Groups) == 0 {
			wrong := refuted("the security groups of "+name+", which can only be given at its creation", "it has no security group, and admits everybody who has a way to it")
			return nil, &wrong
		}
		if !f.balancer.Enforced {
			wrong := refuted("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic of "+name, "its inbound rules do not apply to PrivateLink traffic: every connected endpoint is admitted from any address")
			return nil, &wrong
		}
	}
	var seen []string
	for _, group := range f.groups {
		for _, rule := range group.Ingress {
			if !slices.ContainsFunc(f.balancer.Listeners, func(l Listener) bool { return rule.covers(l.Port) }) {
				continue
			}
			if !f.sources.admit(rule) {
				wrong := refuted("the inbound rules of "+group.ID+"; declare the source if it is wanted", "%s admits %s", group.ID, rule.text())
				return nil, &wrong
			}
			seen = append(seen, rule.text())
		}
	}
	slices.Sort(seen)
	return slices.Compact(seen), nil
}

// validateBalancer checks that Balancer is an ARN.
func (c Claim) validateBalancer(wrong fieldReporter) {
	if c.Balancer != "" && !template.HasToken(c.Balancer) && !strings.HasPrefix(c.Balancer, "arn:") {
		wrong("Balancer", "want the ARN of a load balancer, got %q", shorten(c.Balancer, 80))
	}
}
