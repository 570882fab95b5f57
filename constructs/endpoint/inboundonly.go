package endpoint

import (
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/rendering"
	"provenendpoints/internal/template"
)

// inboundOnly is about an interface endpoint with private DNS for inbound resolvers alone.
// EC2 makes it only where the VPC has a gateway endpoint to the service by then: "To set
// PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC must have a Gateway endpoint
// for the service" (github.com/terraform-aws-modules/terraform-aws-vpc/issues/982).
type inboundOnly struct {
	stack    awscdk.Stack
	vpc      ec2.IVpc
	endpoint *iface
	service  string
}

// beginnings are the endpoints of a VPC in a stack of which one must wait for the other:
// gateway endpoints, and interface endpoints with private DNS for inbound resolvers, by
// the service.
type beginnings struct {
	gateways map[string][]awscdk.CfnResource
	waiting  map[string][]awscdk.CfnResource
}

// beginningsBy are those of each VPC. jsii is not safe for concurrent use; the lock is for
// apps that take turns.
var beginningsBy = struct {
	sync.Mutex
	known map[vpcOfStack]*beginnings
}{known: map[vpcOfStack]*beginnings{}}

// begin records an endpoint of these constructs, and has interface endpoints wait for gateway
// endpoints, whichever is made first.
func begin(holder constructs.Construct, vpc ec2.IVpc, change func(*beginnings)) {
	beginningsBy.Lock()
	defer beginningsBy.Unlock()
	key := vpcOf(holder, vpc)
	all := beginningsBy.known[key]
	if all == nil {
		all = &beginnings{map[string][]awscdk.CfnResource{}, map[string][]awscdk.CfnResource{}}
		beginningsBy.known[key] = all
	}
	change(all)
}

// beginGateway has the interface endpoints that need it wait for a gateway endpoint.
func beginGateway(holder constructs.Construct, vpc ec2.IVpc, service string, gateway awscdk.CfnResource) {
	begin(holder, vpc, func(all *beginnings) {
		all.gateways[service] = append(all.gateways[service], gateway)
		for _, endpoint := range all.waiting[service] {
			endpoint.AddResourceDependency(gateway, nil)
		}
	})
}

// beginInboundOnly has an interface endpoint wait for the gateway endpoints to its service,
// and refuses it where there is none.
func beginInboundOnly(holder constructs.Construct, vpc ec2.IVpc, service string, made *iface) {
	resource := known.Resource(made).(awscdk.CfnResource)
	begin(holder, vpc, func(all *beginnings) {
		all.waiting[service] = append(all.waiting[service], resource)
		for _, gateway := range all.gateways[service] {
			resource.AddResourceDependency(gateway, nil)
		}
	})
	if _, own := known.Resource(vpc).(ec2.CfnVPC); own { // of an imported one nobody knows
		holder.Node().AddValidation(&inboundOnly{known.Stack(holder), vpc, made, service})
	}
}

// Validate implements constructs.IValidation: it looks at the stacks of the endpoint and of
// the VPC when everything has been added, whoever added it. JavaScript calls it: it must
// not panic.
func (o *inboundOnly) Validate() *[]*string {
	id, _ := o.stack.Resolve(known.Resource(o.endpoint).(awscdk.CfnResource).LogicalId()).(string)
	stacks := []awscdk.Stack{o.stack}
	if of := known.Resource(o.vpc).(ec2.CfnVPC).Stack(); known.Path(of) != known.Path(o.stack) {
		stacks = append(stacks, of)
	}
	for _, stack := range stacks {
		rendered, err := rendering.Of(stack)
		if err != nil {
			return jsii.Strings(err.Error())
		}
		gateways := gatewaysTo(rendered, o.service, resolvedJSON(stack, known.VpcID(o.vpc)))
		switch {
		case len(gateways) == 0:
			continue
		case stack != o.stack || slices.Contains(rendered.After(gateways...), id):
			return &[]*string{}
		}
		return jsii.Strings(fmt.Sprintf("PrivateDnsOnlyForInboundResolverEndpoint: the endpoint must wait for the gateway endpoint %s, which it needs when it is made; add a dependency on it", gateways[0]))
	}
	return jsii.Strings(fmt.Sprintf("PrivateDnsOnlyForInboundResolverEndpoint: must be ALL_RESOLVERS where the VPC has no gateway endpoint to %s, got ONLY_INBOUND_RESOLVER in %s, which has none; add one, by NewGateway in the same stack", o.service, known.Path(o.vpc)))
}

// gatewaysTo are a template's gateway endpoints to a service in a VPC. A type that is left
// out means Gateway
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html).
func gatewaysTo(t *template.Template, service, vpc string) []string {
	return slices.DeleteFunc(t.OfType("AWS::EC2::VPCEndpoint"), func(id string) bool {
		p := t.Resource(id).Properties()
		kind := p["VpcEndpointType"]
		return kind != nil && kind != "Gateway" || shortName(p["ServiceName"]) != service || asJSON(p["VpcId"]) != vpc
	})
}
