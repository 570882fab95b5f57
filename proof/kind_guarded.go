package proof

import (
	"fmt"
	"net/netip"
	"slices"
)

// Guarded: the security groups of Endpoint admit only TCP Port, and only from
// inside the endpoint's VPC or from Sources.
const Guarded Kind = "guarded"

var _ = define(Guarded, definition[guardedFacts]{
	required: []string{"Endpoint"},
	optional: []string{"Port", "Sources"},
	lookups:  always(EndpointLookup, VPCLookup, SecurityGroupsLookup),
	gather:   gatherGuarded,
	subject:  func(c Claim) string { return "the security group of " + c.target() },
	expected: func(c Claim, f guardedFacts) string {
		text := fmt.Sprintf("admit TCP %d alone, and only from inside the VPC%s", c.port(), inBrackets(stringsOf(f.vpc)))
		if len(c.Sources) > 0 {
			text += " and from " + joinWords(c.Sources)
		}
		return text
	},
	judge: judgeGuarded,
})

type guardedFacts struct {
	endpoint Endpoint
	vpc      []netip.Prefix
	// groups are the endpoint's security groups, referenced those that their
	// rules name as sources.
	groups, referenced []SecurityGroup
	// sources are those that are declared besides.
	sources sources
}

func gatherGuarded(g *gatherer, c Claim) (f guardedFacts) {
	f.endpoint = g.endpoint(c.Endpoint)
	f.vpc = g.vpcOf(f.endpoint)
	f.groups = g.groupsOf(f.endpoint)
	var named []string
	for _, group := range f.groups {
		for _, rule := range group.Ingress {
			if rule.Group != "" {
				named = append(named, rule.Group)
			}
		}
	}
	slices.Sort(named)
	f.referenced = g.groups(slices.Compact(named))
	f.sources = g.sourcesOf(c.Sources)
	return f
}

// judgeGuarded wants every rule to admit the one TCP port, from CIDR blocks
// inside the VPC, from security groups of the same VPC or from what is declared.
// A prefix list may hold anything, so it is not inside.
func judgeGuarded(c Claim, f guardedFacts, _ Observation) finding {
	var seen []string
	for _, group := range f.groups {
		for _, rule := range group.Ingress {
			text := rule.text()
			hint := "the inbound rules of " + group.ID
			if rule.Protocol != "tcp" || rule.FromPort != c.port() || rule.ToPort != c.port() {
				return refuted(hint, "%s admits %s", group.ID, text)
			}
			if !f.admitsFromInside(rule) && !f.sources.admit(rule) {
				return refuted(hint, "%s admits %s, which is not inside the VPC", group.ID, text)
			}
			seen = append(seen, group.ID+": "+text)
		}
	}
	if len(seen) == 0 {
		return refuted("the security groups of "+c.Endpoint, "it admits nothing at all")
	}
	return holds("%s", joinCommas(seen))
}

// admitsFromInside reports whether the rule's sources all lie inside the
// endpoint's VPC.
func (f guardedFacts) admitsFromInside(rule SecurityGroupRule) bool {
	if rule.CIDR.IsValid() {
		return isInsideAny(rule.CIDR, f.vpc)
	}
	return f.endpoint.VPC != "" && slices.ContainsFunc(f.referenced, func(group SecurityGroup) bool {
		return group.ID == rule.Group && group.VPC == f.endpoint.VPC
	})
}
