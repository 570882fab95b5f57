package verifier

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"provenendpoints/proof"
)

// The three calls take no resource in policies
// (docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
var _ = implement(proof.BalancerLookup, func(ctx context.Context, c *clients, arn string) (proof.Balancer, error) {
	if arn == "" {
		// The API would answer with every load balancer of the account.
		return proof.Balancer{}, errors.New("no load balancer to look for")
	}
	balancer, err := one(ctx, elb.NewDescribeLoadBalancersPaginator(c.elb, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{arn}}),
		func(page *elb.DescribeLoadBalancersOutput) []types.LoadBalancer { return page.LoadBalancers })
	if err != nil {
		return proof.Balancer{}, err
	}
	attributes, err := c.elb.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &arn})
	if err != nil {
		return proof.Balancer{}, err
	}
	if len(attributes.Attributes) == 0 {
		return proof.Balancer{}, errors.New("the load balancer was described without attributes")
	}
	listeners, err := all(ctx, elb.NewDescribeListenersPaginator(c.elb, &elb.DescribeListenersInput{LoadBalancerArn: &arn}),
		func(page *elb.DescribeListenersOutput) []types.Listener { return page.Listeners })
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

func balancerOf(balancer types.LoadBalancer, attributes []types.LoadBalancerAttribute) proof.Balancer {
	denies := slices.ContainsFunc(attributes, func(a types.LoadBalancerAttribute) bool {
		return aws.ToString(a.Key) == denyGateway && aws.ToString(a.Value) == "true"
	})
	return proof.Balancer{
		ARN:      aws.ToString(balancer.LoadBalancerArn),
		VPC:      aws.ToString(balancer.VpcId),
		Type:     string(balancer.Type),
		Scheme:   string(balancer.Scheme),
		Groups:   balancer.SecurityGroups,
		Enforced: aws.ToString(balancer.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic) == "on",
		OpenIPv6: balancer.IpAddressType != types.IpAddressTypeIpv4 && !denies,
	}
}

// listenerOf reads a listener. An action that is newer than this code is not left
// out: it leads somewhere.
func listenerOf(listener types.Listener) (proof.Listener, error) {
	result := proof.Listener{ID: aws.ToString(listener.ListenerArn), Protocol: string(listener.Protocol), Port: int(aws.ToInt32(listener.Port))}
	if result.Protocol == "" || result.Port == 0 {
		return result, fmt.Errorf("the listener %s was described without its protocol or port", result.ID)
	}
	for _, action := range listener.DefaultActions {
		var groups []string
		if arn := aws.ToString(action.TargetGroupArn); arn != "" {
			groups = append(groups, arn)
		}
		if action.ForwardConfig != nil {
			for _, group := range action.ForwardConfig.TargetGroups {
				groups = append(groups, aws.ToString(group.TargetGroupArn))
			}
		}
		if action.Type != types.ActionTypeEnumForward || len(groups) == 0 {
			result.Others = append(result.Others, "an action of the type "+string(action.Type))
			continue
		}
		result.TargetGroups = append(result.TargetGroups, groups...)
	}
	slices.Sort(result.TargetGroups)
	result.TargetGroups = slices.Compact(result.TargetGroups)
	return result, nil
}
