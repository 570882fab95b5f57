package vpc

import (
	"cmp"
	"context"
	"net/netip"
	"provenendpoints/internal/lab/netstack"
	"provenendpoints/internal/lab/packet"
	"slices"
)

// States of a target
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html).
const (
	StateInitial   = "initial"
	StateHealthy   = "healthy"
	StateUnhealthy = "unhealthy"
	StateUnused    = "unused"
)

// TargetHealth is the health of a target.
type TargetHealth struct {
	Target
	// Zone is the target's zone, or all for an address outside the VPC.
	Zone string
	// State is initial, healthy, unhealthy or unused. Reason and Description
	// are ELB's, empty if it is healthy.
	State, Reason, Description string
}

// allZones is the zone of a target outside the VPC.
const allZones = "all"

// target is a Target in use.
type target struct {
	Target
	group  *targetGroup
	addr   netip.Addr
	eni    *eni // nil for an address that no interface has
	zone   string
	state  string
	reason verdict
	// streak counts equal results in a row: above zero passed checks, below zero
	// failed ones.
	streak int
	stop   context.CancelFunc // of the running checks; nil: none run
}

// verdict is the result of a check: a reason and its description, both empty if
// the check passed.
type verdict struct{ reason, description string }

var (
	notInUse = verdict{"Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"}
	offZone  = verdict{"Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer"}
	starting = verdict{"Elb.InitialHealthChecking", "Initial health checks in progress"}
)

// newTarget makes a target that is not checked yet.
func (n *Network) newTarget(g *targetGroup, c Target) (*target, error) {
	if c.ID == "" {
		return nil, refuse("ValidationError", "A target needs an id")
	}
	addr, e, err := n.addressOf(g, c)
	if err != nil {
		return nil, err
	}
	c.Port = cmp.Or(c.Port, g.Port)
	t := &target{Target: c, group: g, addr: addr, eni: e, zone: allZones, state: StateUnused, reason: notInUse}
	for _, s := range g.vpc.subnets {
		if s.CIDR.Contains(addr) {
			t.zone = s.Zone
		}
	}
	return t, nil
}

// same says whether two targets are one: the same thing on the same port.
func (t *target) same(o *target) bool { return t.ID == o.ID && t.Port == o.Port }

// superviseAll is supervise for all target groups of a load balancer.
func (n *Network) superviseAll(b *loadBalancer) {
	for _, l := range b.listeners {
		n.supervise(l.group)
	}
}

// supervise starts and stops the checks of a group's targets after a change of
// the configuration. The caller holds the lock.
func (n *Network) supervise(g *targetGroup) {
	for _, t := range g.targets {
		node, why := t.checker()
		switch {
		case node == nil:
			t.stopChecks()
			t.state, t.reason, t.streak = StateUnused, why, 0
		case t.stop == nil:
			if t.state == StateUnused {
				t.state, t.reason, t.streak = StateInitial, starting, 0
			}
			n.startChecks(t, node)
		}
		n.divert(t.eni)
	}
}

// checker is the node that checks the target: that of its zone, or any if the
// target has none there and traffic crosses zones.
func (t *target) checker() (*eni, verdict) {
	b := t.group.balancer
	if b == nil {
		return nil, notInUse
	}
	for _, node := range b.nodes {
		if node.Zone == t.zone {
			return node, verdict{}
		}
	}
	if len(b.nodes) > 0 && (b.CrossZone || t.zone == allZones) {
		return b.nodes[0], verdict{}
	}
	return nil, offZone
}

// divert sets by which load balancers' tables the answers of an interface go
// back: those that preserve the client's address for a target there.
func (n *Network) divert(e *eni) {
	if e == nil {
		return
	}
	var tables []*translator
	for _, g := range n.targetGroups.byID {
		if g.balancer == nil || !*g.PreserveClientIP || slices.Contains(tables, g.balancer.table) {
			continue
		}
		if slices.ContainsFunc(g.targets, func(t *target) bool { return t.eni == e && t.state != StateUnused }) {
			tables = append(tables, g.balancer.table)
		}
	}
	e.diverts = tables
}

// removeTarget ends what is known of a target. The caller takes it out of its
// group and holds the lock.
func (n *Network) removeTarget(t *target) {
	t.stopChecks()
	t.state = StateUnused
	t.cut()
	n.divert(t.eni)
}

// cut ends the flows to the target. What its clients still send is reset.
func (t *target) cut() {
	b := t.group.balancer
	if b == nil {
		return
	}
	to := netip.AddrPortFrom(t.addr, uint16(t.Port))
	b.table.drop(func(_ arrival, f packet.Flow, _ *eni) bool { return f.Dst == to })
}

// startChecks begins to check a target from a node.
func (n *Network) startChecks(t *target, node *eni) {
	if n.closed {
		return
	}
	b := t.group.balancer
	h := b.probers[node]
	if h == nil {
		var err error
		h, err = n.newHost(netstack.Options{
			Name: "elb/" + b.Name + "/" + node.Zone, MTU: mtuVPC, Addrs: []netip.Addr{node.PrivateAddr},
		}, node)
		if err == nil {
			err = h.SetPortRange(firstProberPort, lastProberPort)
		}
		if err != nil {
			t.state, t.reason = StateUnhealthy, verdict{"Elb.InternalError", err.Error()}
			return
		}
		b.probers[node] = h
	}
	c := t.group.HealthCheck
	check := check{HealthCheck: c, from: h, clock: n.clock, to: netip.AddrPortFrom(t.addr, uint16(cmp.Or(c.Port, t.Port)))}
	ctx, cancel := context.WithCancel(n.ctx)
	t.stop = cancel
	n.running.Go(func() {
		check.repeat(ctx, func(v verdict) {
			n.mu.Lock()
			defer n.mu.Unlock()
			if ctx.Err() == nil {
				t.observe(v)
			}
		})
	})
}

func (t *target) stopChecks() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
}

// observe counts the result of a check. The caller holds the network's lock.
func (t *target) observe(v verdict) {
	passed := v == verdict{}
	if passed {
		t.streak = max(t.streak, 0) + 1
	} else {
		t.streak = min(t.streak, 0) - 1
	}
	h := t.group.HealthCheck
	switch {
	case passed && t.streak >= h.Healthy:
		t.state, t.reason = StateHealthy, verdict{}
	case !passed && -t.streak >= h.Unhealthy:
		was := t.state
		t.state, t.reason = StateUnhealthy, v
		// Connections are reset, unless that leaves nobody and the group fails open
		// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
		if was == StateHealthy && slices.ContainsFunc(t.group.targets, func(o *target) bool { return o.state == StateHealthy }) {
			t.cut()
		}
	}
}

// TargetHealth describes the targets of a group in the order of their
// registration.
func (n *Network) TargetHealth(group string) ([]TargetHealth, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	g, err := n.targetGroups.get(group)
	if err != nil {
		return nil, err
	}
	out := make([]TargetHealth, 0, len(g.targets))
	for _, t := range g.targets {
		out = append(out, TargetHealth{Target: t.Target, Zone: t.zone, State: t.state, Reason: t.reason.reason, Description: t.reason.description})
	}
	return out, nil
}
