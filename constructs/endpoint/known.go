package endpoint

import (
	"errors"
	"fmt"
	"strings"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"

	"provenendpoints/internal/known"
	"provenendpoints/internal/template"
)

// ask asks CDK for something that an imported construct may not know. CDK has no
// other way to say so than an exception, which jsii makes a panic with the stack of
// the JavaScript; ask makes an error with its first line of it.
func ask[T any](get func() T) (value T, err error) {
	defer func() {
		if said := recover(); said != nil {
			text, _, _ := strings.Cut(strings.TrimSpace(fmt.Sprint(said)), "\n")
			err = errors.New(text)
		}
	}()
	return get(), nil
}

// checkImported refuses subnets that lack what an endpoint and its probers need to
// know of them. Subnet_FromSubnetId knows neither, and a list that is known only at
// deployment is no subnets yet.
func checkImported(subnets []ec2.ISubnet, field string, routeTables bool) error {
	if err := checkItems(field, subnets); err != nil {
		return err
	}
	var errs []error
	for _, subnet := range subnets {
		path := known.Path(subnet)
		if template.IsListToken(known.SubnetID(subnet)) {
			errs = append(errs, fmt.Errorf("%s: must be subnets one by one, got %s, a list that is known only at deployment; take its items with Fn_Select, or give Fn_Split the number of them", field, path))
			continue
		}
		switch zone, err := ask(func() string { return known.Zone(subnet) }); {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: must know their Availability Zones, got %s without one; import it with Subnet_FromSubnetAttributes", field, path))
		case template.IsListToken(zone):
			errs = append(errs, fmt.Errorf("%s: must know their Availability Zones one by one, got %s with a list that is known only at deployment; take its items with Fn_Select", field, path))
		}
		if !routeTables {
			continue
		}
		switch table, err := ask(func() *string { return subnet.RouteTable().RouteTableId() }); {
		case err != nil || table == nil || *table == "":
			errs = append(errs, fmt.Errorf("%s: must know their route tables, got %s without one; give VpcAttributes the route tables of its subnets (PrivateSubnetRouteTableIds, …), or import the subnet with Subnet_FromSubnetAttributes", field, path))
		case template.IsListToken(*table):
			errs = append(errs, fmt.Errorf("%s: must know their route tables one by one, got %s with a list that is known only at deployment; take its items with Fn_Select", field, path))
		}
	}
	return errors.Join(errs...)
}

// chosenSubnets are the subnets that a selection chooses. It panics where it chooses
// none, or such as lack what an endpoint needs to know of them.
func chosenSubnets(field string, vpc ec2.IVpc, selection *ec2.SubnetSelection, routeTables bool,
	choose func(ec2.IVpc, *ec2.SubnetSelection) []ec2.ISubnet,
) []ec2.ISubnet {
	if selection != nil {
		must(checkOneOf(field+".SubnetType", selection.SubnetType, ec2.SubnetType_PRIVATE_ISOLATED, ec2.SubnetType_PRIVATE_WITH_EGRESS, ec2.SubnetType_PRIVATE_WITH_NAT, ec2.SubnetType_PUBLIC))
	}
	if selection != nil && selection.Subnets != nil {
		// CDK would refuse them in other words.
		must(checkImported(*selection.Subnets, field, routeTables))
	}
	subnets := mustAsk(field, func() []ec2.ISubnet { return choose(vpc, selection) })
	must(checkImported(subnets, field, routeTables))
	return subnets
}

// checkBlock refuses a VPC whose address range is unknown where it is needed.
func checkBlock(field string, vpc ec2.IVpc, groups []ec2.ISecurityGroup, open *bool) error {
	if len(groups) > 0 && !isTrue(open) || open != nil && !*open {
		return nil
	}
	if _, err := ask(func() string { return known.Block(vpc) }); err != nil {
		return fmt.Errorf("%s: must know its address range, which the endpoint's security group admits, got %s without one; give VpcAttributes its VpcCidrBlock, or set SecurityGroups, or set Open to false", field, *vpc.Node().Path())
	}
	return nil
}

// checkBalancerName refuses a load balancer without a DNS name: an imported one may
// have none, and the claims are about it.
func checkBalancerName(balancer elb.INetworkLoadBalancer) error {
	name, err := ask(func() *string { return balancer.LoadBalancerDnsName() })
	if err != nil || name == nil || *name == "" {
		return fmt.Errorf("Balancers: must know their DNS names where the Consumer is verified, got %s without one; give NetworkLoadBalancerAttributes its LoadBalancerDnsName", *balancer.Node().Path())
	}
	return nil
}

func isTrue(value *bool) bool { return value != nil && *value }
