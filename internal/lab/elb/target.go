package elb

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
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
	eni    *vpc.ENI // nil for an address that no interface has
	zone   string
	state  string
	reason result
	// streak counts equal results in a row: above zero passed checks, below zero
	// failed ones.
	streak     int
	registered time.Time          // when its first check can begin
	stop       context.CancelFunc // of the running checks; nil: none run
}

// result is the result of a check: a reason and its description, both empty if
// the check passed.
type result struct{ reason, description string }

var (
	notInUse    = result{"Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"}
	offZone     = result{"Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer"}
	registering = result{"Elb.RegistrationInProgress", "Target registration is in progress"}
	starting    = result{"Elb.InitialHealthChecking", "Initial health checks in progress"}
)

// newTarget makes a target that is not checked yet.
func (lb *LoadBalancing) newTarget(locked vpc.Locked, g *targetGroup, c Target) (*target, error) {
	if c.ID == "" {
		return nil, awserr.New("ValidationError", "A target needs an id")
	}
	if g.Type == TargetLambda {
		// Nothing checks functions unless somebody asks for it.
		return &target{Target: c, group: g, state: StateUnused, reason: notInUse, zone: allZones}, nil
	}
	addr, e, err := lb.addressOf(locked, g, c)
	if err != nil {
		return nil, err
	}
	c.Port = cmp.Or(c.Port, g.Port)
	t := &target{Target: c, group: g, addr: addr, eni: e, state: StateUnused, reason: notInUse}
	t.zone = cmp.Or(locked.ZoneOf(g.VPC, addr), allZones)
	return t, nil
}

// same reports whether two targets are equal: the same id and port.
func (t *target) same(o *target) bool { return t.ID == o.ID && t.Port == o.Port }

// superviseAll is supervise for all target groups of a load balancer.
func (lb *LoadBalancing) superviseAll(locked vpc.Locked, b *Balancer) {
	for _, l := range b.listeners {
		for _, g := range l.groups {
			lb.supervise(locked, g)
		}
	}
}

// supervise starts and stops the checks of a group's targets after a change of
// the configuration. The caller holds the lock.
func (lb *LoadBalancing) supervise(locked vpc.Locked, g *targetGroup) {
	for _, t := range g.targets {
		node, why := t.checker()
		switch {
		case g.Type == TargetLambda && node != nil:
			t.state, t.reason = StateHealthy, result{}
		case node == nil:
			t.stopChecks()
			t.state, t.reason, t.streak = StateUnused, why, 0
		case t.stop == nil:
			if t.state == StateUnused {
				t.state, t.reason, t.streak = StateInitial, registering, 0
				if lb.Registration != nil {
					t.registered = lb.network.Clock().Now().Add(lb.Registration(t.Target))
				}
			}
			lb.startChecks(locked, t, node)
		}
		lb.divert(locked, t.eni)
	}
}

// checker is the node that checks the target: that of its zone, or any if the
// target has none there and traffic crosses zones.
func (t *target) checker() (*vpc.ENI, result) {
	b := t.group.balancer
	if b == nil {
		return nil, notInUse
	}
	for _, node := range b.nodes {
		if node.Zone == t.zone {
			return node, result{}
		}
	}
	if len(b.nodes) > 0 && (b.CrossZone || t.zone == allZones) {
		return b.nodes[0], result{}
	}
	return nil, offZone
}

// divert sets by which load balancers' tables the answers of an interface go
// back: those that preserve the client's address for a target there.
func (lb *LoadBalancing) divert(locked vpc.Locked, e *vpc.ENI) {
	if e == nil {
		return
	}
	var tables []*vpc.Translations
	for _, g := range lb.groups.ByID {
		if g.balancer == nil || g.balancer.Type == Application || !*g.PreserveClientIP || slices.Contains(tables, g.balancer.table) {
			continue
		}
		if slices.ContainsFunc(g.targets, func(t *target) bool { return t.eni == e && t.state != StateUnused }) {
			tables = append(tables, g.balancer.table)
		}
	}
	locked.ReturnThrough(e, tables)
}

