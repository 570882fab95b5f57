package proof

import (
	"fmt"
	"net/netip"
	"slices"
)

// SecurityGroupsLookup describes security groups by their ids.
var SecurityGroupsLookup = newLookup[[]string, []SecurityGroup]("security groups", AnyResource, "ec2:DescribeSecurityGroups")

// SecurityGroup is a security group with the rules that let traffic in and out.
type SecurityGroup struct {
	ID, VPC         string
	Ingress, Egress []SecurityGroupRule
}

// SecurityGroupRule admits Protocol (tcp, udp, icmp, or -1 for all) on FromPort
// to ToPort, from or to a CIDR block, a prefix list or a security group.
type SecurityGroupRule struct {
	Protocol         string
	FromPort, ToPort int
	CIDR             netip.Prefix
	PrefixList       string
	Group            string
}

// groupsOf looks up the endpoint's security groups. It may have none.
func (g *gatherer) groupsOf(endpoint Endpoint) []SecurityGroup {
	if len(endpoint.Groups) == 0 {
		return nil
	}
	return look(g, SecurityGroupsLookup, "the security groups of "+endpoint.ID, endpoint.Groups, func(groups []SecurityGroup) error {
		if len(groups) != len(endpoint.Groups) {
			return fmt.Errorf("%d of %d were described", len(groups), len(endpoint.Groups))
		}
		return nil
	})
}

// allGroups looks up security groups, each of which must be there. There may be
// none to look up.
func (g *gatherer) allGroups(ids []string) []SecurityGroup {
	if len(ids) == 0 {
		return nil
	}
	return look(g, SecurityGroupsLookup, "the security groups "+joinWords(ids), ids, func(groups []SecurityGroup) error {
		for _, id := range ids {
			if !slices.ContainsFunc(groups, func(group SecurityGroup) bool { return group.ID == id }) {
				return fmt.Errorf("%s was not described", id)
			}
		}
		return nil
	})
}

// groups looks up security groups that may be gone.
func (g *gatherer) groups(ids []string) []SecurityGroup {
	if len(ids) == 0 {
		return nil
	}
	return look(g, SecurityGroupsLookup, "the security groups "+joinWords(ids), ids, nil)
}

// text is the rule for people: tcp 443 from 10.0.0.0/16.
func (r SecurityGroupRule) text() string {
	return traffic(r.Protocol, r.FromPort, r.ToPort) + " from " + r.otherSide("an unknown source")
}

// otherSide is what the rule names, for people.
func (r SecurityGroupRule) otherSide(unknown string) string {
	switch {
	case r.CIDR.IsValid():
		return r.CIDR.String()
	case r.PrefixList != "":
		return r.PrefixList
	case r.Group != "":
		return r.Group
	}
	return unknown
}

// egressText is what the group lets out, for people.
func (g SecurityGroup) egressText() string {
	var rules []string
	for _, rule := range g.Egress {
		rules = append(rules, traffic(rule.Protocol, rule.FromPort, rule.ToPort)+" to "+rule.otherSide("an unknown destination"))
	}
	if len(rules) == 0 {
		return "lets nothing out"
	}
	return "lets out only " + joinWords(rules)
}

// allProtocols is EC2's name for all IP protocols.
const allProtocols = "-1"

// traffic is a protocol with its ports, for people: tcp 443.
func traffic(protocol string, from, to int) string {
	switch {
	case protocol == allProtocols:
		return "everything"
	case from == to:
		return fmt.Sprintf("%s %d", protocol, from)
	}
	return fmt.Sprintf("%s %d-%d", protocol, from, to)
}
