package route53

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/store"
)

// DomainList is a list of domain names that firewall rules refer to
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-domain-lists.html).
type DomainList struct {
	// ID is rslvr-fdl-…. Required.
	ID, Name string
	// Domains are names; one that begins with "*." stands for all names below, and * for
	// every name.
	Domains []string
}

// RuleGroup is a group of firewall rules
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-groups.html).
type RuleGroup struct {
	// ID is rslvr-frg-…. Required.
	ID, Name string
	Rules    []FirewallRule
}

// FirewallRule decides about the queries for the names of a domain list.
type FirewallRule struct {
	// Priority is unique in the group; rules with lower ones come first.
	Priority int
	// List is the id of the domain list. Required.
	List string
	// Action is ALLOW, ALERT or BLOCK. Required.
	Action string
	// Response is how a query is blocked: NODATA, NXDOMAIN, or OVERRIDE with another
	// name.
	Response, Override string
}

// Firewall makes a rule group hold in a VPC.
type Firewall struct {
	// ID is rslvr-frgassoc-…; Group and VPC are ids. Required.
	ID, Group, VPC string
	// Name is for people.
	Name string
	// Priority is unique in the VPC; groups with lower ones come first.
	Priority int
}

// PutDomainList creates a domain list, or changes it with replace.
func (n *Names) PutDomainList(c DomainList, replace bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := put(&n.domainLists, c.ID, replace); err != nil {
		return err
	}
	c.Domains = slices.Clone(c.Domains)
	n.domainLists.ByID[c.ID] = &c
	return nil
}

// PutRuleGroup creates a rule group, or changes it with replace.
func (n *Names) PutRuleGroup(c RuleGroup, replace bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := put(&n.ruleGroups, c.ID, replace); err != nil {
		return err
	}
	c.Rules = slices.Clone(c.Rules)
	slices.SortFunc(c.Rules, func(a, b FirewallRule) int { return cmp.Compare(a.Priority, b.Priority) })
	for i, r := range c.Rules {
		if i > 0 && r.Priority == c.Rules[i-1].Priority {
			return awserr.New("ValidationException", "two rules of the group have the priority %d", r.Priority)
		}
		if err := n.checkFirewallRule(r); err != nil {
			return err
		}
	}
	n.ruleGroups.ByID[c.ID] = &c
	return nil
}

func (n *Names) checkFirewallRule(r FirewallRule) error {
	if _, err := n.domainLists.Get(r.List); err != nil {
		return err
	}
	switch r.Action {
	case "ALLOW", "ALERT":
		if r.Response != "" {
			return awserr.New("ValidationException", "a rule with the action %s has no block response", r.Action)
		}
		return nil
	case "BLOCK":
	default:
		return awserr.New("ValidationException", "the action %s is not one of ALLOW, ALERT and BLOCK", r.Action)
	}
	switch _, ok := domainName(r.Override); {
	case r.Response != "NODATA" && r.Response != "NXDOMAIN" && r.Response != "OVERRIDE":
		return awserr.New("ValidationException", "the block response %q is not one of NODATA, NXDOMAIN and OVERRIDE", r.Response)
	case r.Response == "OVERRIDE" && !ok:
		return awserr.New("ValidationException", "a rule with the block response OVERRIDE needs a domain to answer with, got %q", r.Override)
	}
	return nil
}

// put returns an error unless an object can be created, or replaced, under an id.
func put[T any](s *store.Store[T], id string, replace bool) error {
	if replace {
		_, err := s.Get(id)
		return err
	}
	return s.CheckFree(id)
}

// DeleteDomainList deletes a domain list that no rule names.
func (n *Names) DeleteDomainList(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.domainLists.Get(id); err != nil {
		return err
	}
	for _, g := range n.ruleGroups.ByID {
		if slices.ContainsFunc(g.Rules, func(r FirewallRule) bool { return r.List == id }) {
			return inUse("firewall domain list %s is used by rule group %s", id, g.ID)
		}
	}
	delete(n.domainLists.ByID, id)
	return nil
}

// DeleteRuleGroup deletes a rule group that holds in no VPC.
func (n *Names) DeleteRuleGroup(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.ruleGroups.Get(id); err != nil {
		return err
	}
	for _, f := range n.firewalls.ByID {
		if f.Group == id {
			return inUse("firewall rule group %s is associated with VPC %s", id, f.VPC)
		}
	}
	delete(n.ruleGroups.ByID, id)
	return nil
}

