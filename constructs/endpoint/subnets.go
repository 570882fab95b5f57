package endpoint

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
	"provenendpoints/internal/lazy"
)

// selectedOrAll returns the selected subnets, or all of the VPC's.
func selectedOrAll(vpc ec2.IVpc, selection *ec2.SubnetSelection) []ec2.ISubnet {
	if selection != nil {
		return lazy.Subnets(vpc, selection)
	}
	var all []ec2.ISubnet
	for _, subnets := range []*[]ec2.ISubnet{vpc.PrivateSubnets(), vpc.PublicSubnets(), vpc.IsolatedSubnets()} {
		all = append(all, *subnets...)
	}
	return all
}

// selectedOrOnePerZone returns the selected subnets as they are. Without a
// selection it returns one subnet in each zone.
func selectedOrOnePerZone(vpc ec2.IVpc, selection *ec2.SubnetSelection) []ec2.ISubnet {
	if selection == nil {
		selection = &ec2.SubnetSelection{OnePerAz: jsii.Bool(true)}
	}
	return lazy.Subnets(vpc, selection)
}

// subnetIDs returns the ids of the subnets.
func subnetIDs(subnets []ec2.ISubnet) []string {
	ids := make([]string, 0, len(subnets))
	for _, subnet := range subnets {
		ids = append(ids, known.SubnetID(subnet))
	}
	return ids
}

// location is where a subnet lies. Two texts are equal if and only if they mean
// the same.
type location struct{ subnet, vpc, zone string }

// locate reads where subnets lie. What is unknown at synthesis stays empty.
func locate(stack awscdk.Stack, subnets []ec2.ISubnet) []location {
	found := make([]location, 0, len(subnets))
	for _, subnet := range subnets {
		found = append(found, locateOne(stack, subnet))
	}
	return found
}

// locations are those of subnets, as stacks see them: where a subnet lies never changes.
var locations = struct {
	sync.Mutex
	known map[placed]location
}{known: map[placed]location{}}

type placed struct {
	stack  awscdk.Stack
	subnet ec2.ISubnet
}

func locateOne(stack awscdk.Stack, subnet ec2.ISubnet) location {
	locations.Lock()
	defer locations.Unlock()
	at, ok := locations.known[placed{stack, subnet}]
	if !ok {
		at = location{subnet: known.Path(subnet)}
		// A vantage point may lie in a subnet that is known by its id alone.
		if zone, err := ask(func() string { return known.Zone(subnet) }); err == nil {
			at.zone = asJSON(known.Resolved(stack, zone))
		}
		if resource, ok := known.Node(subnet).DefaultChild().(ec2.CfnSubnet); ok {
			at.vpc = resolvedJSON(stack, resource.VpcId())
		}
		locations.known[placed{stack, subnet}] = at
	}
	return at
}

// resolvedJSON returns a value as JSON, as the template will hold it.
func resolvedJSON(stack awscdk.Stack, value any) string {
	data, err := json.Marshal(stack.Resolve(value))
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// zonedPoints returns the vantage points inside the VPC. A point has its
// subnet's zone if the endpoint has an interface in that zone.
func zonedPoints(stack awscdk.Stack, points []verification.VantagePoint, subnets []ec2.ISubnet) []ZonedPoint {
	served := map[string]bool{}
	for _, at := range locate(stack, subnets) {
		served[at.zone] = true
	}
	var zoned []ZonedPoint
	for _, point := range points {
		if point.Subnet == nil {
			continue
		}
		from := ZonedPoint{Name: point.Name}
		if at := locateOne(stack, point.Subnet); at.zone != "" && served[at.zone] {
			from.Zone = known.Zone(point.Subnet)
		}
		zoned = append(zoned, from)
	}
	return zoned
}
