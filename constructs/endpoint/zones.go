package endpoint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/template"
)

// zoneProvider is the name of CDK's look-up of the zones in which a service is offered
// (the member ENDPOINT_SERVICE_AVAILABILITY_ZONE_PROVIDER of its cloud assembly's
// ContextProvider).
const zoneProvider = "endpoint-service-availability-zones"

// offeredSubnets are those subnets in whose zones AWS offers the service, by its name. CDK's own
// property leaves subnets out of the endpoint alone; the claims and the vantage points
// must leave them out as well. And it fails in a first synthesis, before the CLI could
// look anything up, where the subnets' zones are not those of the look-up's stand-in.
func offeredSubnets(stack awscdk.Stack, service string, subnets []ec2.ISubnet) []ec2.ISubnet {
	must(checkLookup(stack, service, subnets))
	var zones []string
	for _, subnet := range subnets {
		zones = append(zones, known.Zone(subnet))
	}
	answer := awscdk.ContextProvider_GetValue(stack, &awscdk.GetContextValueOptions{
		Provider: jsii.String(zoneProvider), DummyValue: zones,
		Props: &map[string]any{"serviceName": service},
	}).Value
	list, ok := answer.([]any)
	if !ok {
		panic(fmt.Errorf("LookupSupportedAzs: must find a list of Availability Zones, got %v for %s", answer, service))
	}
	var offered []ec2.ISubnet
	for _, subnet := range subnets {
		if slices.Contains(list, any(known.Zone(subnet))) {
			offered = append(offered, subnet)
		}
	}
	if len(offered) == 0 {
		panic(fmt.Errorf("Subnets: must have one in a zone in which AWS offers %s (%s), got subnets in %s alone", service, fmt.Sprint(list...), strings.Join(zones, ", ")))
	}
	return offered
}

// checkLookup refuses to ask where the answer would depend on what is known only at
// deployment.
func checkLookup(stack awscdk.Stack, service string, subnets []ec2.ISubnet) error {
	for _, needed := range [][2]string{{"account", *stack.Account()}, {"Region", *stack.Region()}} {
		if template.HasToken(needed[1]) {
			return fmt.Errorf("LookupSupportedAzs: needs a stack whose %s is known at synthesis (StackProps.Env), got %s without one", needed[0], known.Path(stack))
		}
	}
	if strings.Contains(service, regionMark) {
		return fmt.Errorf("LookupSupportedAzs: needs a Service whose name is known at synthesis, got %s", service)
	}
	for _, subnet := range subnets {
		if template.HasToken(known.Zone(subnet)) {
			return fmt.Errorf("LookupSupportedAzs: needs subnets whose Availability Zones are known at synthesis, got %s, whose zone is not", known.Path(subnet))
		}
	}
	return nil
}
