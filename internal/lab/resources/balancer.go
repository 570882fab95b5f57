package resources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

// attribute is an attribute of a load balancer or of a target group.
type attribute struct {
	Key   string `cfn:"required"`
	Value string
}

// subnetMapping names a subnet; addresses of one's own are not supported.
type subnetMapping struct {
	SubnetId string `cfn:"required"`
}

type balancerProps struct {
	Name                                                 string `cfn:"replace"`
	Type                                                 string `cfn:"required,replace,only=network"`
	Scheme                                               string `cfn:"replace,only=internal|internet-facing"`
	IpAddressType                                        string `cfn:"only=ipv4"`
	Subnets                                              []string
	SubnetMappings                                       []subnetMapping
	SecurityGroups                                       []string
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic string `cfn:"only=on|off"`
	LoadBalancerAttributes                               []attribute
	Tags                                                 cfn.Tags `cfn:"inert"` // names for people
}

// balancerAttributes says of the attributes of a Network Load Balancer which
// values the lab supports; nil is any
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html).
var balancerAttributes = map[string][]string{
	"load_balancing.cross_zone.enabled": {"true", "false"},
	"deletion_protection.enabled":       {"false"},
	// Access logs are of TLS listeners, which the lab does not have.
	"access_logs.s3.enabled": nil, "access_logs.s3.bucket": nil, "access_logs.s3.prefix": nil,
	"dns_record.client_routing_policy": {"any_availability_zone"},
	"zonal_shift.config.enabled":       {"false"},
}

// validateAttributes refuses attributes and values that are not supported.
func validateAttributes(property string, supported map[string][]string) func(map[string]any) cfn.Findings {
	return func(p map[string]any) cfn.Findings {
		var f cfn.Findings
		list, _ := p[property].([]any)
		for _, e := range list {
			entry, _ := e.(map[string]any)
			key, ok := cfn.Literal(entry["Key"])
			if !ok {
				continue
			}
			values, known := supported[key]
			value, literal := cfn.Literal(entry["Value"])
			switch {
			case !known:
				f = append(f, fmt.Sprintf("property %s: %s is not supported", property, key))
			case literal && values != nil && !slices.Contains(values, value):
				f = append(f, fmt.Sprintf("property %s: %s: %q is not supported, only %s", property, key, value, strings.Join(values, ", ")))
			}
		}
		return f
	}
}

// value returns the value of an attribute, or the default.
func value(list []attribute, key, otherwise string) string {
	for _, a := range list {
		if a.Key == key {
			return a.Value
		}
	}
	return otherwise
}

// balancer is the load balancer that the properties describe.
func (p balancerProps) balancer(arn, name string) vpc.LoadBalancer {
	b := vpc.LoadBalancer{
		ID: arn, Name: name, Subnets: slices.Clone(p.Subnets), Groups: p.SecurityGroups,
		InternetFacing:           p.Scheme == "internet-facing" || p.Scheme == "",
		IgnoreRulesOnPrivateLink: p.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic == "off",
		CrossZone:                value(p.LoadBalancerAttributes, "load_balancing.cross_zone.enabled", "false") == "true",
	}
	for _, m := range p.SubnetMappings {
		b.Subnets = append(b.Subnets, m.SubnetId)
	}
	return b
}

// balancerType is AWS::ElasticLoadBalancingV2::LoadBalancer, the Network kind.
// Where no scheme is given, it is on the internet. The first security group
// can only be given at creation, and the last not taken away: both need a
// replacement (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func (r *Resources) balancerType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[balancerProps]{
		Attributes: []string{"LoadBalancerArn", "LoadBalancerFullName", "LoadBalancerName", "DNSName", "CanonicalHostedZoneID"},
		Validate:   validateAttributes("LoadBalancerAttributes", balancerAttributes),
		Create: func(_ context.Context, c cfn.Call[balancerProps]) (cfn.Result, error) {
			name := c.Props.Name
			if name == "" {
				name = r.name(c.Request, 32)
			}
			full := "net/" + name + "/" + digest(r.generation(key(c.Request)))[:16]
			made, err := r.Network.CreateLoadBalancer(c.Props.balancer(r.arn("elasticloadbalancing", "loadbalancer/"+full), name))
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: made.ID, Attributes: map[string]any{
				"LoadBalancerArn":       made.ID,
				"LoadBalancerFullName":  full,
				"LoadBalancerName":      name,
				"DNSName":               made.DNSName,
				"CanonicalHostedZoneID": "ZIBE1TIR4HY56", // of Network Load Balancers in ap-northeast-2
			}}, nil
		},
		Update: func(_ context.Context, c cfn.Call[balancerProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.ModifyLoadBalancer(c.Props.balancer(c.PhysicalID, ""))
		},
		Delete: func(ctx context.Context, c cfn.Call[balancerProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeleteLoadBalancer)
		},
	})
}

type listenerAction struct {
	Type           string `cfn:"required,only=forward"`
	TargetGroupArn string
	ForwardConfig  *struct {
		TargetGroups []struct {
			TargetGroupArn string `cfn:"required"`
			Weight         *int   `cfn:"inert"` // one group gets everything
		} `cfn:"required"`
	}
	Order *int `cfn:"inert"` // there is one action
}

type listenerProps struct {
	LoadBalancerArn string           `cfn:"required,replace"`
	Port            int              `cfn:"required"`
	Protocol        string           `cfn:"required,only=TCP"`
	DefaultActions  []listenerAction `cfn:"required"`
}

// listener is the listener that the properties describe.
func (p listenerProps) listener(arn string) (vpc.Listener, error) {
	l := vpc.Listener{ID: arn, LoadBalancer: p.LoadBalancerArn, Protocol: p.Protocol, Port: p.Port}
	if len(p.DefaultActions) != 1 {
		return l, fmt.Errorf("property DefaultActions: one action is needed, there are %d", len(p.DefaultActions))
	}
	action := p.DefaultActions[0]
	groups := []string{}
	if action.TargetGroupArn != "" {
		groups = append(groups, action.TargetGroupArn)
	}
	if action.ForwardConfig != nil {
		for _, g := range action.ForwardConfig.TargetGroups {
			if !slices.Contains(groups, g.TargetGroupArn) {
				groups = append(groups, g.TargetGroupArn)
			}
		}
	}
	if len(groups) != 1 {
		return l, fmt.Errorf("property DefaultActions: one target group is needed, there are %d", len(groups))
	}
	l.TargetGroup = groups[0]
	return l, nil
}

// listenerType is AWS::ElasticLoadBalancingV2::Listener.
func (r *Resources) listenerType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[listenerProps]{
		Attributes: []string{"ListenerArn"},
		Create: func(_ context.Context, c cfn.Call[listenerProps]) (cfn.Result, error) {
			arn := strings.Replace(c.Props.LoadBalancerArn, ":loadbalancer/", ":listener/", 1) + "/" + digest(r.generation(key(c.Request)))[:16]
			l, err := c.Props.listener(arn)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Network.CreateListener(l); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"ListenerArn": arn}}, nil
		},
		Update: func(_ context.Context, c cfn.Call[listenerProps]) (cfn.Result, error) {
			l, err := c.Props.listener(c.PhysicalID)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.Network.ModifyListener(l)
		},
		Delete: func(ctx context.Context, c cfn.Call[listenerProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeleteListener)
		},
	})
}
