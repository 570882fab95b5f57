package endpoint

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
)

// listens tells whether a load balancer has a listener. Of one that the app
// does not make itself it cannot be known; then it is taken to have one.
func listens(balancer elb.INetworkLoadBalancer) bool {
	if _, own := balancer.Node().DefaultChild().(elb.CfnLoadBalancer); !own {
		return true
	}
	stack := awscdk.Stack_Of(balancer)
	arn := resolved(stack, balancer.LoadBalancerArn())
	for _, child := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		listener, ok := child.(elb.CfnListener)
		if ok && listener.LoadBalancerArn() != nil && resolved(stack, listener.LoadBalancerArn()) == arn {
			return true
		}
	}
	return false
}

// balancerZones are the Availability Zones of a load balancer, nil if they are
// not known at synthesis.
func balancerZones(stack awscdk.Stack, balancer elb.INetworkLoadBalancer) []string {
	resource, own := balancer.Node().DefaultChild().(elb.CfnLoadBalancer)
	if !own || resource.Subnets() == nil {
		return nil
	}
	zones := map[string]string{} // by the subnet's reference
	for _, child := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		if subnet, ok := child.(ec2.CfnSubnet); ok && subnet.AvailabilityZone() != nil {
			zones[resolved(stack, subnet.Ref())] = resolved(stack, subnet.AvailabilityZone())
		}
	}
	var found []string
	for _, id := range *resource.Subnets() {
		zone, known := zones[resolved(stack, id)]
		if !known {
			return nil
		}
		found = append(found, zone)
	}
	return found
}
