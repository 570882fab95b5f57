package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
)

func checkGateway(props *GatewayProps) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	return errors.Join(
		required("Vpc", props.Vpc == nil),
		required("Service", props.Service == nil),
		checkPrincipals(principals(props.Policy)),
		checkCall(props.Verification.orDefault()),
	)
}

func checkInterface(props *InterfaceProps) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	var policy error
	if props.WithoutPolicy && len(props.Policy) > 0 {
		policy = errors.New("WithoutPolicy: must be false where Policy is set")
	}
	return errors.Join(
		required("Vpc", props.Vpc == nil),
		required("Service", props.Service == nil),
		policy,
		checkCall(props.Verification.orDefault()),
	)
}

func checkService(props *ServiceProps) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	proving := props.Verification.orDefault()
	errs := []error{required("Balancer", props.Balancer == nil)}
	if props.Balancer != nil && !listens(props.Balancer) {
		errs = append(errs, errors.New("Balancer: must have a listener, got a load balancer without one"))
	}
	if proving.Call != nil {
		errs = append(errs, errors.New("Verification.Call: an endpoint service answers no AWS call, got one"))
	}
	for i, point := range proving.Inside {
		errs = append(errs, required(fmt.Sprintf("Verification.Inside[%d].Subnet", i), point.Subnet == nil))
	}
	switch consumer := props.Consumer; {
	case consumer == nil && props.Verification != nil && !proving.Disabled:
		errs = append(errs, errors.New("Verification: needs a Consumer to measure from, got none"))
	case consumer != nil:
		errs = append(errs,
			required("Consumer.Vpc", consumer.Vpc == nil),
			checkPort("Consumer.Port", consumer.Port),
			checkAcceptance(props.AcceptanceRequired, !proving.Disabled),
		)
	}
	return errors.Join(append(errs, checkHosts(proving)...)...)
}

func required(field string, missing bool) error {
	if missing {
		return fmt.Errorf("%s: required, got none", field)
	}
	return nil
}

func checkPort(field string, port int) error {
	if port < 0 || port > 65535 {
		return fmt.Errorf("%s: must be 1 to 65535, got %d", field, port)
	}
	return nil
}

// checkAcceptance refuses a connection that can only be refuted: nothing in
// CloudFormation accepts it.
func checkAcceptance(required, verified bool) error {
	if required && verified {
		return errors.New("AcceptanceRequired: must be false where the Consumer is verified, since nobody can accept its connection in time; disable the verification, or make the endpoint in another stack")
	}
	return nil
}

func checkHosts(proving *ServiceVerificationProps) []error {
	var errs []error
	var names []string
	for i, host := range proving.Hosts {
		field := fmt.Sprintf("Verification.Hosts[%d]", i)
		errs = append(errs,
			required(field+".Name", host.Name == ""),
			required(field+".ID", host.ID == ""),
			required(field+".Address", host.Address == ""),
		)
		if slices.Contains(names, host.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must differ from the others, got %q twice", field, host.Name))
		}
		names = append(names, host.Name)
	}
	if proving.TargetGroup != nil && len(proving.Hosts) == 0 {
		errs = append(errs, errors.New("Verification.TargetGroup: needs the Hosts that are registered there, got none"))
	}
	return errs
}

func checkCall(proving *VerificationProps) error {
	call := proving.Call
	if call == nil {
		return nil
	}
	return errors.Join(
		required("Verification.Call.Action", call.Action == ""),
		required("Verification.Call.Host", call.Host == ""),
		required("Verification.Call.Resource", call.Resource == ""),
	)
}

// checkForService refuses what the service cannot do.
func checkForService(props *InterfaceProps, service service) error {
	var errs []error
	if props.PrivateDNS != nil && *props.PrivateDNS && !service.privateDNS {
		errs = append(errs, fmt.Errorf("PrivateDNS: must be false for a service without a private DNS name, got true for %s", service.name))
	}
	if !service.aws && len(props.Policy) > 0 {
		errs = append(errs, fmt.Errorf("Policy: must be empty for a service that is not AWS's own, where endpoint policies do not apply, got one for %s", service.name))
	}
	if !service.aws && props.Verification.orDefault().Call != nil {
		errs = append(errs, fmt.Errorf("Verification.Call: must be empty for a service that is not AWS's own, got one for %s", service.name))
	}
	return errors.Join(errs...)
}

