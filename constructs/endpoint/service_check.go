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
	errs := append(checkBalancers(props), checkNotifications(props.Notifications)...)
	if props.PrivateDnsZone != nil && props.PrivateDnsName == "" {
		errs = append(errs, errors.New("PrivateDnsZone: needs the PrivateDnsName that is verified there, got none"))
	}
	if payer := props.PayerResponsibility; payer != "" && payer != serviceOwnerPays {
		errs = append(errs, fmt.Errorf("PayerResponsibility: must be %s or left out, got %q", serviceOwnerPays, payer))
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
			checkConsumer(props),
		)
	}
	return errors.Join(append(errs, checkHosts(proving)...)...)
}

// serviceOwnerPays is the one value of PayerResponsibility
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpointservice.html).
const serviceOwnerPays = "ServiceOwner"

// checkBalancers refuses load balancers of two types, none at all, and such as lead
// nowhere.
func checkBalancers(props *ServiceProps) []error {
	var errs []error
	switch network, gateway := len(props.Balancers), len(props.GatewayLoadBalancerArns); {
	case network > 0 && gateway > 0:
		errs = append(errs, errors.New("GatewayLoadBalancerArns: must be empty where there are Balancers: a service has load balancers of one type"))
	case network == 0 && gateway == 0:
		errs = append(errs, required("Balancers", true))
	case gateway > 0 && props.Consumer != nil:
		errs = append(errs, errors.New("Consumer: must be empty where there are GatewayLoadBalancerArns: their consumers are made by NewGatewayLoadBalancer"))
	}
	for i, balancer := range props.Balancers {
		field := fmt.Sprintf("Balancers[%d]", i)
		if balancer == nil {
			errs = append(errs, required(field, true))
		} else if ports, known := listenerPorts(balancer); known && len(ports) == 0 {
			errs = append(errs, fmt.Errorf("%s: must have a listener, got a load balancer without one", field))
		}
	}
	return errs
}

// checkConsumer refuses a port that no listener has, and what cannot be verified.
func checkConsumer(props *ServiceProps) error {
	var errs []error
	proving := props.Verification.orDefault()
	for i, balancer := range props.Balancers {
		if balancer == nil {
			continue
		}
		ports, known := listenerPorts(balancer)
		if port := props.Consumer.port(); known && len(ports) > 0 && !slices.Contains(ports, port) {
			errs = append(errs, fmt.Errorf("Consumer.Port: must be that of a listener of Balancers[%d] (%s), got %d", i, joinPorts(ports), port))
		}
		if !proving.Disabled {
			errs = append(errs, checkBalancerName(balancer))
		}
	}
	if len(props.Balancers) > 1 && !proving.Disabled && len(proving.Hosts) > 0 {
		errs = append(errs, fmt.Errorf("Verification.Hosts: must be empty where there are several Balancers, got %d: what leads to which hosts is proved for one", len(proving.Hosts)))
	}
	if isTrue(props.Consumer.PrivateDnsEnabled) && props.PrivateDnsName == "" {
		errs = append(errs, errors.New("Consumer.PrivateDnsEnabled: needs a PrivateDnsName of the service, got none"))
	}
	return errors.Join(errs...)
}

func joinPorts(ports []int) string {
	texts := make([]string, len(ports))
	for i, port := range ports {
		texts[i] = fmt.Sprint(port)
	}
	return strings.Join(texts, ", ")
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
func checkReach(stack awscdk.Stack, subnets []ec2.ISubnet, balancers []elb.INetworkLoadBalancer) error {
	var zones []string
	for _, balancer := range balancers {
		own := balancerZones(stack, balancer)
		if own == nil {
			return nil
		}
		zones = append(zones, own...)
	}
	return checkZonesWithin(locate(stack, subnets), zones)
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
