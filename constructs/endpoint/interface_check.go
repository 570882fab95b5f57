package endpoint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
)

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
		checkItems("Policy", props.Policy),
		checkItems("SecurityGroups", props.SecurityGroups),
		errors.Join(checkNotifications(props.Notifications)...),
		checkIPTypes("", props.IpAddressType, props.DnsRecordIpType),
		checkOneOf("PrivateDnsOnlyForInboundResolverEndpoint", props.PrivateDnsOnlyForInboundResolverEndpoint,
			ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ALL_RESOLVERS, ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ONLY_INBOUND_RESOLVER),
		checkRegion("ServiceRegion", props.ServiceRegion),
		checkHostName("DefaultName", props.DefaultName),
		checkTags("Tags", props.Tags),
		checkProving(props.Verification.orDefault(), true),
	)
}

// checkForService refuses properties that the service does not support.
func checkForService(props *InterfaceProps, service serviceTraits) error {
	errs := []error{
		checkServiceName(service.name),
		checkCallTo(props.Verification.orDefault().Call, service.host),
	}
	if props.PrivateDnsOnlyForInboundResolverEndpoint != "" && service.short != "" && !strings.Contains(service.short, regionMark) && !slices.Contains(gatewayServices, service.short) {
		errs = append(errs, fmt.Errorf("PrivateDnsOnlyForInboundResolverEndpoint: used only for services that gateway endpoints lead to as well (%s), got %s for %s", strings.Join(gatewayServices, ", "), props.PrivateDnsOnlyForInboundResolverEndpoint, service.short))
	} else if props.PrivateDnsOnlyForInboundResolverEndpoint == "" && props.privateDNS(service) && slices.Contains(gatewayServices, service.short) {
		errs = append(errs, fmt.Errorf("PrivateDnsOnlyForInboundResolverEndpoint: required where PrivateDnsEnabled is true for %s: ALL_RESOLVERS, or ONLY_INBOUND_RESOLVER, which needs a gateway endpoint in the VPC, got none", service.short))
	} else if props.PrivateDnsOnlyForInboundResolverEndpoint != "" && !props.privateDNS(service) {
		errs = append(errs, fmt.Errorf("PrivateDnsOnlyForInboundResolverEndpoint: used only where PrivateDnsEnabled is true, got %s", props.PrivateDnsOnlyForInboundResolverEndpoint))
	}
	if !service.aws && len(props.Policy) > 0 {
		errs = append(errs, fmt.Errorf("Policy: must be empty for a service that is not AWS's own, where endpoint policies do not apply, got one for %s", service.name))
	}
	if !service.aws && props.Verification.orDefault().Call != nil {
		errs = append(errs, fmt.Errorf("Verification.Call: must be empty for a service that is not AWS's own, got one for %s", service.name))
	}
	return errors.Join(errs...)
}

// checkServiceName refuses a name that is that of no service.
func checkServiceName(name string) error {
	if name == "" {
		return errors.New("Service: must have a name, got none")
	}
	if strings.Contains(name, regionMark) {
		return nil
	}
	return checkForm("Service", name, serviceForm, "the full name of a service such as com.amazonaws.eu-west-1.kms")
}

// checkInterfaceSubnets refuses subnets that one interface endpoint cannot have
// addresses in.
func checkInterfaceSubnets(stack awscdk.Stack, vpc ec2.IVpc, subnets []ec2.ISubnet, proving *VerificationProps) error {
	return errors.Join(
		checkSubnets(stack, vpc, subnets, proving),
		checkZones(locate(stack, subnets)),
	)
}

// checkZones allows an interface endpoint one subnet in each Availability Zone
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
func checkZones(at []location) error {
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
