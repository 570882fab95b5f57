package cloud

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	labelb "provenendpoints/internal/lab/elb"
)

// TestLoadBalancers: AWS's own client reads what the lab says of load balancers,
// listeners and target groups, and is refused what does not exist.
func TestLoadBalancers(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	ctx := t.Context()
	const group = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/1"
	const idle = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/idle/2"
	const balancer = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/web/1"
	b.must(b.balancing.CreateTargetGroup(labelb.TargetGroup{ID: group, VPC: "vpc-1", Port: 80}))
	b.must(b.balancing.CreateTargetGroup(labelb.TargetGroup{ID: idle, VPC: "vpc-1", Port: 81, Type: "ip"}))
	made, err := b.balancing.CreateLoadBalancer(labelb.LoadBalancer{ID: balancer, Name: "web", Subnets: []string{"subnet-1"}, Groups: []string{"sg-open"}, IgnoreRulesOnPrivateLink: true})
	b.must(err)
	b.must(b.balancing.CreateListener(labelb.Listener{ID: "listener-443", LoadBalancer: balancer, TargetGroup: group, Port: 443}))
	b.must(b.balancing.CreateListener(labelb.Listener{ID: "listener-80", LoadBalancer: balancer, TargetGroup: group, Port: 80}))
	client := elb.NewFromConfig(b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":"elasticloadbalancing:Describe*","Resource":"*"}`)))

	all, err := client.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{balancer}})
	b.must(err)
	if len(all.LoadBalancers) != 1 {
		t.Fatalf("load balancers: %+v", all.LoadBalancers)
	}
	got := all.LoadBalancers[0]
	if *got.LoadBalancerArn != balancer || *got.VpcId != "vpc-1" || got.Scheme != "internal" || got.Type != "network" || got.IpAddressType != "ipv4" ||
		*got.DNSName != made.DNSName || !slices.Equal(got.SecurityGroups, []string{"sg-open"}) || *got.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic != "off" ||
		len(got.AvailabilityZones) != 1 || *got.AvailabilityZones[0].SubnetId != "subnet-1" {
		t.Errorf("load balancer: %+v", got)
	}
	attributes, err := client.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: aws.String(balancer)})
	b.must(err)
	if len(attributes.Attributes) == 0 || *attributes.Attributes[0].Key != "load_balancing.cross_zone.enabled" || *attributes.Attributes[0].Value != "false" {
		t.Errorf("attributes: %+v", attributes.Attributes)
	}
	listeners, err := client.DescribeListeners(ctx, &elb.DescribeListenersInput{LoadBalancerArn: aws.String(balancer)})
	b.must(err)
	if l := listeners.Listeners; len(l) != 2 || *l[0].Port != 80 || *l[1].Port != 443 || l[0].Protocol != "TCP" || len(l[0].DefaultActions) != 1 ||
		*l[0].DefaultActions[0].TargetGroupArn != group || *l[0].DefaultActions[0].ForwardConfig.TargetGroups[0].TargetGroupArn != group {
		t.Errorf("listeners: %+v", l)
	}
	groups, err := client.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{})
	b.must(err)
	if g := groups.TargetGroups; len(g) != 2 || *g[0].TargetGroupArn != idle || g[0].TargetType != "ip" || len(g[0].LoadBalancerArns) != 0 ||
		*g[1].TargetGroupArn != group || !slices.Equal(g[1].LoadBalancerArns, []string{balancer}) || *g[1].VpcId != "vpc-1" || *g[1].Port != 80 {
		t.Errorf("target groups: %+v", g)
	}
	one, err := client.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{LoadBalancerArn: aws.String(balancer)})
	if b.must(err); len(one.TargetGroups) != 1 || *one.TargetGroups[0].TargetGroupArn != group {
		t.Errorf("target groups of the load balancer: %+v", one.TargetGroups)
	}

	gone := aws.String("gone")
	_, noBalancer := client.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{balancer, "gone"}})
	_, noAttributes := client.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: gone})
	_, noListeners := client.DescribeListeners(ctx, &elb.DescribeListenersInput{LoadBalancerArn: gone})
	_, noGroup := client.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{"gone"}})
	for want, errs := range map[string][]error{"LoadBalancerNotFound": {noBalancer, noAttributes, noListeners}, "TargetGroupNotFound": {noGroup}} {
		for _, err := range errs {
			if code(err) != want {
				t.Errorf("gone: %v, want %s", err, want)
			}
		}
	}
}
