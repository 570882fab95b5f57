package endpoint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
)

func checkService(props *ServiceProps) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	proving := props.Verification.orDefault()
	errs := []error{required("Balancer", props.Balancer == nil)}
	if props.Balancer != nil && !hasListener(props.Balancer) {
		errs = append(errs, errors.New("Balancer: must have a listener, got a load balancer without one"))
	}
	if proving.Call != nil {
		errs = append(errs, errors.New("Verification.Call: an endpoint service answers no AWS call, got one"))
	}
	for i, point := range proving.Inside {
		errs = append(errs, required(fmt.Sprintf("Verification.Inside[%d].Subnet", i), point.Subnet == nil),
			required(fmt.Sprintf("Verification.Inside[%d].Vpc", i), point.Vpc == nil))
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

// checkAcceptance refuses to verify a connection that waits for acceptance:
// nothing in CloudFormation accepts it, so its claims would be refuted.
func checkAcceptance(byHand, verified bool) error {
	if byHand && verified {
		return errors.New("AcceptanceRequired: must be false where the Consumer is verified, got true: nobody can accept its connection in time; disable the verification, or make the endpoint in another stack")
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
	return append(errs, checkListeners(proving)...)
}

// checkListeners refuses declared listeners that no load balancer could have.
func checkListeners(proving *ServiceVerificationProps) []error {
	var errs []error
	var ports []int
	for i, l := range proving.Listeners {
		field := fmt.Sprintf("Verification.Listeners[%d].Port", i)
		errs = append(errs, required(field, l.Port == 0), checkPort(field, l.Port))
		if slices.Contains(ports, l.Port) {
			errs = append(errs, fmt.Errorf("%s: must differ from the others, got %d twice", field, l.Port))
		}
		ports = append(ports, l.Port)
	}
	return errs
}

// checkReach refuses a consumer in a zone where the load balancer has no subnet
// (docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html).
func checkReach(stack awscdk.Stack, subnets []ec2.ISubnet, balancer elb.INetworkLoadBalancer) error {
	return checkZonesWithin(locate(stack, subnets), balancerZones(stack, balancer))
}

func checkZonesWithin(at []location, zones []string) error {
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
