package endpoint

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"

	"provenendpoints/internal/known"
	"provenendpoints/internal/template"
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
	errs = append(errs,
		checkItems("AllowedPrincipals", props.AllowedPrincipals),
		checkUnique("AllowedRegions", props.AllowedRegions),
		checkUnique("AllowedAccounts", props.AllowedAccounts),
		checkUnique("GatewayLoadBalancerArns", props.GatewayLoadBalancerArns),
		checkHostName("PrivateDnsName", props.PrivateDnsName),
		checkDomain(props),
		checkTags("Tags", props.Tags),
	)
	for i, principal := range props.AllowedPrincipals {
		if isNil(principal) {
			continue
		}
		if arn := *principal.Arn(); arn != "*" {
			errs = append(errs, checkARN(fmt.Sprintf("AllowedPrincipals[%d]", i), arn, ":iam::", "a principal, or *"))
		}
	}
	for i, account := range props.AllowedAccounts {
		errs = append(errs, checkForm(fmt.Sprintf("AllowedAccounts[%d]", i), cmp.Or(account, " "), accountForm, "an account's 12 digits"))
	}
	for i, region := range props.AllowedRegions {
		errs = append(errs, checkRegion(fmt.Sprintf("AllowedRegions[%d]", i), cmp.Or(region, " ")))
	}
	for i, kind := range props.SupportedIpAddressTypes {
		errs = append(errs, checkOneOf(fmt.Sprintf("SupportedIpAddressTypes[%d]", i), cmp.Or(kind, " "), ec2.IpAddressType_IPV4, ec2.IpAddressType_IPV6))
	}
	if payer := props.PayerResponsibility; payer != "" && payer != serviceOwnerPays {
		errs = append(errs, fmt.Errorf("PayerResponsibility: must be %s or left out, got %q", serviceOwnerPays, payer))
	}
	if proving.Call != nil {
		errs = append(errs, errors.New("Verification.Call: an endpoint service answers no AWS call, got one"))
	}
	errs = append(errs, checkPoints("Verification.Inside", proving.Inside), checkInsideIsolation(proving), checkProving(&proving.VerificationProps, true))
	switch consumer := props.Consumer; {
	case consumer == nil && props.Verification != nil && !proving.Disabled:
		errs = append(errs, errors.New("Verification: needs a Consumer to measure from, got none"))
	case consumer != nil:
		errs = append(errs,
			required("Consumer.Vpc", consumer.Vpc == nil),
			checkPort("Consumer.Port", consumer.Port),
			checkItems("Consumer.SecurityGroups", consumer.SecurityGroups),
			checkIPTypes("Consumer.", consumer.IpAddressType, consumer.DnsRecordIpType),
			checkTags("Consumer.Tags", consumer.Tags),
			checkAcceptance(props.AcceptanceRequired, !proving.Disabled),
			checkConsumer(props),
		)
	}
	return errors.Join(append(errs, checkHosts(props, proving)...)...)
}

// checkInsideIsolation refuses what says nothing about one VPC.
func checkInsideIsolation(proving *ServiceVerificationProps) error {
	p := proving.InsideIsolation
	if p == nil {
		return nil
	}
	errs := []error{checkItems("Verification.InsideIsolation.Subnets", p.Subnets), p.checkWanted("Verification.InsideIsolation.")}
	if len(proving.Inside) == 0 {
		errs = append(errs, errors.New("Verification.InsideIsolation: needs Inside, the vantage points in the load balancer's VPC, got none"))
	}
	return errors.Join(errs...)
}

// checkInsidePlaces refuses vantage points inside, and isolated subnets, that are known to
// lie in several VPCs: isolation is of one.
func checkInsidePlaces(stack awscdk.Stack, proving *ServiceVerificationProps) error {
	p := proving.InsideIsolation
	if p == nil {
		return nil
	}
	own := asJSON(known.Resolved(stack, known.VpcID(proving.Inside[0].Vpc)))
	var errs []error
	for i, point := range proving.Inside {
		if vpc := asJSON(known.Resolved(stack, known.VpcID(point.Vpc))); vpc != own {
			errs = append(errs, fmt.Errorf("Verification.Inside[%d].Vpc: must be that of the others where there is an InsideIsolation (%s), got %s", i, own, vpc))
		}
	}
	for i, at := range locate(stack, p.Subnets) {
		if at.vpc != "" && at.vpc != own {
			errs = append(errs, fmt.Errorf("Verification.InsideIsolation.Subnets[%d]: must lie in the VPC of Inside %s, got %s of the VPC %s", i, own, at.subnet, at.vpc))
		}
	}
	return errors.Join(errs...)
}