// PutFirewall makes a rule group hold in a VPC, or changes its name and priority there
// with replace.
func (n *Names) PutFirewall(c Firewall, replace bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := put(&n.firewalls, c.ID, replace); err != nil {
		return err
	}
	if _, err := n.ruleGroups.Get(c.Group); err != nil {
		return err
	}
	if _, err := n.network.VPCs().Get(c.VPC); err != nil {
		return notFound("Cannot find VPC '%s'.", c.VPC)
	}
	for _, f := range n.firewalls.ByID {
		switch {
		case f.ID == c.ID || f.VPC != c.VPC:
		case f.Priority == c.Priority:
			return awserr.New("ValidationException", "VPC %s has a rule group with the priority %d already", c.VPC, c.Priority)
		case f.Group == c.Group:
			return awserr.New("ConflictException", "VPC %s has the rule group %s already", c.VPC, c.Group)
		}
	}
	n.firewalls.ByID[c.ID] = &c
	return nil
}

// DeleteFirewall takes a rule group out of a VPC.
func (n *Names) DeleteFirewall(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.firewalls.Get(id); err != nil {
		return err
	}
	delete(n.firewalls.ByID, id)
	return nil
}

// RuleGroups describes all rule groups in the order of their ids.
func (n *Names) RuleGroups() []RuleGroup {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.ruleGroups, func(g *RuleGroup) RuleGroup { return *g })
}

// DomainLists describes all domain lists in the order of their ids.
func (n *Names) DomainLists() []DomainList {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.domainLists, func(l *DomainList) DomainList { return *l })
}

// Firewalls describes all associations of rule groups in the order of their ids.
func (n *Names) Firewalls() []Firewall {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.firewalls, func(f *Firewall) Firewall { return *f })
}

// blocked returns what answers a query in the firewall's place; nil if the query
// passes. The first rule that knows the name decides, ALERT apart, which only writes a
// log.
func (n *Names) blocked(vpcID, name string) dns.Exchange {
	if _, r := n.blocking(vpcID, name); r != nil {
		return n.block(vpcID, *r)
	}
	return nil
}

// blocking is the firewall rule that blocks a name, with the id of its group's
// association; nil if none does.
func (n *Names) blocking(vpcID, name string) (string, *FirewallRule) {
	var groups []*Firewall
	for _, f := range n.firewalls.ByID {
		if f.VPC == vpcID {
			groups = append(groups, f)
		}
	}
	slices.SortFunc(groups, func(a, b *Firewall) int { return cmp.Compare(a.Priority, b.Priority) })
	for _, f := range groups {
		for _, r := range n.ruleGroups.ByID[f.Group].Rules {
			switch {
			case r.Action == "ALERT" || !n.domainLists.ByID[r.List].has(name):
			case r.Action == "ALLOW":
				return "", nil
			default:
				return f.ID, &r
			}
		}
	}
	return "", nil
}

// has reports whether a name is on the list.
func (l *DomainList) has(name string) bool {
	return slices.ContainsFunc(l.Domains, func(d string) bool {
		below, wild := strings.CutPrefix(d, "*")
		below = miekg.CanonicalName(strings.TrimPrefix(below, "."))
		switch {
		case d == "*":
			return true
		case wild:
			return name != below && miekg.IsSubDomain(below, name)
		}
		return name == miekg.CanonicalName(d)
	})
}

// block is the answer to a blocked query. That with another name has the addresses of
// that name too, as clients do not look for them
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-actions.html).
func (n *Names) block(vpcID string, r FirewallRule) dns.Exchange {
	return func(_ context.Context, query *miekg.Msg) *miekg.Msg {
		reply := new(miekg.Msg).SetReply(query)
		reply.RecursionAvailable = true
		switch r.Response {
		case "NXDOMAIN":
			reply.Rcode = miekg.RcodeNameError
		case "OVERRIDE":
			asked := query.Question[0]
			instead := n.network.Names(vpcID).View(netip.Addr{}).Answer(new(miekg.Msg).SetQuestion(miekg.Fqdn(r.Override), asked.Qtype))
			alias := &miekg.CNAME{
				Hdr:    miekg.RR_Header{Name: asked.Name, Rrtype: miekg.TypeCNAME, Class: miekg.ClassINET},
				Target: miekg.Fqdn(r.Override),
			}
			reply.Answer = append([]miekg.RR{alias}, instead.Answer...)
		}
		return reply
	}
}
