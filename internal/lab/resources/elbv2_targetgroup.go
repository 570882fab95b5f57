package resources

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
)

func init() { register("AWS::ElasticLoadBalancingV2::TargetGroup", (*Resources).targetGroupType) }

type targetProps struct {
	Id               string `cfn:"required"`
	Port             int
	AvailabilityZone string `cfn:"inert"` // the target's interface decides
}

type targetGroupProps struct {
	Name                       string `cfn:"replace"`
	VpcId                      string `cfn:"replace"`
	Protocol                   string `cfn:"replace,only=TCP|UDP|TCP_UDP|TLS|HTTP|HTTPS|GENEVE"`
	ProtocolVersion            string `cfn:"replace,only=HTTP1"`
	Port                       int    `cfn:"replace"`
	TargetType                 string `cfn:"replace,only=instance|ip|lambda|alb"`
	IpAddressType              string `cfn:"replace,only=ipv4"`
	Targets                    []targetProps
	HealthCheckEnabled         *bool
	HealthCheckProtocol        string `cfn:"only=TCP|HTTP|HTTPS"`
	HealthCheckPort            string
	HealthCheckPath            string
	HealthCheckIntervalSeconds int
	HealthCheckTimeoutSeconds  int
	HealthyThresholdCount      int
	UnhealthyThresholdCount    int
	Matcher                    *struct {
		HttpCode string
		GrpcCode string
	}
	TargetGroupAttributes []attribute
	Tags                  cfn.Tags `cfn:"inert"` // names for people
}

// targetGroupAttributes are the supported values of a target group's attributes;
// nil: any
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html).
var targetGroupAttributes = map[string][]string{
	"preserve_client_ip.enabled":         {"true", "false"},
	"load_balancing.cross_zone.enabled":  {"use_load_balancer_configuration"},
	"proxy_protocol_v2.enabled":          {"false"},
	"lambda.multi_value_headers.enabled": {"false"},
	"stickiness.enabled":                 nil, // the lab's clients keep no cookies; inert
	"stickiness.type":                    nil, "stickiness.lb_cookie.duration_seconds": nil, "stickiness.app_cookie.cookie_name": nil, "stickiness.app_cookie.duration_seconds": nil,
	"load_balancing.algorithm.type": {"round_robin"},
	"slow_start.duration_seconds":   nil, // how fast a new target gets its share
	// The lab's network takes targets away at once.
	"deregistration_delay.timeout_seconds": nil, "deregistration_delay.connection_termination.enabled": nil,
	"target_health_state.unhealthy.connection_termination.enabled": {"true"},
	// Of GENEVE: what becomes of the flows of a target that is gone. Flows are spread anew at
	// once, by all five of their parts.
	"target_failover.on_deregistration": {"no_rebalance", "rebalance"}, "target_failover.on_unhealthy": {"no_rebalance", "rebalance"},
}

// validateTargetGroup checks what the types of targets need.
func validateTargetGroup(p map[string]any) cfn.Findings {
	f := validateAttributes("TargetGroupAttributes", targetGroupAttributes)(p)
	if typ, _ := cfn.Literal(p["TargetType"]); typ == elb.TargetLambda {
		return f
	}
	for _, name := range []string{"VpcId", "Protocol", "Port"} {
		if p[name] == nil {
			f = append(f, fmt.Sprintf("property %s is required", name))
		}
	}
	return f
}

// check is the health check that the properties describe.
func (p targetGroupProps) check() (elb.HealthCheck, error) {
	h := elb.HealthCheck{
		Protocol: p.HealthCheckProtocol, Path: p.HealthCheckPath,
		Interval: time.Duration(p.HealthCheckIntervalSeconds) * time.Second,
		Timeout:  time.Duration(p.HealthCheckTimeoutSeconds) * time.Second,
		Healthy:  p.HealthyThresholdCount, Unhealthy: p.UnhealthyThresholdCount,
	}
	var err error
	if p.HealthCheckPort != "" && p.HealthCheckPort != "traffic-port" {
		if h.Port, err = strconv.Atoi(p.HealthCheckPort); err != nil {
			return h, fmt.Errorf("property HealthCheckPort: %q is neither a port nor traffic-port", p.HealthCheckPort)
		}
	}
	if p.Matcher != nil && p.Matcher.HttpCode != "" {
		if h.Statuses, err = statuses(p.Matcher.HttpCode); err != nil {
			return h, err
		}
	}
	return h, nil
}

// statuses reads codes and ranges of codes, with commas.
func statuses(text string) ([]elb.StatusRange, error) {
	var out []elb.StatusRange
	for _, part := range strings.Split(text, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			last = first
		}
		low, err := strconv.Atoi(first)
		high, also := strconv.Atoi(last)
		if err != nil || also != nil {
			return nil, fmt.Errorf("property Matcher.HttpCode: %q is neither a code nor a range of codes", part)
		}
		out = append(out, elb.StatusRange{Min: low, Max: high})
	}
	return out, nil
}

