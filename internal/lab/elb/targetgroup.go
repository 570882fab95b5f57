package elb

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

const (
	protocolTCP   = "TCP"
	protocolUDP   = "UDP"
	protocolBoth  = "TCP_UDP"
	protocolTLS   = "TLS"
	protocolHTTP  = "HTTP"
	protocolHTTPS = "HTTPS"
	// protocolGENEVE is that of Gateway Load Balancers' target groups.
	protocolGENEVE = "GENEVE"
)

// The types of targets.
const (
	TargetInstance = "instance"
	TargetIP       = "ip"
	TargetLambda   = "lambda" // of Application Load Balancers
	TargetALB      = "alb"    // of Network Load Balancers
)

// TargetGroup is a set of targets for a load balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html).
type TargetGroup struct {
	// ID is the ARN or any other id, VPC the id of its VPC. Required.
	ID, VPC string
	// Name is for people.
	Name string
	// Protocol is TCP, UDP, TCP_UDP or TLS for Network Load Balancers, HTTP or HTTPS for Application
	// Load Balancers, GENEVE for Gateway Load Balancers. Default: TCP, and HTTP for functions.
	Protocol string
	// Port is where targets take connections. Required, but for functions; 6081 with GENEVE.
	Port int
	// Type is instance, ip, alb or lambda. Default: instance.
	Type string
	// PreserveClientIP has targets see the client's address. It never applies to
	// connections through PrivateLink
	// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html).
	// Default: on for instance, off for ip.
	PreserveClientIP *bool
	// HealthCheck is how the targets are checked.
	HealthCheck HealthCheck
}

// HealthCheck is how a load balancer checks its targets
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
type HealthCheck struct {
	// Protocol is TCP, HTTP or HTTPS. Default: TCP, and HTTP for an Application Load Balancer.
	Protocol string
	// Port is the port to check. Default: the target's own, and 80 for a Gateway Load Balancer.
	Port int
	// Path is asked for by HTTP. Default: /.
	Path string
	// Statuses are the HTTP codes that are healthy. Default: 200 to 399, and 200 for an
	// Application Load Balancer.
	Statuses []StatusRange
	// Interval is the time from check to check. Default: 30 s, and 10 s for a Gateway Load
	// Balancer.
	Interval time.Duration
	// Timeout is when a check fails without an answer. Default: 10 s, 6 s for HTTP, and 5 s for
	// an Application or a Gateway Load Balancer.
	Timeout time.Duration
	// Healthy and Unhealthy are how many equal results in a row change a
	// target's state. Default: 5 and 2.
	Healthy, Unhealthy int
}

// StatusRange is a range of HTTP codes, its ends included.
type StatusRange struct{ Min, Max int }

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
	balancer *Balancer // the one whose listeners lead here; may be nil
	targets  []*target
}

// application reports whether the group is for Application Load Balancers.
func (c TargetGroup) application() bool {
	return c.Protocol == protocolHTTP || c.Protocol == protocolHTTPS
}

// withDefaults fills in the defaults
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// for those of Application Load Balancers).
func (h HealthCheck) withDefaults(application bool) HealthCheck {
	timeout := 10 * time.Second
	most := 399
	if application {
		h.Protocol, timeout, most = cmp.Or(h.Protocol, protocolHTTP), 5*time.Second, http.StatusOK
	}
	h.Protocol = cmp.Or(h.Protocol, protocolTCP)
	if h.Protocol != protocolTCP {
		h.Path = cmp.Or(h.Path, "/")
		if !application {
			timeout = 6 * time.Second
		}
	}
	if len(h.Statuses) == 0 {
		h.Statuses = []StatusRange{{http.StatusOK, most}}
	}
	h.Interval, h.Timeout = cmp.Or(h.Interval, 30*time.Second), cmp.Or(h.Timeout, timeout)
	h.Healthy, h.Unhealthy = cmp.Or(h.Healthy, 5), cmp.Or(h.Unhealthy, 2)
	return h
}