// checkDomain refuses a private name outside the domain of its zone, where both are known.
func checkDomain(props *ServiceProps) error {
	if props.PrivateDnsZone == nil || props.PrivateDnsName == "" {
		return nil
	}
	zone := strings.TrimSuffix(*props.PrivateDnsZone.ZoneName(), ".")
	if name := props.PrivateDnsName; !template.HasToken(zone+name) && name != zone && !strings.HasSuffix(name, "."+zone) {
		return fmt.Errorf("PrivateDnsName: must be in the domain %s of the PrivateDnsZone, got %q", zone, name)
	}
	return nil
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
	for i, arn := range props.GatewayLoadBalancerArns {
		errs = append(errs, checkARN(fmt.Sprintf("GatewayLoadBalancerArns[%d]", i), cmp.Or(arn, " "), ":loadbalancer/gwy/", "a Gateway Load Balancer"))
	}
	for i, balancer := range props.Balancers {
		field := fmt.Sprintf("Balancers[%d]", i)
		if isNil(balancer) {
			errs = append(errs, required(field, true))
		} else if slices.Contains(props.Balancers[:i], balancer) {
			errs = append(errs, fmt.Errorf("%s: must differ from the others, got %s twice", field, known.Path(balancer)))
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
		if isNil(balancer) {
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

func checkHosts(props *ServiceProps, proving *ServiceVerificationProps) []error {
	errs := []error{
		checkItems("Verification.OtherTargetGroups", proving.OtherTargetGroups),
		checkSources("Verification.Sources", proving.Sources),
		checkSources("Verification.HostSources", proving.HostSources),
	}
	for _, field := range []struct {
		name  string
		count int
	}{
		{"HostSources", len(proving.HostSources)}, {"PublicHosts", len(proving.PublicHosts)}, {"OtherTargetGroups", len(proving.OtherTargetGroups)},
	} {
		if field.count > 0 && (len(proving.Hosts) == 0 || isNil(proving.TargetGroup)) {
			errs = append(errs, fmt.Errorf("Verification.%s: used only with Hosts and TargetGroup, got %d without", field.name, field.count))
		}
	}
	var names []string
	for i, host := range proving.Hosts {
		field := fmt.Sprintf("Verification.Hosts[%d]", i)
		errs = append(errs,
			required(field+".Name", host.Name == ""),
			required(field+".ID", host.ID == ""),
			required(field+".Address", host.Address == ""),
			checkForm(field+".Name", host.Name, hostNameForm, "letters, digits and hyphens"),
			checkHostName(field+".Address", host.Address),
		)
		if slices.Contains(names, host.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must differ from the others, got %q twice", field, host.Name))
		}
		names = append(names, host.Name)
	}
	if proving.TargetGroup != nil && len(proving.Hosts) == 0 {
		errs = append(errs, errors.New("Verification.TargetGroup: needs the Hosts that are registered there, got none"))
	}
	return append(errs, checkListeners(props, proving)...)
}

// checkListeners refuses declared listeners that no load balancer could have.
func checkListeners(props *ServiceProps, proving *ServiceVerificationProps) []error {
	var errs []error
	var ports []int
	for i, l := range proving.Listeners {
		field := fmt.Sprintf("Verification.Listeners[%d].Port", i)
		errs = append(errs, required(field, l.Port == 0), checkPort(field, l.Port),
			checkOneOf(fmt.Sprintf("Verification.Listeners[%d].Protocol", i), l.Protocol, elb.Protocol_TCP, elb.Protocol_TLS, elb.Protocol_UDP, elb.Protocol_TCP_UDP, "QUIC", "TCP_QUIC"))
		if slices.Contains(ports, l.Port) {
			errs = append(errs, fmt.Errorf("%s: must differ from the others, got %d twice", field, l.Port))
		}
		ports = append(ports, l.Port)
	}
	if props.Consumer != nil && len(ports) > 0 && !slices.Contains(ports, props.Consumer.port()) {
		errs = append(errs, fmt.Errorf("Verification.Listeners: must have one on the Consumer's Port %d, got %s", props.Consumer.port(), joinPorts(ports)))
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
