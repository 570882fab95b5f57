package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// ExistingContext is the context key with a VPC and endpoints that are there already, as
// JSON of [Existing]: `cdk deploy ExistingEndpoints -c existing='{"Vpc": …}' -c schedule=15m`.
const ExistingContext = "existing"

// Existing are endpoints that this app did not make.
type Existing struct {
	// Vpc is the id of the VPC. Required.
	Vpc string
	// Subnets are the subnets to measure from, by names of letters and digits.
	// Required, at least one.
	Subnets map[string]ExistingSubnet
	// Endpoints are the endpoints, by names of letters and digits. Required, at least one.
	Endpoints map[string]ExistingEndpoint
	// Isolated claims that the subnets have no way out but these endpoints. Default: false.
	Isolated bool
}

// ExistingSubnet is a subnet with its Availability Zone, such as ap-northeast-2a. Both are
// required.
type ExistingSubnet struct{ Id, Zone string }

// ExistingEndpoint is an endpoint to a service of AWS.
type ExistingEndpoint struct {
	// Id is its id, Service the last part of the service's name, such as s3. Required.
	Id, Service string
	// Gateway says that it is a gateway endpoint. Default: an interface endpoint.
	Gateway bool
	// PrivateDns says that the service's default name leads to an interface endpoint.
	// Default: false.
	PrivateDns bool
}

// check returns everything that is wrong.
func (e Existing) check() error {
	var errs []error
	wants := func(field, prefix, value string) {
		if !strings.HasPrefix(value, prefix) || value == prefix {
			errs = append(errs, fmt.Errorf("context %s: %s: must begin with %s, got %q", ExistingContext, field, prefix, value))
		}
	}
	wants("Vpc", "vpc-", e.Vpc)
	if len(e.Subnets) == 0 || len(e.Endpoints) == 0 {
		errs = append(errs, fmt.Errorf("context %s: Subnets, Endpoints: must have at least one each, got %d and %d", ExistingContext, len(e.Subnets), len(e.Endpoints)))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Subnets)) {
		wants("Subnets."+name+".Id", "subnet-", e.Subnets[name].Id)
		if e.Subnets[name].Zone == "" {
			errs = append(errs, fmt.Errorf("context %s: Subnets.%s.Zone: required, got none", ExistingContext, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Endpoints)) {
		wants("Endpoints."+name+".Id", "vpce-", e.Endpoints[name].Id)
		if e.Endpoints[name].Service == "" {
			errs = append(errs, fmt.Errorf("context %s: Endpoints.%s.Service: required, got none", ExistingContext, name))
		}
	}
	return errors.Join(errs...)
}

// existingOf is what the context asks for; nil if it asks for nothing. It panics with an
// error if that is wrong.
func existingOf(scope constructs.Construct) *Existing {
	given := scope.Node().TryGetContext(jsii.String(ExistingContext))
	if given == nil {
		return nil
	}
	text, ok := given.(string)
	if !ok {
		data, err := json.Marshal(given)
		if err != nil {
			panic(fmt.Errorf("context %s: %w", ExistingContext, err))
		}
		text = string(data)
	}
	var e Existing
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(&e)
	if err != nil {
		err = fmt.Errorf("context %s: must be JSON of a VPC, its subnets and its endpoints: %w", ExistingContext, err)
	} else {
		err = e.check()
	}
	if err != nil {
		panic(err)
	}
	return &e
}

// NewExistingEndpoints makes a stack of nothing but proofs, for endpoints that are there
// already. It creates functions in the subnets, and changes nothing of what it proves.
func NewExistingEndpoints(scope constructs.Construct, id string, existing Existing) awscdk.Stack {
	if err := existing.check(); err != nil {
		panic(err)
	}
	stack := newStack(scope, id, "Proves that endpoints which exist already are private, and goes on to do so")
	names := slices.Sorted(maps.Keys(existing.Subnets))
	var zones, ids []string
	for _, name := range names {
		zones, ids = append(zones, existing.Subnets[name].Zone), append(ids, existing.Subnets[name].Id)
	}
	vpc := ec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &ec2.VpcAttributes{VpcId: &existing.Vpc, AvailabilityZones: jsii.Strings(zones...)})
	var points []verification.VantagePoint
	for _, name := range names {
		at := existing.Subnets[name]
		subnet := ec2.Subnet_FromSubnetAttributes(stack, jsii.String(name+"Subnet"), &ec2.SubnetAttributes{SubnetId: &at.Id, AvailabilityZone: &at.Zone})
		awscdk.Annotations_Of(subnet).AcknowledgeWarning(jsii.String("@aws-cdk/aws-ec2:noSubnetRouteTableId"), jsii.String("the proof finds the route table in effect itself"))
		points = append(points, verification.VantagePoint{Name: name, Vpc: vpc, Subnet: subnet})
	}
	for _, name := range slices.Sorted(maps.Keys(existing.Endpoints)) {
		e := existing.Endpoints[name]
		made := verification.New(stack, name, &verification.Props{
			Subject: e.subject(existing.Vpc), Claims: existing.claims(stack, e, names, ids), VantagePoints: points, Schedule: scheduleOf(stack),
		})
		output(stack, name+"Report", "All verdicts on "+e.Id, made.Report())
	}
	return stack
}

func (e ExistingEndpoint) subject(vpc string) string {
	kind := "interface"
	if e.Gateway {
		kind = "gateway"
	}
	return fmt.Sprintf("%s endpoint %s to %s in %s", kind, e.Id, e.Service, vpc)
}

// claims are those about one of the endpoints.
func (e Existing) claims(stack awscdk.Stack, of ExistingEndpoint, names, subnets []string) []proof.Claim {
	host := of.Service + "." + *stack.Region() + "." + *stack.UrlSuffix()
	var isolation *endpoint.Isolation
	if e.Isolated {
		isolation = &endpoint.Isolation{Subnets: subnets, From: names}
		for _, name := range slices.Sorted(maps.Keys(e.Endpoints)) {
			other := e.Endpoints[name]
			isolation.Endpoints = append(isolation.Endpoints, other.Id)
			if other.Gateway {
				isolation.Ways = append(isolation.Ways, other.Id)
			}
		}
	}
	if of.Gateway {
		return endpoint.GatewaySubject{
			Endpoint: of.Id, Host: host, PrefixList: "com.amazonaws." + *stack.Region() + "." + of.Service, Subnets: subnets, From: names, Isolation: isolation,
		}.Claims()
	}
	subject := endpoint.InterfaceSubject{Endpoint: of.Id, DefaultName: host, PrivateDnsEnabled: of.PrivateDns, Port: 443, Isolation: isolation}
	for _, name := range names {
		subject.From = append(subject.From, endpoint.ZonedPoint{Name: name})
	}
	return subject.Claims()
}
