package endpoint

import (
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// numbered is the id of a claim about the n-th of several load balancers, from 0.
func numbered(id string, n int) string {
	if n == 0 {
		return id
	}
	return id + strconv.Itoa(n+1)
}

// surroundings returns the claims that there is no other way to the hosts, with
// these ids, than the declared one: who comes to the n-th load balancer and to the
// service, where the listeners lead, who else comes to the hosts, and which routes
// there are between the two VPCs. None without the load balancer's ARN.
func (s ServiceSubject) surroundings(n int, balancer Balancer, hosts []string) []proof.Claim {
	if balancer.ARN == "" {
		return nil
	}
	listeners := s.Listeners
	if len(listeners) == 0 {
		listeners = []string{listenerText("TCP", s.Port, s.TargetGroup)}
	}
	claims := []proof.Claim{
		{ID: numbered("Balanced", n), Kind: proof.Balanced, Balancer: balancer.ARN, Listeners: listeners, Sources: s.Sources},
		{ID: numbered("Connected", n), Kind: proof.Connected, Service: s.Service, Balancer: balancer.ARN, Endpoints: append([]string{s.Endpoint}, s.Endpoints...), Services: s.Services},
	}
	if len(hosts) > 0 && s.TargetGroup != "" {
		claims = append(claims, proof.Claim{
			ID: numbered("Shielded", n), Kind: proof.Shielded, Hosts: hosts, Balancer: balancer.ARN,
			TargetGroup: s.TargetGroup, TargetGroups: s.TargetGroups, Sources: s.HostSources, Public: s.PublicHosts,
		})
	}
	if len(balancer.Apart) > 0 {
		claims = append(claims, proof.Claim{ID: numbered("Apart", n), Kind: proof.Apart, Subnets: balancer.Apart, Balancer: balancer.ARN, Ways: s.Gateways})
	}
	return claims
}

// listenerText is a listener that forwards to a target group, or to any without one.
func listenerText(protocol string, port int, targetGroup string) string {
	if targetGroup == "" {
		return proof.ListenerText(protocol, port)
	}
	return proof.ListenerText(protocol, port, targetGroup)
}

// Listener is a listener of a Network Load Balancer.
type Listener struct {
	// Port is its port. Required.
	Port int
	// Protocol is its protocol. Default: TCP.
	Protocol elb.Protocol
	// TargetGroup is where it forwards to. Default: any target group.
	TargetGroup elb.INetworkTargetGroup
}

// listeners are the declared listeners as claims have them.
func (p *ServiceVerificationProps) listeners() []string {
	var texts []string
	for _, l := range p.Listeners {
		protocol, group := l.Protocol, ""
		if protocol == "" {
			protocol = elb.Protocol_TCP
		}
		if l.TargetGroup != nil {
			group = *l.TargetGroup.TargetGroupArn()
		}
		texts = append(texts, listenerText(string(protocol), l.Port, group))
	}
	return texts
}

// sources are those that may come to the load balancer: the VPCs in which the
// claims are measured, and what is declared.
func (p *ServiceVerificationProps) sources(consumer *ConsumerProps) []string {
	vpcs := []string{*consumer.Vpc.VpcId()}
	for _, id := range vpcsOf(p.Inside) {
		if id != vpcs[0] {
			vpcs = append(vpcs, id)
		}
	}
	return append(vpcs, p.Sources...)
}

// vpcsOf are the ids of the VPCs of the vantage points, each once.
func vpcsOf(points []verification.VantagePoint) []string {
	var ids []string
	seen := map[string]bool{}
	for _, point := range points {
		if id := *point.Vpc.VpcId(); !seen[id] {
			seen[id], ids = true, append(ids, id)
		}
	}
	return ids
}

// insideIsolation is what is claimed of the load balancer's VPC: as isolation is of the
// consumer's, without an endpoint that is proved there. Nil if nothing is.
func (p *ServiceVerificationProps) insideIsolation(scope constructs.Construct, service string) *Isolation {
	given := p.InsideIsolation
	if given == nil {
		return nil
	}
	wanted := *given
	// Where the load balancer leads is claimed anyway, and so is which hosts may be public.
	wanted.Public = slices.Concat(given.Public, p.PublicHosts, []string{service})
	isolation := isolate(scope, p.Inside[0].Vpc, nil, p.Inside, wanted,
		"Verification.InsideIsolation: must be left out where a subnet has another way out, got %s, where %s; leave it out of its Subnets, or name the target in its Ways")
	isolation.Of = "Inside"
	return isolation
}

// targetGroups are the ARNs of OtherTargetGroups.
func (p *ServiceVerificationProps) targetGroups() []string {
	var arns []string
	for _, group := range p.OtherTargetGroups {
		arns = append(arns, *group.TargetGroupArn())
	}
	return arns
}

// apartSubnets are the ids of the consumer's subnets, none if the load balancer is
// known to be in the same VPC: there the local route leads to it.
func apartSubnets(stack awscdk.Stack, consumer *ConsumerProps, subnets []ec2.ISubnet, balancer elb.INetworkLoadBalancer) []string {
	if vpc := balancer.Vpc(); vpc != nil && resolvedJSON(stack, vpc.VpcId()) == resolvedJSON(stack, consumer.Vpc.VpcId()) {
		return nil
	}
	var ids []string
	for _, subnet := range subnets {
		ids = append(ids, *subnet.SubnetId())
	}
	return ids
}