// group is the target group that the properties describe.
func (p targetGroupProps) group(arn, name string) (elb.TargetGroup, error) {
	h, err := p.check()
	g := elb.TargetGroup{ID: arn, VPC: p.VpcId, Name: name, Protocol: p.Protocol, Port: p.Port, Type: p.TargetType, HealthCheck: h}
	switch attributeValue(p.TargetGroupAttributes, "preserve_client_ip.enabled", "") {
	case "true":
		g.PreserveClientIP = new(true)
	case "false":
		g.PreserveClientIP = new(false)
	}
	return g, err
}

// targets are the members; an instance is known to the network by its interface.
func (r *Resources) targets(p targetGroupProps) ([]elb.Target, error) {
	var out []elb.Target
	for _, t := range p.Targets {
		member := elb.Target{ID: t.Id, Port: t.Port}
		if p.TargetType == "" || p.TargetType == elb.TargetInstance {
			at, err := r.InterfaceOf(t.Id)
			if err != nil {
				return nil, err
			}
			member.Interface = at
		}
		out = append(out, member)
	}
	return out, nil
}

// targetGroupType is AWS::ElasticLoadBalancingV2::TargetGroup, of instances, addresses, a function or an Application Load Balancer.
func (r *Resources) targetGroupType() cfn.Definition[targetGroupProps] {
	return cfn.Definition[targetGroupProps]{
		Attributes: []string{"TargetGroupArn", "TargetGroupFullName", "TargetGroupName", "LoadBalancerArns"},
		Validate:   validateTargetGroup,
		Inert: func(p targetGroupProps, _ map[string]string) string {
			if attributeValue(p.TargetGroupAttributes, "stickiness.enabled", "false") == "true" {
				return "clients do not stick to a target"
			}
			if p.Protocol == "GENEVE" {
				return "no appliance inspects: what its targets are sent comes back unchanged"
			}
			return ""
		},
		Create: func(_ context.Context, c cfn.TypedRequest[targetGroupProps]) (cfn.Result, error) {
			name := c.Props.Name
			if name == "" {
				name = r.name(c.Request, 32)
			}
			full := "targetgroup/" + name + "/" + r.suffix(c.Request)
			arn := r.Scope.ARN("elasticloadbalancing", full)
			g, err := c.Props.group(arn, name)
			if err != nil {
				return cfn.Result{}, err
			}
			members, err := r.targets(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.LoadBalancing.CreateTargetGroup(g); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{
				"TargetGroupArn": arn, "TargetGroupFullName": full, "TargetGroupName": name,
				"LoadBalancerArns": cfn.Live(func() any { return r.balancersOf(arn) }),
			}}, r.LoadBalancing.RegisterTargets(arn, members...)
		},
		Update: r.updateTargets,
		Read: func(_ context.Context, c cfn.TypedRequest[targetGroupProps]) (targetGroupProps, error) {
			health, err := r.LoadBalancing.TargetHealth(c.PhysicalID)
			p := c.Props
			p.Targets = nil
			for _, t := range health {
				member := targetProps{Id: t.Target.ID, Port: t.Target.Port}
				if at := slices.IndexFunc(c.Props.Targets, func(x targetProps) bool { return x.Id == member.Id && (x.Port == 0 || x.Port == member.Port) }); at >= 0 {
					member = c.Props.Targets[at]
				}
				p.Targets = append(p.Targets, member)
			}
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[targetGroupProps]) error {
			return r.remove(ctx, c.PhysicalID, r.LoadBalancing.DeleteTargetGroup)
		},
	}
}

// balancersOf are the ARNs of the load balancers that lead to a target group.
func (r *Resources) balancersOf(arn string) any {
	ids, err := r.LoadBalancing.BalancersOf(arn)
	out := []any{}
	for _, id := range ids {
		if err == nil {
			out = append(out, id)
		}
	}
	return out
}

// updateTargets registers the new targets before the old ones go. A target that
// was deleted needs no deregistration.
func (r *Resources) updateTargets(_ context.Context, c cfn.TypedRequest[targetGroupProps]) (cfn.Result, error) {
	g, err := c.Props.group(c.PhysicalID, "")
	if err != nil {
		return cfn.Result{}, err
	}
	if err := r.LoadBalancing.ModifyTargetGroup(g); err != nil {
		return cfn.Result{}, err
	}
	members, err := r.targets(c.Props)
	if err != nil {
		return cfn.Result{}, err
	}
	if err := r.LoadBalancing.RegisterTargets(c.PhysicalID, members...); err != nil {
		return cfn.Result{}, err
	}
	for _, t := range c.Old.Targets {
		if slices.ContainsFunc(c.Props.Targets, func(n targetProps) bool { return n.Id == t.Id && n.Port == t.Port }) {
			continue
		}
		if err := r.LoadBalancing.DeregisterTargets(c.PhysicalID, elb.Target{ID: t.Id, Port: t.Port}); err != nil {
			return cfn.Result{}, err
		}
	}
	return cfn.Result{}, nil
}
