package vpc

// ENI is an [Interface] in use, for the device behind it and for hops. Its fields
// are read under the network's lock: in a [Device] or a [Hop], or holding [Locked].
type ENI struct {
	Interface
	subnet *subnet
	groups []*securityGroup // none: nothing is filtered
	device Device           // nil: packets to the interface are dropped
	flows  flows
	// returns are the tables of load balancers that preserve the client's address
	// for this target: its answers go back through them.
	returns []*Translations
}

// vpc is the VPC that the interface is in.
func (e *ENI) vpc() *vpc { return e.subnet.vpc }

// setGroups makes the interface a member of these groups alone.
func (e *ENI) setGroups(groups []*securityGroup) {
	for _, g := range e.groups {
		for _, a := range e.addresses() {
			delete(g.members, a)
		}
	}
	e.groups = groups
	for _, g := range groups {
		for _, a := range e.addresses() {
			g.members[a] = e
		}
	}
}

// returned passes an answer to the load balancer through which its request came.
func (e *ENI) returned(p *Transit) (*Host, bool) {
	for _, t := range e.returns {
		if to, via, ok := t.Lookup(Arrival{At: e, Flow: p.Flow}); ok {
			if l := crossed(e.subnet, via.subnet, p); l != nil {
				return p.Drop(l.ID, "network ACL, answer through a load balancer"), true
			}
			p.Translate(to)
			p.TellTranslated(via.ID)
			return p.Output(via), true
		}
	}
	return nil, false
}

// AdmitsNew reports whether an inbound rule of the interface's security groups
// admits a packet, whatever flows are tracked. Without groups nothing is filtered.
func (e *ENI) AdmitsNew(p *Transit) bool {
	if len(e.groups) == 0 {
		return true
	}
	group, rule := e.ruleFor(p, ingress)
	p.admittedBy(group, rule, ingress)
	return rule != nil
}

// Forward implements Hop: an interface can be the target of a route, and its
// device gets packets that are not for its own address.
func (e *ENI) Forward(_ *ENI, p *Transit) *Host { return p.Input(e) }

// Active implements Hop.
func (e *ENI) Active(string) bool { return e.device != nil }

// checkRoute implements routeTarget.
func (e *ENI) checkRoute(from *vpc) error {
	if e.vpc() != from {
		return noTarget(from, e.ID)
	}
	return nil
}