func (c *TargetGroup) complete() error {
	c.Type = cmp.Or(c.Type, TargetInstance)
	if c.Type == TargetLambda {
		c.Protocol, c.Port = protocolHTTP, cmp.Or(c.Port, 80)
	}
	c.Protocol = cmp.Or(c.Protocol, protocolTCP)
	if c.Protocol == protocolGENEVE {
		// docs.aws.amazon.com/elasticloadbalancing/latest/gateway/health-checks.html
		h := &c.HealthCheck
		h.Port, h.Interval, h.Timeout = cmp.Or(h.Port, 80), cmp.Or(h.Interval, 10*time.Second), cmp.Or(h.Timeout, 5*time.Second)
	}
	preserve := c.Type == TargetInstance || c.Type == TargetALB || c.Protocol == protocolUDP || c.Protocol == protocolBoth
	if c.PreserveClientIP != nil {
		preserve = *c.PreserveClientIP
	}
	c.PreserveClientIP = &preserve
	if c.application() || c.Protocol == protocolGENEVE {
		preserve = false
	}
	c.HealthCheck = c.HealthCheck.withDefaults(c.application() || c.Type == TargetALB)
	switch h := c.HealthCheck; {
	case !slices.Contains(slices.Concat(protocols[Network], protocols[Application], protocols[Gateway]), c.Protocol):
		return awserr.New("UnsupportedProtocol", "Target group protocol '%s' is not supported here", c.Protocol)
	case !slices.Contains([]string{TargetInstance, TargetIP, TargetLambda, TargetALB}, c.Type):
		return awserr.New("ValidationError", "Target type '%s' is not supported here", c.Type)
	case c.Port < 1 || c.Port > 65535:
		return awserr.New("ValidationError", "Target group port %d is not between 1 and 65535", c.Port)
	case c.Protocol == protocolGENEVE && (c.Port != packet.GENEVE || c.Type != TargetInstance && c.Type != TargetIP):
		return awserr.New("ValidationError", "Protocol 'GENEVE' needs port 6081 and the target type 'instance' or 'ip'")
	case c.Type == TargetALB && c.Protocol != protocolTCP:
		return awserr.New("ValidationError", "Protocol '%s' is not supported with target type 'alb'", c.Protocol)
	case h.Protocol != protocolTCP && h.Protocol != protocolHTTP && h.Protocol != protocolHTTPS, h.Protocol == protocolTCP && c.application():
		return awserr.New("ValidationError", "Health check protocol '%s' is not supported here", h.Protocol)
	case h.Interval < 5*time.Second || h.Interval > 300*time.Second:
		return awserr.New("ValidationError", "Health check interval %v is not between 5s and 300s", h.Interval)
	case h.Timeout < 2*time.Second || h.Timeout > 120*time.Second || h.Timeout > h.Interval:
		return awserr.New("ValidationError", "Health check timeout %v is not between 2s and 120s, or above the interval of %v", h.Timeout, h.Interval)
	case h.Healthy < 2 || h.Healthy > 10 || h.Unhealthy < 2 || h.Unhealthy > 10:
		return awserr.New("ValidationError", "Health check thresholds %d and %d are not between 2 and 10", h.Healthy, h.Unhealthy)
	}
	return nil
}

// CreateTargetGroup creates a target group without targets.
func (lb *LoadBalancing) CreateTargetGroup(c TargetGroup) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	if err := lb.groups.CheckFree(c.ID); err != nil {
		return err
	}
	if c.Type != TargetLambda {
		if _, err := locked.VPC(c.VPC); err != nil {
			return err
		}
	}
	if err := c.complete(); err != nil {
		return err
	}
	if c.Name != "" {
		if err := checkName("target group", c.Name); err != nil {
			return err
		}
	}
	for _, other := range lb.groups.ByID {
		if c.Name != "" && other.Name == c.Name {
			return awserr.New("DuplicateTargetGroupName", "A target group with the same name '%s' exists, but with different settings", c.Name)
		}
	}
	lb.groups.ByID[c.ID] = &targetGroup{TargetGroup: c}
	return nil
}

// ModifyTargetGroup replaces the health check and the client address setting of
// a target group. The targets are checked anew from then on, and keep their
// state until that changes it.
func (lb *LoadBalancing) ModifyTargetGroup(c TargetGroup) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	g, err := lb.groups.Get(c.ID)
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
	lb.supervise(locked, g)
	return nil
}