// checkSubnets refuses subnets that no endpoint could serve.
func checkSubnets(stack awscdk.Stack, vpc ec2.IVpc, subnets []ec2.ISubnet, proving *VerificationProps) error {
	at := places(stack, subnets)
	return errors.Join(
		checkAny(at),
		checkVpc(at, resolved(stack, vpc.VpcId())),
		checkOutside(proving),
	)
}

// checkInterfaceSubnets refuses subnets that no interface endpoint could have an
// address in.
func checkInterfaceSubnets(stack awscdk.Stack, vpc ec2.IVpc, subnets []ec2.ISubnet, proving *VerificationProps) error {
	return errors.Join(
		checkSubnets(stack, vpc, subnets, proving),
		checkZones(places(stack, subnets)),
	)
}

func checkAny(at []place) error {
	if len(at) == 0 {
		return errors.New("Subnets: at least one is required, got none")
	}
	return nil
}

func checkVpc(at []place, vpc string) error {
	var errs []error
	for _, p := range at {
		if p.vpc != "" && p.vpc != vpc {
			errs = append(errs, fmt.Errorf("Subnets: must lie in the endpoint's VPC %s, got %s of the VPC %s", vpc, p.subnet, p.vpc))
		}
	}
	return errors.Join(errs...)
}

// checkZones holds an interface endpoint to one subnet in an Availability Zone
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
func checkZones(at []place) error {
	var errs []error
	first := map[string]string{}
	for _, p := range at {
		if other, taken := first[p.zone]; taken {
			errs = append(errs, fmt.Errorf("Subnets: must lie in different Availability Zones, got %s and %s both in %s", other, p.subnet, p.zone))
			continue
		}
		first[p.zone] = p.subnet
	}
	return errors.Join(errs...)
}

// checkOutside keeps the name that the pattern uses itself.
func checkOutside(proving *VerificationProps) error {
	for i, point := range proving.VantagePoints {
		if point.Subnet == nil {
			return fmt.Errorf("Verification.VantagePoints[%d].Subnet: required, got none: the point outside is added where a call is proved", i)
		}
	}
	return nil
}

// checkReach refuses a consumer in zones where the load balancer has no subnet
// (docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html).
func checkReach(stack awscdk.Stack, subnets []ec2.ISubnet, balancer elb.INetworkLoadBalancer) error {
	return checkZonesWithin(places(stack, subnets), balancerZones(stack, balancer))
}

func checkZonesWithin(at []place, zones []string) error {
	if zones == nil {
		return nil
	}
	var errs []error
	for _, p := range at {
		if !slices.Contains(zones, p.zone) {
			errs = append(errs, fmt.Errorf("Consumer.Subnets: must lie in Availability Zones of the load balancer (%s), got %s in %s", strings.Join(zones, ", "), p.subnet, p.zone))
		}
	}
	return errors.Join(errs...)
}

// principals are the Principal elements of statements.
func principals(statements []iam.PolicyStatement) []any {
	var found []any
	for _, statement := range statements {
		rendered, _ := statement.ToStatementJson().(map[string]any)
		found = append(found, rendered["Principal"])
	}
	return found
}

// checkPrincipals holds a gateway endpoint's policy to the principal "*"
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func checkPrincipals(principals []any) error {
	var errs []error
	for i, principal := range principals {
		object, _ := principal.(map[string]any)
		if principal != "*" && object["AWS"] != "*" {
			shown, _ := json.Marshal(principal)
			errs = append(errs, fmt.Errorf(`Policy[%d]: a gateway endpoint's statements must have the principal "*" (narrow them with aws:PrincipalArn), got %s`, i, shown))
		}
	}
	return errors.Join(errs...)
}

func checkPolicySize(policy any) error {
	data, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	if len(data) > maxPolicy {
		return fmt.Errorf("Policy: must have at most %d characters, got %d", maxPolicy, len(data))
	}
	return nil
}
