package vpc

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

const (
	protocolTCP  = "TCP"
	protocolHTTP = "HTTP"
)

// The types of targets.
const (
	TargetInstance = "instance"
	TargetIP       = "ip"
)

// TargetGroup is a set of targets for a load balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html).
type TargetGroup struct {
	// ID is the ARN or any other id, VPC the id of its VPC. Required.
	ID, VPC string
	// Name is for people.
	Name string
	// Protocol is TCP. Default: TCP. Others are refused.
	Protocol string
	// Port is where targets take connections. Required.
	Port int
	// Type is instance or ip. Default: instance.
	Type string
	// PreserveClientIP has targets see the client's address. It never holds for
	// what comes through PrivateLink
	// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html).
	// Default: on for instance, off for ip.
	PreserveClientIP *bool
	// HealthCheck says how the targets are checked.
	HealthCheck HealthCheck
}

// HealthCheck says how a load balancer checks its targets
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
type HealthCheck struct {
	// Protocol is TCP or HTTP. Default: TCP.
	Protocol string
	// Port is the port to check. Default: the target's own.
	Port int
	// Path is asked for by HTTP. Default: /.
	Path string
	// MinStatus and MaxStatus are the HTTP codes that are healthy. Default: 200 to 399.
	MinStatus, MaxStatus int
	// Interval is the time from check to check. Default: 30 s.
	Interval time.Duration
	// Timeout is when a check fails without an answer. Default: 10 s, and 6 s for HTTP.
	Timeout time.Duration
	// Healthy and Unhealthy are how many equal results in a row change a
	// target's state. Default: 5 and 2.
	Healthy, Unhealthy int
}

// Target is a member of a target group.
type Target struct {
	// ID is the instance's id, or the address for type ip. Required.
	ID string
	// Interface is the id of the instance's interface. Required for type
	// instance.
	Interface string
	// Port is where this target takes connections. Default: the group's.
	Port int
}

// targetGroup is a TargetGroup in use.
type targetGroup struct {
	TargetGroup
	vpc      *vpc
	balancer *loadBalancer // the one whose listeners lead here; may be nil
	targets  []*target
}

// withDefaults fills in what the health check leaves open.
func (h HealthCheck) withDefaults() HealthCheck {
	h.Protocol = cmp.Or(h.Protocol, protocolTCP)
	timeout := 10 * time.Second
	if h.Protocol == protocolHTTP {
		h.Path = cmp.Or(h.Path, "/")
		timeout = 6 * time.Second
	}
	h.MinStatus, h.MaxStatus = cmp.Or(h.MinStatus, http.StatusOK), cmp.Or(h.MaxStatus, 399)
	h.Interval, h.Timeout = cmp.Or(h.Interval, 30*time.Second), cmp.Or(h.Timeout, timeout)
	h.Healthy, h.Unhealthy = cmp.Or(h.Healthy, 5), cmp.Or(h.Unhealthy, 2)
	return h
}

func (c *TargetGroup) complete() error {
	c.Protocol, c.Type = cmp.Or(c.Protocol, protocolTCP), cmp.Or(c.Type, TargetInstance)
	preserve := c.Type == TargetInstance
	if c.PreserveClientIP != nil {
		preserve = *c.PreserveClientIP
	}
	c.PreserveClientIP = &preserve
	c.HealthCheck = c.HealthCheck.withDefaults()
	switch h := c.HealthCheck; {
	case c.Protocol != protocolTCP:
		return refuse("UnsupportedProtocol", "Target group protocol '%s' is not supported here", c.Protocol)
	case c.Type != TargetInstance && c.Type != TargetIP:
		return refuse("ValidationError", "Target type '%s' is not supported here", c.Type)
	case c.Port < 1 || c.Port > 65535:
		return refuse("ValidationError", "Target group port %d is not between 1 and 65535", c.Port)
	case h.Protocol != protocolTCP && h.Protocol != protocolHTTP:
		return refuse("ValidationError", "Health check protocol '%s' is not supported here", h.Protocol)
	case h.Interval < 5*time.Second || h.Interval > 300*time.Second:
		return refuse("ValidationError", "Health check interval %v is not between 5s and 300s", h.Interval)
	case h.Timeout < 2*time.Second || h.Timeout > 120*time.Second || h.Timeout > h.Interval:
		return refuse("ValidationError", "Health check timeout %v is not between 2s and 120s, or above the interval of %v", h.Timeout, h.Interval)
	case h.Healthy < 2 || h.Healthy > 10 || h.Unhealthy < 2 || h.Unhealthy > 10:
		return refuse("ValidationError", "Health check thresholds %d and %d are not between 2 and 10", h.Healthy, h.Unhealthy)
	}
	return nil
}

