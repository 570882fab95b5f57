package resources

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
)

func init() { register("AWS::ElasticLoadBalancingV2::LoadBalancer", (*Resources).loadBalancerType) }

// subnetMapping names a subnet; addresses of its own are not supported.
type subnetMapping struct {
	SubnetId string `cfn:"required"`
}

type loadBalancerProps struct {
	Name                                                 string `cfn:"replace"`
	Type                                                 string `cfn:"replace,only=network|application|gateway"`
	Scheme                                               string `cfn:"replace,only=internal|internet-facing"`
	IpAddressType                                        string `cfn:"only=ipv4|dualstack"`
	Subnets                                              []string
	SubnetMappings                                       []subnetMapping
	SecurityGroups                                       []string
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic string `cfn:"only=on|off"`
	LoadBalancerAttributes                               []attribute
	Tags                                                 cfn.Tags `cfn:"inert"` // names for people
}

// loadBalancerAttributes are the supported values of a load balancer's attributes, by its
// type; nil: any
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html).
var loadBalancerAttributes = map[string]map[string][]string{
	elb.Network: {
		"load_balancing.cross_zone.enabled": {"true", "false"},
		"deletion_protection.enabled":       nil, // CloudFormation's own calls come with the stack
		// Logs come minutes later, and nothing reads them.
		"access_logs.s3.enabled": nil, "access_logs.s3.bucket": nil, "access_logs.s3.prefix": nil,
		"dns_record.client_routing_policy": {"any_availability_zone"},
		"zonal_shift.config.enabled":       nil, // nobody shifts a zone
	},
	elb.Gateway: {
		"load_balancing.cross_zone.enabled": {"true", "false"},
		"deletion_protection.enabled":       nil, // CloudFormation's own calls come with the stack
	},
	elb.Application: {
		"load_balancing.cross_zone.enabled": {"true"},
		"deletion_protection.enabled":       nil, // CloudFormation's own calls come with the stack
		// Logs come minutes later, and nothing reads them.
		"access_logs.s3.enabled": nil, "access_logs.s3.bucket": nil, "access_logs.s3.prefix": nil,
		"connection_logs.s3.enabled": nil, "connection_logs.s3.bucket": nil, "connection_logs.s3.prefix": nil,
		"health_check_logs.s3.enabled": nil, "health_check_logs.s3.bucket": nil, "health_check_logs.s3.prefix": nil,
		"idle_timeout.timeout_seconds": nil, "client_keep_alive.seconds": nil, // connections end after their requests
		"routing.http2.enabled":                                    nil, // clients speak HTTP/1.1
		"routing.http.drop_invalid_header_fields.enabled":          nil, // Go's server refuses them
		"routing.http.desync_mitigation_mode":                      nil, // Go's server refuses what is ambiguous
		"routing.http.preserve_host_header.enabled":                nil, // a target's name and the port are left alone
		"routing.http.xff_client_port.enabled":                     {"false"},
		"routing.http.xff_header_processing.mode":                  {"append"},
		"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": {"false"},
		"waf.fail_open.enabled":                                    nil, // no requests are filtered
		"zonal_shift.config.enabled":                               nil, // nobody shifts a zone
	},
}

// validateBalancer checks the attributes against the type.
func validateBalancer(p map[string]any) cfn.Findings {
	typ, ok := cfn.Literal(p["Type"])
	if !ok {
		typ = elb.Application
	}
	f := validateAttributes("LoadBalancerAttributes", loadBalancerAttributes[typ])(p)
	if typ != elb.Network && p["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] != nil {
		f = append(f, "property EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is for load balancers of type network")
	}
	return f
}

// balancer is the load balancer that the properties describe.
func (p loadBalancerProps) balancer(arn, name string) elb.LoadBalancer {
	b := elb.LoadBalancer{
		Type: cmp.Or(p.Type, elb.Application),
		ID:   arn, Name: name, Subnets: slices.Clone(p.Subnets), Groups: p.SecurityGroups,
		InternetFacing:           p.Scheme == "internet-facing" || p.Scheme == "" && p.Type != elb.Gateway,
		IgnoreRulesOnPrivateLink: p.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic == "off",
		CrossZone:                attributeValue(p.LoadBalancerAttributes, "load_balancing.cross_zone.enabled", "false") == "true",
	}
	for _, m := range p.SubnetMappings {
		b.Subnets = append(b.Subnets, m.SubnetId)
	}
	return b
}

// balancerZones are the ids of the zones that the names are in, by the Region, where they are
// known: of Network and of Application Load Balancers
// (docs.aws.amazon.com/general/latest/gr/elb.html).
var balancerZones = map[string]map[string]string{
	elb.Network:     {"ap-northeast-2": "ZIBE1TIR4HY56", "us-east-1": "Z26RNL4JYFTOTI", "us-west-2": "Z18D5FSROUN65G", "eu-west-1": "Z2IFOLAFXWLO4F"},
	elb.Application: {"ap-northeast-2": "ZWKZPGTI48KDX", "us-east-1": "Z35SXDOTRQ7X7K", "us-west-2": "Z1H1FL5HABSF5", "eu-west-1": "Z32O12XQLNTSW2"},
}

// balancerZone is the id of the zone that a load balancer's name is in.
func balancerZone(typ, region string) string {
	if id, ok := balancerZones[typ][region]; ok {
		return id
	}
	return "Z" + strings.ToUpper(awsid.Lower(13, typ, region))
}

// loadBalancerType is AWS::ElasticLoadBalancingV2::LoadBalancer: Application, the default,
// Network and Gateway. Its default scheme is internet-facing. The first security group
// can only be given at creation, and the last not taken away: both need a
// replacement (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func (r *Resources) loadBalancerType() cfn.Definition[loadBalancerProps] {
	return cfn.Definition[loadBalancerProps]{
		Attributes: []string{"LoadBalancerArn", "LoadBalancerFullName", "LoadBalancerName", "DNSName", "CanonicalHostedZoneID"},
		Validate:   validateBalancer,
		Inert: func(p loadBalancerProps, _ map[string]string) string {
			if p.IpAddressType == "" || p.IpAddressType == "ipv4" || p.Type == elb.Gateway { // a Gateway Load Balancer passes on both
				return ""
			}
			return "it takes no connections over IPv6, and its name has no AAAA records"
		},
		Create: func(_ context.Context, c cfn.TypedRequest[loadBalancerProps]) (cfn.Result, error) {
			name := c.Props.Name
			if name == "" {
				name = r.name(c.Request, 32)
			}
			full := elb.Kind(cmp.Or(c.Props.Type, elb.Application)) + "/" + name + "/" + r.suffix(c.Request)
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
				"CanonicalHostedZoneID": balancerZone(made.Type, r.Scope.Region),
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
