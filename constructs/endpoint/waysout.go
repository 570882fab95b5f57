package endpoint

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/rendering"
	"provenendpoints/internal/template"
)

// waysOut refuses routes that lead out of isolated subnets, as far as the
// templates of the subnets' stacks show them. It looks when everything has been
// added. What it cannot see, the proof sees.
type waysOut struct {
	subnets []ec2.ISubnet
	// declared are the ids of what routes may lead to.
	declared []string
	// refusal has a place for the subnet and one for the way.
	refusal string
	looks   *looks
	round   int // of this one's last validation
}

// looks are the templates that the validations of a stack's endpoints look at: rendered
// once for all in each round of validation. CDK validates every construct once in a
// round, and nothing changes meanwhile.
type looks struct {
	round     int
	templates map[awscdk.Stack]*template.Template
}

// looksBy are those of each stack. jsii is not safe for concurrent use; the lock is for
// apps that take turns.
var looksBy = struct {
	sync.Mutex
	known map[awscdk.Stack]*looks
}{known: map[awscdk.Stack]*looks{}}

func newWaysOut(stack awscdk.Stack, subnets []ec2.ISubnet, declared []string, refusal string) *waysOut {
	looksBy.Lock()
	defer looksBy.Unlock()
	shared := looksBy.known[stack]
	if shared == nil {
		shared = &looks{}
		looksBy.known[stack] = shared
	}
	return &waysOut{subnets: subnets, declared: declared, refusal: refusal, looks: shared, round: shared.round}
}

// at is the template of a stack in a round of validation.
func (l *looks) at(round int, stack awscdk.Stack) (*template.Template, error) {
	if l.round != round {
		l.round, l.templates = round, map[awscdk.Stack]*template.Template{}
	}
	if known := l.templates[stack]; known != nil {
		return known, nil
	}
	rendered, err := rendering.Of(stack)
	if err == nil {
		l.templates[stack] = rendered
	}
	return rendered, err
}

// Validate implements constructs.IValidation. JavaScript calls it: it must not
// panic.
func (w *waysOut) Validate() *[]*string {
	found := []*string{}
	w.round++
	for _, subnet := range w.subnets {
		stack, id := logicalID(subnet)
		if id == "" {
			continue
		}
		rendered, err := w.looks.at(w.round, stack)
		if err != nil {
			return jsii.Strings(err.Error())
		}
		var declared []string
		for _, way := range w.declared {
			declared = append(declared, resolvedJSON(stack, way))
		}
		for _, way := range leadingOut(rendered, id, declared) {
			found = append(found, jsii.String(fmt.Sprintf(w.refusal, known.Path(subnet), way)))
		}
	}
	return &found
}

// routeTargets are the properties of a route that say where it leads
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-route.html).
var routeTargets = []string{
	"CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "LocalGatewayId", "NatGatewayId",
	"NetworkInterfaceId", "TransitGatewayId", "VpcEndpointId", "VpcPeeringConnectionId",
}

// leadingOut says which routes of the template lead out of the subnet to what is
// not declared. Routes that depend on a condition may not exist.
func leadingOut(t *template.Template, subnet string, declared []string) []string {
	var tables, found []string
	for _, id := range t.OfType("AWS::EC2::SubnetRouteTableAssociation") {
		if properties := t.Resource(id).Properties(); refersTo(properties["SubnetId"], subnet) {
			template.VisitReferences(properties["RouteTableId"], func(table string) { tables = append(tables, table) })
		}
	}
	inEffect := func(value any) bool {
		return slices.ContainsFunc(tables, func(table string) bool { return refersTo(value, table) })
	}
	for _, id := range t.OfType("AWS::EC2::Route") {
		properties := t.Resource(id).Properties()
		if !inEffect(properties["RouteTableId"]) || t.Resource(id)["Condition"] != nil {
			continue
		}
		for _, name := range routeTargets {
			if target := asJSON(properties[name]); properties[name] != nil && !slices.Contains(declared, target) {
				found = append(found, fmt.Sprintf("the route %s leads to the %s %s", id, name, target))
			}
		}
	}
	for _, id := range t.OfType("AWS::EC2::VPNGatewayRoutePropagation") {
		properties := t.Resource(id).Properties()
		if gateway := asJSON(properties["VpnGatewayId"]); inEffect(properties["RouteTableIds"]) && !slices.Contains(declared, gateway) {
			found = append(found, fmt.Sprintf("%s adds the routes of the VpnGatewayId %s", id, gateway))
		}
	}
	return found
}

// refersTo reports whether the value refers to the resource.
func refersTo(value any, id string) (found bool) {
	template.VisitReferences(value, func(other string) { found = found || other == id })
	return found
}

func asJSON(value any) string {
	data, _ := json.Marshal(value) // it came from JSON
	return string(data)
}