// DeleteTargetGroup deletes a target group to which no listener leads.
func (lb *LoadBalancing) DeleteTargetGroup(id string) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	g, err := lb.groups.Get(id)
	if err != nil {
		return err
	}
	if g.balancer != nil {
		return awserr.New("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", id)
	}
	for _, t := range g.targets {
		lb.removeTarget(locked, t)
	}
	delete(lb.groups.ByID, id)
	return nil
}

// RegisterTargets adds targets. Those that are registered already stay as they are.
func (lb *LoadBalancing) RegisterTargets(group string, targets ...Target) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	g, err := lb.groups.Get(group)
	if err != nil {
		return err
	}
	var made []*target
	for _, c := range targets {
		t, err := lb.newTarget(locked, g, c)
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
	if g.Type == TargetLambda && len(g.targets) > 1 {
		g.targets = g.targets[:1]
		lb.supervise(locked, g)
		return awserr.New("TooManyTargets", "A target group of type lambda takes one function")
	}
	lb.supervise(locked, g)
	return nil
}

// DeregisterTargets removes targets. Their connections are cut at once: the
// deregistration delay is not modelled.
func (lb *LoadBalancing) DeregisterTargets(group string, targets ...Target) error {
	locked := lb.network.Lock()
	defer locked.Unlock()
	g, err := lb.groups.Get(group)
	if err != nil {
		return err
	}
	for _, c := range targets {
		gone := &target{Target: c}
		gone.Port = cmp.Or(c.Port, g.Port)
		for _, t := range g.targets {
			if t.same(gone) {
				lb.removeTarget(locked, t)
			}
		}
		g.targets = slices.DeleteFunc(g.targets, gone.same)
	}
	return nil
}

// TargetGroup describes a target group.
func (lb *LoadBalancing) TargetGroup(id string) (TargetGroup, error) {
	defer lb.network.RLock().Unlock()
	g, err := lb.groups.Get(id)
	if err != nil {
		return TargetGroup{}, err
	}
	return g.describe(), nil
}

// TargetGroups describes all target groups in the order of their ids.
func (lb *LoadBalancing) TargetGroups() []TargetGroup {
	defer lb.network.RLock().Unlock()
	return store.Describe(lb.groups, (*targetGroup).describe)
}

func (g *targetGroup) describe() TargetGroup {
	c := g.TargetGroup
	preserve := *c.PreserveClientIP
	c.PreserveClientIP = &preserve
	return c
}

// targetBlocks are where addresses outside the VPC can be
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html,
// "Target type").
var targetBlocks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16")}

func privateTargets(a netip.Addr) bool {
	return slices.ContainsFunc(targetBlocks, func(b netip.Prefix) bool { return b.Contains(a) })
}

// addressOf returns a target's address, and its interface if there is one.
func (lb *LoadBalancing) addressOf(locked vpc.Locked, g *targetGroup, c Target) (netip.Addr, *vpc.ENI, error) {
	if g.Type == TargetIP {
		a, err := netip.ParseAddr(c.ID)
		if err != nil || !a.Is4() {
			return a, nil, awserr.New("ValidationError", "'%s' is not an IPv4 address", c.ID)
		}
		if locked.ZoneOf(g.VPC, a) == "" && !privateTargets(a) {
			return a, nil, awserr.New("InvalidTarget", "The IP address '%s' is not within a range of the VPC '%s', nor within a private one", c.ID, g.VPC)
		}
		return a, locked.InterfaceAt(g.VPC, a), nil
	}
	if g.Type == TargetALB {
		b, err := lb.balancers.Get(c.ID)
		if err != nil || b.Type != Application || b.VPC != g.VPC || len(b.nodes) == 0 {
			return netip.Addr{}, nil, awserr.New("InvalidTarget", "The target '%s' is no Application Load Balancer in VPC '%s'", c.ID, g.VPC)
		}
		return b.nodes[0].PrivateAddr, b.nodes[0], nil // one of its nodes takes all
	}
	e, err := locked.Interface(c.Interface)
	if err != nil {
		return netip.Addr{}, nil, awserr.New("InvalidTarget", "The target '%s' has no interface '%s'", c.ID, c.Interface)
	}
	if e.VPC != g.VPC {
		return netip.Addr{}, nil, awserr.New("InvalidTarget", "The target '%s' is not in VPC '%s'", c.ID, g.VPC)
	}
	return e.PrivateAddr, e, nil
}