// removeTarget stops a target's checks and connections. The caller takes it out of its
// group and holds the lock.
func (lb *LoadBalancing) removeTarget(locked vpc.Locked, t *target) {
	t.stopChecks()
	t.state = StateUnused
	t.cut()
	lb.divert(locked, t.eni)
}

// cut ends the flows to the target. What its clients still send is reset.
func (t *target) cut() {
	b := t.group.balancer
	if b == nil {
		return
	}
	to := netip.AddrPortFrom(t.addr, uint16(t.Port))
	b.table.Remove(func(_ vpc.Arrival, f packet.Flow, _ *vpc.ENI) bool { return f.Dst == to })
}

// startChecks begins to check a target from a node.
func (lb *LoadBalancing) startChecks(locked vpc.Locked, t *target, node *vpc.ENI) {
	b := t.group.balancer
	h, err := lb.prober(locked, b, node)
	if err != nil {
		t.state, t.reason = StateUnhealthy, result{"Elb.InternalError", err.Error()}
		return
	}
	c := t.group.HealthCheck
	check := check{HealthCheck: c, from: h, clock: lb.network.Clock(), to: netip.AddrPortFrom(t.addr, uint16(cmp.Or(c.Port, t.Port)))}
	ctx, cancel := context.WithCancel(context.Background())
	t.stop = cancel
	locked.Go(func(network context.Context) {
		defer context.AfterFunc(network, cancel)()
		// docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html:
		// registration takes minutes, and the checks begin after it.
		begins := t.registered
		if b.Active.After(begins) {
			begins = b.Active
		}
		if check.clock.Sleep(ctx, begins.Sub(check.clock.Now())) != nil {
			return
		}
		unlocked := lb.network.Lock()
		if t.state == StateInitial && ctx.Err() == nil {
			t.reason = starting
		}
		unlocked.Unlock()
		check.repeat(ctx, func(r result) {
			// Nearly all checks change nothing. They must not wait for every packet of the
			// network, and let every packet wait for them.
			reading := lb.network.RLock()
			steady := t.steady(r)
			reading.Unlock()
			if steady {
				return
			}
			defer lb.network.Lock().Unlock()
			if ctx.Err() == nil {
				t.observe(r)
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

// steady reports whether the result of a check is what the target's state says already,
// and what the checks before it said: to count one more would change nothing. The caller
// holds the network's lock, for reading at least.
func (t *target) steady(v result) bool {
	passed := v == result{}
	return passed && t.state == StateHealthy && t.streak > 0 || !passed && t.state == StateUnhealthy && t.reason == v && t.streak < 0
}

// observe counts the result of a check. The caller holds the network's lock.
func (t *target) observe(v result) {
	passed := v == result{}
	if passed {
		t.streak = max(t.streak, 0) + 1
	} else {
		t.streak = min(t.streak, 0) - 1
	}
	h := t.group.HealthCheck
	switch {
	case passed && t.streak >= h.Healthy:
		t.state, t.reason = StateHealthy, result{}
	case !passed && -t.streak >= h.Unhealthy:
		was := t.state
		t.state, t.reason = StateUnhealthy, v
		// Connections are reset, unless no healthy target is left and the group fails open
		// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
		if was == StateHealthy && slices.ContainsFunc(t.group.targets, func(o *target) bool { return o.state == StateHealthy }) {
			t.cut()
		}
	}
}

// TargetHealth describes the targets of a group in the order of their
// registration.
func (lb *LoadBalancing) TargetHealth(group string) ([]TargetHealth, error) {
	defer lb.network.RLock().Unlock()
	g, err := lb.groups.Get(group)
	if err != nil {
		return nil, err
	}
	out := make([]TargetHealth, 0, len(g.targets))
	for _, t := range g.targets {
		out = append(out, TargetHealth{Target: t.Target, Zone: t.zone, State: t.state, Reason: t.reason.reason, Description: t.reason.description})
	}
	return out, nil
}
