package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
)

func init() { register("AWS::ElasticLoadBalancingV2::LoadBalancer", (*Resources).loadBalancerType) }

// subnetMapping names a subnet; Elastic IP addresses are not supported.
type subnetMapping struct {
	SubnetId string `cfn:"required"`
}

type loadBalancerProps struct {
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

// loadBalancerAttributes are the supported values of a Network Load Balancer's
// attributes; nil: any
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html).
var loadBalancerAttributes = map[string][]string{
	"load_balancing.cross_zone.enabled": {"true", "false"},
	"deletion_protection.enabled":       {"false"},
	// Access logs are of TLS listeners, which the lab does not have.
	"access_logs.s3.enabled": nil, "access_logs.s3.bucket": nil, "access_logs.s3.prefix": nil,
	"dns_record.client_routing_policy": {"any_availability_zone"},
	"zonal_shift.config.enabled":       {"false"},
}

// balancer is the load balancer that the properties describe.
func (p loadBalancerProps) balancer(arn, name string) elb.LoadBalancer {
	b := elb.LoadBalancer{
		ID: arn, Name: name, Subnets: slices.Clone(p.Subnets), Groups: p.SecurityGroups,
		InternetFacing:           p.Scheme == "internet-facing" || p.Scheme == "",
		IgnoreRulesOnPrivateLink: p.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic == "off",
		CrossZone:                attributeValue(p.LoadBalancerAttributes, "load_balancing.cross_zone.enabled", "false") == "true",
	}
	for _, m := range p.SubnetMappings {
		b.Subnets = append(b.Subnets, m.SubnetId)
	}
	return b
}

// loadBalancerType is AWS::ElasticLoadBalancingV2::LoadBalancer, the Network kind.
// Its default scheme is internet-facing. The first security group
// can only be given at creation, and the last not taken away: both need a
// replacement (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func (r *Resources) loadBalancerType() cfn.Definition[loadBalancerProps] {
	return cfn.Definition[loadBalancerProps]{
		Attributes: []string{"LoadBalancerArn", "LoadBalancerFullName", "LoadBalancerName", "DNSName", "CanonicalHostedZoneID"},
		Validate:   validateAttributes("LoadBalancerAttributes", loadBalancerAttributes),
		Create: func(_ context.Context, c cfn.TypedRequest[loadBalancerProps]) (cfn.Result, error) {
			name := c.Props.Name
			if name == "" {
				name = r.name(c.Request, 32)
			}
			full := "net/" + name + "/" + r.suffix(c.Request)
			wanted := c.Props.balancer(r.Scope.ARN("elasticloadbalancing", "loadbalancer/"+full), name)
			wanted.Active = r.stableAt(c.Request)
			made, err := r.LoadBalancing.CreateLoadBalancer(wanted)
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
		Update: func(_ context.Context, c cfn.TypedRequest[loadBalancerProps]) (cfn.Result, error) {
			return cfn.Result{}, r.LoadBalancing.ModifyLoadBalancer(c.Props.balancer(c.PhysicalID, ""))
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[loadBalancerProps]) error {
			return r.remove(ctx, c.PhysicalID, r.LoadBalancing.DeleteLoadBalancer)
		},
	}
}
