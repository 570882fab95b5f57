package endpoint

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
)

// listenerPorts returns the ports of a load balancer's listeners, as far as they are
// known at synthesis. The listeners of an imported load balancer are not.
func listenerPorts(balancer elb.INetworkLoadBalancer) (ports []int, known bool) {
	if _, own := balancer.Node().DefaultChild().(elb.CfnLoadBalancer); !own {
		return nil, false
	}
	stack := awscdk.Stack_Of(balancer)
	arn := resolvedJSON(stack, balancer.LoadBalancerArn())
	for _, child := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		listener, ok := child.(elb.CfnListener)
		if !ok || listener.LoadBalancerArn() == nil || resolvedJSON(stack, listener.LoadBalancerArn()) != arn {
			continue
		}
		port := listener.Port()
		if port == nil || *awscdk.Token_IsUnresolved(port) {
			return nil, false
		}
		ports = append(ports, int(*port))
	}
	return ports, true
}

// balancerZones returns the Availability Zones of a load balancer, nil if they
// are unknown at synthesis.
func balancerZones(stack awscdk.Stack, balancer elb.INetworkLoadBalancer) []string {
	resource, own := balancer.Node().DefaultChild().(elb.CfnLoadBalancer)
	if !own || resource.Subnets() == nil {
		return nil
	}
	zones := map[string]string{} // by the subnet's reference
	for _, child := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		if subnet, ok := child.(ec2.CfnSubnet); ok && subnet.AvailabilityZone() != nil {
			zones[resolvedJSON(stack, subnet.Ref())] = resolvedJSON(stack, subnet.AvailabilityZone())
		}
	}
	var found []string
	for _, id := range *resource.Subnets() {
		zone, known := zones[resolvedJSON(stack, id)]
		if !known {
			return nil
		}
		found = append(found, zone)
	}
	return found
}
