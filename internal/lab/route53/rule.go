package route53

import (
	"context"
	"net/netip"
	"slices"
	"sync/atomic"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/store"
)

// The types of a resolver rule.
const (
	Forward = "FORWARD"
	System  = "SYSTEM"
)

// ResolverRule decides who answers the queries for a domain and all names below: other
// servers (FORWARD), or the VPC's resolver after all (SYSTEM)
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing.html).
type ResolverRule struct {
	// ID is rslvr-rr-…, Domain the domain name, Type [Forward] or [System]. Required.
	ID, Domain, Type string
	// Name is for people.
	Name string
	// Endpoint is the id of the outbound endpoint, Targets are the servers. A rule that
	// forwards has both, another has none.
	Endpoint string
	Targets  []netip.AddrPort
}

type rule struct {
	ResolverRule
	forward dns.Exchange // of a rule that forwards
}

// RuleAssociation makes a rule hold in a VPC.
type RuleAssociation struct {
	// ID is rslvr-rrassoc-…; Rule and VPC are ids. Required.
	ID, Rule, VPC string
	// Name is for people.
	Name string
}

// atOnce is how many queries one rule forwards at the same time. Servers that forward to
// each other in a circle reach it, and get no further.
const atOnce = 64

// PutRule creates a rule, or changes it with replace.
func (n *Names) PutRule(c ResolverRule, replace bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	old := n.rules.ByID[c.ID]
	if replace {
		if _, err := n.rules.Get(c.ID); err != nil {
			return err
		}
	} else if err := n.rules.CheckFree(c.ID); err != nil {
		return err
	}
	name, ok := domainName(c.Domain)
	switch {
	case !ok:
		return invalid("Invalid domain name: '%s'", c.Domain)
	case c.Type != Forward && c.Type != System:
		return invalid("the rule type %s is not supported, only %s and %s are", c.Type, Forward, System)
	case old != nil && old.Type != c.Type:
		return invalid("the type of rule %s cannot change", c.ID)
	case c.Type == System && (c.Endpoint != "" || len(c.Targets) > 0):
		return invalid("a rule of type %s has neither a resolver endpoint nor target addresses", System)
	}
	c.Domain, c.Targets = name, slices.Clone(c.Targets)
	made := &rule{ResolverRule: c}
	if c.Type == Forward {
		e, err := n.endpoints.Get(c.Endpoint)
		switch {
		case err != nil:
			return err
		case e.Direction != Outbound:
			return invalid("the resolver endpoint %s is not an outbound one", e.ID)
		case len(c.Targets) == 0:
			return invalid("a rule of type %s needs target addresses", Forward)
		}
		var running atomic.Int32
		made.forward = func(ctx context.Context, query *miekg.Msg) *miekg.Msg {
			if running.Add(1) > atOnce {
				running.Add(-1)
				return new(miekg.Msg).SetRcode(query, miekg.RcodeServerFailure)
			}
			defer running.Add(-1)
			return e.ask(ctx, c.Targets, query)
		}
	}
	n.rules.ByID[c.ID] = made
	return nil
}

// DeleteRule deletes a rule that holds in no VPC.
func (n *Names) DeleteRule(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.rules.Get(id); err != nil {
		return err
	}
	for _, a := range n.associations.ByID {
		if a.Rule == id {
			return inUse("Cannot delete Resolver rule '%s' because it is associated with VPC '%s'.", id, a.VPC)
		}
	}
	delete(n.rules.ByID, id)
	return nil
}

// Rules describes all rules in the order of their ids.
func (n *Names) Rules() []ResolverRule {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.rules, func(r *rule) ResolverRule {
		c := r.ResolverRule
		c.Targets = slices.Clone(c.Targets)
		return c
	})
}

// AssociateRule makes a rule hold in a VPC, which can have one rule for each domain.
func (n *Names) AssociateRule(c RuleAssociation) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.associations.CheckFree(c.ID); err != nil {
		return err
	}
	r, err := n.rules.Get(c.Rule)
	if err != nil {
		return err
	}
	if _, err := n.network.VPCs().Get(c.VPC); err != nil {
		return notFound("[RSLVR-00102] Cannot find VPC '%s'.", c.VPC)
	}
	for _, a := range n.associations.ByID {
		if other := n.rules.ByID[a.Rule]; a.VPC == c.VPC && other.Domain == r.Domain {
			return awserr.New("ResourceExistsException", "Cannot associate rules with same domain name with same VPC. Conflict with resolver rule '%s'", a.Rule)
		}
	}
	n.associations.ByID[c.ID] = &c
	return nil
}

// DisassociateRule ends an association.
func (n *Names) DisassociateRule(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.associations.Get(id); err != nil {
		return err
	}
	delete(n.associations.ByID, id)
	return nil
}

// RuleAssociations describes all associations in the order of their ids. AWS's own, of
// the rule for all names that every VPC has, is not among them.
func (n *Names) RuleAssociations() []RuleAssociation {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.associations, func(a *RuleAssociation) RuleAssociation { return *a })
}

// ruleFor returns the rule of a VPC with the longest domain that a name is in; nil if
// there is none
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-domain-name-matches.html).
func (n *Names) ruleFor(vpcID, name string) *rule {
	var best *rule
	for _, a := range n.associations.ByID {
		r := n.rules.ByID[a.Rule]
		if a.VPC == vpcID && miekg.IsSubDomain(r.Domain, name) && (best == nil || miekg.CountLabel(r.Domain) > miekg.CountLabel(best.Domain)) {
			best = r
		}
	}
	return best
}
