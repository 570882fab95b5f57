package elbv2

import (
	"context"

	"provenendpoints/internal/lab/api"
)

// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html)
func init() {
	elbv2.Register(api.QueryOperation[account]{
		Name: "DescribeLoadBalancerAttributes", Parameters: []string{"LoadBalancerArn"}, Run: describeLoadBalancerAttributes,
	})
}

// attributeXML is an attribute of a load balancer.
type attributeXML struct{ Key, Value string }

// describeLoadBalancerAttributes tells of the attributes that the lab models. A
// load balancer there has no IPv6 addresses.
func describeLoadBalancerAttributes(_ context.Context, a account, r *api.Request) (any, error) {
	b, err := a.loadBalancer(r, r.Form.Get("LoadBalancerArn"))
	if err != nil {
		return nil, err
	}
	var result struct {
		Attributes []attributeXML `xml:"Attributes>member"`
	}
	result.Attributes = []attributeXML{
		{"load_balancing.cross_zone.enabled", api.Bool(b.CrossZone)},
		{"deletion_protection.enabled", "false"},
		{"dns_record.client_routing_policy", "any_availability_zone"},
	}
	return result, nil
}
