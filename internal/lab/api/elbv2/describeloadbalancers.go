package elbv2

import (
	"context"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
)

// The describe operations take no resource in policies
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html,
// docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
func init() {
	elbv2.Register(api.QueryOperation[account]{
		Name: "DescribeLoadBalancers", Parameters: []string{"LoadBalancerArns.", "Names.", "PageSize"}, Run: describeLoadBalancers,
	})
}

// loadBalancerXML is a member of DescribeLoadBalancers' answer.
type loadBalancerXML struct {
	ARN           string   `xml:"LoadBalancerArn"`
	Name          string   `xml:"LoadBalancerName"`
	DNSName       string   `xml:"DNSName"`
	VPC           string   `xml:"VpcId"`
	Scheme        string   `xml:"Scheme"`
	Type          string   `xml:"Type"`
	IPAddressType string   `xml:"IpAddressType"`
	State         string   `xml:"State>Code"`
	Groups        []string `xml:"SecurityGroups>member"`
	// Enforced is there only for a load balancer with security groups.
	Enforced string    `xml:"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic,omitempty"`
	Zones    []zoneXML `xml:"AvailabilityZones>member"`
}

type zoneXML struct {
	Zone   string `xml:"ZoneName"`
	Subnet string `xml:"SubnetId"`
}

func describeLoadBalancers(_ context.Context, a account, r *api.Request) (any, error) {
	arns, names := r.List("LoadBalancerArns.member"), r.List("Names.member")
	var result struct {
		LoadBalancers []loadBalancerXML `xml:"LoadBalancers>member"`
	}
	for _, b := range loadBalancers.Seen(a, a.reads, r.Caller) {
		if len(arns)+len(names) == 0 || slices.Contains(arns, b.ID) || slices.Contains(names, b.Name) {
			result.LoadBalancers = append(result.LoadBalancers, loadBalancerOf(b))
		}
	}
	if len(result.LoadBalancers) < len(arns)+len(names) {
		return nil, awserr.New("LoadBalancerNotFound", "Load balancers '[%s]' not found", strings.Join(append(arns, names...), ", "))
	}
	return result, nil
}

func loadBalancerOf(b elb.LoadBalancer) loadBalancerXML {
	x := loadBalancerXML{
		ARN: b.ID, Name: b.Name, DNSName: b.DNSName, VPC: b.VPC, Scheme: "internal", Type: b.Type, IPAddressType: "ipv4", State: b.State, Groups: b.Groups,
	}
	if b.InternetFacing {
		x.Scheme = "internet-facing"
	}
	if len(b.Groups) > 0 && b.Type == elb.Network {
		x.Enforced = "on"
		if b.IgnoreRulesOnPrivateLink {
			x.Enforced = "off"
		}
	}
	for _, node := range b.Nodes {
		x.Zones = append(x.Zones, zoneXML{node.Zone, node.Subnet})
	}
	return x
}
