package verifier

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// The three calls take no resource in policies
// (docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
var _ = implement(proof.BalancerLookup, func(ctx context.Context, c *clients, arn string) (proof.Balancer, error) {
	if arn == "" {
		// The API would answer with every load balancer of the account.
		return proof.Balancer{}, errors.New("no load balancer to look for")
	}
	balancer, err := api.DescribeLoadBalancers.One(ctx, c.aws, api.DescribeLoadBalancersInput{LoadBalancerArns: []string{arn}})
	if err != nil {
		return proof.Balancer{}, err
	}
	attributes, err := api.DescribeLoadBalancerAttributes.Do(ctx, c.aws, api.DescribeLoadBalancerAttributesInput{LoadBalancerArn: arn})
	if err != nil {
		return proof.Balancer{}, err
	}
	if len(attributes.Attributes) == 0 {
		return proof.Balancer{}, errors.New("the load balancer was described without attributes")
	}
	listeners, err := api.DescribeListeners.All(ctx, c.aws, api.DescribeListenersInput{LoadBalancerArn: arn})
	if err != nil {
		return proof.Balancer{}, err
	}
	result := balancerOf(balancer, attributes.Attributes)
	for _, listener := range listeners {
		converted, err := listenerOf(listener)
		if err != nil {
			return proof.Balancer{}, err
		}
		result.Listeners = append(result.Listeners, converted)
	}
	return result, nil
})

// denyGateway is the attribute by which a load balancer with IPv6 addresses
// refuses what comes from an internet gateway: true for an internal one, unless
// somebody changed it
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html).
const denyGateway = "ipv6.deny_all_igw_traffic"

func balancerOf(balancer api.LoadBalancer, attributes []api.LoadBalancerAttribute) proof.Balancer {
	denies := slices.ContainsFunc(attributes, func(a api.LoadBalancerAttribute) bool {
		return a.Key == denyGateway && a.Value == "true"
	})
	return proof.Balancer{
		ARN:      balancer.LoadBalancerArn,
		VPC:      balancer.VpcId,
		Type:     balancer.Type,
		Scheme:   balancer.Scheme,
		Groups:   balancer.SecurityGroups,
		Enforced: balancer.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic == "on",
		OpenIPv6: balancer.IpAddressType != "ipv4" && !denies,
	}
}

// listenerOf reads a listener. An action that is newer than this code is not left
// out: it leads somewhere.
func listenerOf(listener api.Listener) (proof.Listener, error) {
	result := proof.Listener{ID: listener.ListenerArn, Protocol: listener.Protocol, Port: listener.Port}
	if result.Protocol == "" || result.Port == 0 {
		return result, fmt.Errorf("the listener %s was described without its protocol or port", result.ID)
	}
	for _, action := range listener.DefaultActions {
		var groups []string
		if arn := action.TargetGroupArn; arn != "" {
			groups = append(groups, arn)
		}
		for _, group := range action.ForwardConfig.TargetGroups {
			groups = append(groups, group.TargetGroupArn)
		}
		if action.Type != "forward" || len(groups) == 0 {
			result.Others = append(result.Others, "an action of the type "+action.Type)
			continue
		}
		result.TargetGroups = append(result.TargetGroups, groups...)
	}
	slices.Sort(result.TargetGroups)
	result.TargetGroups = slices.Compact(result.TargetGroups)
	return result, nil
}
