package elb

import (
	"cmp"
	"maps"
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// sortedRules are the listener's rules in the order in which they are tried.
func (l *boundListener) sortedRules() []Rule {
	return slices.SortedFunc(maps.Values(l.rules), func(a, b Rule) int { return cmp.Compare(a.Priority, b.Priority) })
}

// PutRule creates a rule, or replaces the one with its id.
func (lb *LoadBalancing) PutRule(r Rule) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	b := lb.listenerOf(r.Listener)
	if b == nil {
		return awserr.New("ListenerNotFound", "The listener '%s' does not exist", r.Listener)
	}
	l := b.listeners[r.Listener]
	if b.Type != Application {
		return awserr.New("UnsupportedOperation", "Rules are not supported for listeners of type '%s'", b.Type)
	}
	if r.Priority < 1 || r.Priority > 50000 {
		return awserr.New("ValidationError", "Rule priority '%d' must be between 1 and 50000", r.Priority)
	}
	for _, other := range l.rules {
		if other.ID != r.ID && other.Priority == r.Priority {
			return awserr.New("PriorityInUse", "Priority '%d' is currently in use", r.Priority)
		}
	}
	if err := r.Action.check(); err != nil {
		return err
	}
	if err := r.Action.checkLogin(l.Protocol); err != nil {
		return err
	}
	if _, err := lb.usable(b, r.Action.groups()); err != nil {
		return err
	}
	l.rules[r.ID] = r
	lb.regroup(locked, b, l)
	return nil
}

// DeleteRule deletes a rule.
func (lb *LoadBalancing) DeleteRule(id string) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	for _, b := range lb.balancers.ByID {
		for _, l := range b.listeners {
			if _, ok := l.rules[id]; ok {
				delete(l.rules, id)
				lb.regroup(locked, b, l)
				return nil
			}
		}
	}
	return awserr.New("RuleNotFound", "Rule '%s' does not exist", id)
}

// AddCertificates has a listener offer further certificates, or no longer.
func (lb *LoadBalancing) AddCertificates(listener string, add, remove []string) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	b := lb.listenerOf(listener)
	if b == nil {
		return awserr.New("ListenerNotFound", "The listener '%s' does not exist", listener)
	}
	l := b.listeners[listener]
	l.Certificates = slices.DeleteFunc(l.Certificates, func(arn string) bool { return slices.Contains(remove, arn) })
	l.Certificates = append(l.Certificates, add...)
	return nil
}

// usable finds target groups that a load balancer's listeners may lead to.
func (lb *LoadBalancing) usable(b *Balancer, ids []string) (map[string]*targetGroup, error) {
	out := map[string]*targetGroup{}
	for _, id := range ids {
		g, err := lb.groups.Get(id)
		switch {
		case err != nil:
			return nil, err
		case g.balancer != nil && g.balancer != b:
			return nil, awserr.New("TargetGroupAssociationLimit", "The following target groups cannot be associated with more than one load balancer: %s", id)
		case g.Type != TargetLambda && g.VPC != b.VPC:
			return nil, awserr.New("InvalidConfigurationRequest", "The target group '%s' and the load balancer are in different VPCs", id)
		case g.application() != (b.Type == Application):
			return nil, awserr.New("InvalidLoadBalancerAction", "The protocol '%s' of target group '%s' does not go with a load balancer of type '%s'", g.Protocol, id, b.Type)
		}
		out[id] = g
	}
	return out, nil
}

// regroup brings a listener's target groups to what its actions say. A group is unused if no
// listener leads there any more.
func (lb *LoadBalancing) regroup(locked vpc.Locked, b *Balancer, l *boundListener) {
	before := l.groups
	l.groups = map[string]*targetGroup{}
	ids := l.Action.groups()
	if l.TargetGroup != "" {
		ids = append(ids, l.TargetGroup)
	}
	for _, r := range l.rules {
		ids = append(ids, r.Action.groups()...)
	}
	for _, id := range ids {
		if g := lb.groups.ByID[id]; g != nil {
			l.groups[id] = g
			g.balancer = b
			lb.supervise(locked, g)
		}
	}
	for id, g := range before {
		if l.groups[id] == nil {
			lb.disuse(locked, b, g)
		}
	}
}

// disuse ends the use of a target group that no listener leads to.
func (lb *LoadBalancing) disuse(locked vpc.Locked, b *Balancer, g *targetGroup) {
	for _, l := range b.listeners {
		if l.groups[g.ID] != nil {
			return
		}
	}
	g.balancer = nil
	lb.supervise(locked, g)
}