// CreateTargetGroup creates a target group without targets.
func (n *Network) CreateTargetGroup(c TargetGroup) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.targetGroups.free(c.ID); err != nil {
		return err
	}
	v, err := n.vpcs.get(c.VPC)
	if err != nil {
		return err
	}
	if err := c.complete(); err != nil {
		return err
	}
	n.targetGroups.byID[c.ID] = &targetGroup{TargetGroup: c, vpc: v}
	return nil
}

// ModifyTargetGroup replaces the health check and the client address setting of
// a target group. The targets are checked anew from then on, and keep their
// state until that changes it.
func (n *Network) ModifyTargetGroup(c TargetGroup) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.targetGroups.get(c.ID)
	if err != nil {
		return err
	}
	made := g.TargetGroup
	made.HealthCheck, made.PreserveClientIP = c.HealthCheck, c.PreserveClientIP
	if err := made.complete(); err != nil {
		return err
	}
	g.TargetGroup = made
	for _, t := range g.targets {
		t.stopChecks()
	}
	n.supervise(g)
	return nil
}

// DeleteTargetGroup deletes a target group to which no listener leads.
func (n *Network) DeleteTargetGroup(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.targetGroups.get(id)
	if err != nil {
		return err
	}
	if g.balancer != nil {
		return refuse("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", id)
	}
	for _, t := range g.targets {
		n.removeTarget(t)
	}
	delete(n.targetGroups.byID, id)
	return nil
}

// RegisterTargets adds targets. Those that are registered already stay as they are.
func (n *Network) RegisterTargets(group string, targets ...Target) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.targetGroups.get(group)
	if err != nil {
		return err
	}
	var made []*target
	for _, c := range targets {
		t, err := n.newTarget(g, c)
		if err != nil {
			return err
		}
		made = append(made, t)
	}
	for _, t := range made {
		if !slices.ContainsFunc(g.targets, t.same) {
			g.targets = append(g.targets, t)
		}
	}
	n.supervise(g)
	return nil
}

// DeregisterTargets removes targets. Their connections are cut at once: the
// deregistration delay is not modelled.
func (n *Network) DeregisterTargets(group string, targets ...Target) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.targetGroups.get(group)
	if err != nil {
		return err
	}
	for _, c := range targets {
		gone := &target{Target: c}
		gone.Port = cmp.Or(c.Port, g.Port)
		for _, t := range g.targets {
			if t.same(gone) {
				n.removeTarget(t)
			}
		}
		g.targets = slices.DeleteFunc(g.targets, gone.same)
	}
	return nil
}

// TargetGroup describes a target group.
func (n *Network) TargetGroup(id string) (TargetGroup, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	g, err := n.targetGroups.get(id)
	if err != nil {
		return TargetGroup{}, err
	}
	return g.describe(), nil
}

// TargetGroups describes all target groups in the order of their ids.
func (n *Network) TargetGroups() []TargetGroup {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return describeAll(n.targetGroups.sorted(), (*targetGroup).describe)
}

func (g *targetGroup) describe() TargetGroup {
	c := g.TargetGroup
	preserve := *c.PreserveClientIP
	c.PreserveClientIP = &preserve
	return c
}

// addressOf is where a target is reached.
func (n *Network) addressOf(g *targetGroup, c Target) (netip.Addr, *eni, error) {
	if g.Type == TargetIP {
		a, err := netip.ParseAddr(c.ID)
		if err != nil || !a.Is4() {
			return a, nil, refuse("ValidationError", "'%s' is not an IPv4 address", c.ID)
		}
		return a, g.vpc.byAddr[a], nil
	}
	e, err := n.interfaces.get(c.Interface)
	if err != nil {
		return netip.Addr{}, nil, refuse("InvalidTarget", "The target '%s' has no interface '%s'", c.ID, c.Interface)
	}
	if e.vpc() != g.vpc {
		return netip.Addr{}, nil, refuse("InvalidTarget", "The target '%s' is not in VPC '%s'", c.ID, g.VPC)
	}
	return e.PrivateAddr, e, nil
}
