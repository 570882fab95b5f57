package endpoint

import (
	"errors"
	"fmt"

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
		errors.Join(checkNotifications(props.Notifications)...),
		checkCall(props.Verification.orDefault()),
	)
}

// checkForService refuses properties that the service does not support.
func checkForService(props *InterfaceProps, service serviceTraits) error {
	var errs []error
	if props.onlyInbound() && !props.privateDNS(service) {
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
