package endpoint

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
)

// selectAll returns the selected subnets, or all of the VPC's.
func selectAll(vpc ec2.IVpc, selection *ec2.SubnetSelection) []ec2.ISubnet {
	if selection != nil {
		return *vpc.SelectSubnets(selection).Subnets
	}
	var all []ec2.ISubnet
	for _, subnets := range []*[]ec2.ISubnet{vpc.PrivateSubnets(), vpc.PublicSubnets(), vpc.IsolatedSubnets()} {
		all = append(all, *subnets...)
	}
	return all
}

// selectOnePerZone returns the selected subnets as they are. By default it
// leaves out subnets, so that each zone has one.
func selectOnePerZone(vpc ec2.IVpc, selection *ec2.SubnetSelection) []ec2.ISubnet {
	if selection == nil {
		selection = &ec2.SubnetSelection{OnePerAz: jsii.Bool(true)}
	}
	return *vpc.SelectSubnets(selection).Subnets
}

// routeTables are the ids of the subnets' route tables, each once.
func routeTables(subnets []ec2.ISubnet) []string {
	var ids []string
	seen := map[string]bool{}
	for _, subnet := range subnets {
		if id := *subnet.RouteTable().RouteTableId(); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// watched are the constructs that a proof about the endpoint rests on.
func watched(endpoint constructs.IConstruct, vpc ec2.IVpc, subnets []ec2.ISubnet) []constructs.IConstruct {
	watch := []constructs.IConstruct{endpoint, vpc}
	for _, subnet := range subnets {
		watch = append(watch, subnet)
	}
	return watch
}

// place is where a subnet lies, in texts that are equal where it is the same.
type place struct{ subnet, vpc, zone string }

// places reads where subnets lie. What is not known at synthesis stays empty.
func places(stack awscdk.Stack, subnets []ec2.ISubnet) []place {
	found := make([]place, 0, len(subnets))
	for _, subnet := range subnets {
		at := place{subnet: *subnet.Node().Path(), zone: resolved(stack, subnet.AvailabilityZone())}
		if resource, ok := subnet.Node().DefaultChild().(ec2.CfnSubnet); ok {
			at.vpc = resolved(stack, resource.VpcId())
		}
		found = append(found, at)
	}
	return found
}

// resolved is a value as it will stand in the template.
func resolved(stack awscdk.Stack, value any) string {
	data, err := json.Marshal(stack.Resolve(value))
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// zonedPoints gives the vantage points inside the zones of their subnets, where
// the endpoint has an interface in that zone.
func zonedPoints(stack awscdk.Stack, points []verification.VantagePoint, subnets []ec2.ISubnet) []ZonedPoint {
	served := map[string]bool{}
	for _, at := range places(stack, subnets) {
		served[at.zone] = true
	}
	var zoned []ZonedPoint
	for _, point := range points {
		if point.Subnet == nil {
			continue
		}
		from := ZonedPoint{Name: point.Name}
		if zone := point.Subnet.AvailabilityZone(); served[resolved(stack, zone)] {
			from.Zone = *zone
		}
		zoned = append(zoned, from)
	}
	return zoned
}
