package endpoint

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
)

// must panics with an error: constructors have no other way to fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// mustAsk is [ask] for a property. It panics where CDK refuses.
func mustAsk[T any](field string, get func() T) T {
	value, err := ask(get)
	if err != nil {
		panic(fmt.Errorf("%s: %w", field, err))
	}
	return value
}

// optional is a text that may be left out.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// sortedKeys are the keys in a fixed order.
func sortedKeys[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }

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

// checkIsolation refuses what only isolation reads, without it.
func checkIsolation(proving *VerificationProps) error {
	if proving.Isolated {
		return nil
	}
	var errs []error
	for _, field := range []struct {
		name string
		set  bool
	}{
		{"IsolatedSubnets", len(proving.IsolatedSubnets) > 0}, {"Ways", len(proving.Ways) > 0}, {"Public", len(proving.Public) > 0},
		{"Zones", len(proving.Zones) > 0}, {"OtherHost", proving.OtherHost != ""},
	} {
		if field.set {
			errs = append(errs, fmt.Errorf("Verification.%s: used only where Isolated is true, got Isolated false", field.name))
		}
	}
	return errors.Join(errs...)
}

// checkSubnets refuses an empty selection and subnets of another VPC.
func checkSubnets(stack awscdk.Stack, vpc ec2.IVpc, subnets []ec2.ISubnet, proving *VerificationProps) error {
	at := locate(stack, subnets)
	return errors.Join(
		checkAny(at),
		checkVpc(at, asJSON(known.Resolved(stack, known.VpcID(vpc)))),
		checkSet(stack, proving),
		checkPlaces(stack, proving.VantagePoints),
		checkIsolatedSubnets(stack, vpc, proving),
	)
}

// checkIsolatedSubnets refuses subnets of another VPC.
func checkIsolatedSubnets(stack awscdk.Stack, vpc ec2.IVpc, proving *VerificationProps) error {
	own := asJSON(known.Resolved(stack, known.VpcID(vpc)))
	var errs []error
	for _, p := range locate(stack, proving.IsolatedSubnets) {
		if p.vpc != "" && p.vpc != own {
			errs = append(errs, fmt.Errorf("Verification.IsolatedSubnets: must lie in the endpoint's VPC %s, got %s of the VPC %s", own, p.subnet, p.vpc))
		}
	}
	return errors.Join(errs...)
}

func checkAny(at []location) error {
	if len(at) == 0 {
		return errors.New("Subnets: at least one is required, got none")
	}
	return nil
}

func checkVpc(at []location, vpc string) error {
	var errs []error
	for _, p := range at {
		if p.vpc != "" && p.vpc != vpc {
			errs = append(errs, fmt.Errorf("Subnets: must lie in the endpoint's VPC %s, got %s of the VPC %s", vpc, p.subnet, p.vpc))
		}
	}
	return errors.Join(errs...)
}

// checkPlaces refuses vantage points whose subnet is known to lie in another VPC than
// they say: the prober's security group would be of the wrong one.
func checkPlaces(stack awscdk.Stack, points []verification.VantagePoint) error {
	var errs []error
	for i, point := range points {
		own := asJSON(known.Resolved(stack, known.VpcID(point.Vpc)))
		if at := locateOne(stack, point.Subnet); at.vpc != "" && at.vpc != own {
			errs = append(errs, fmt.Errorf("Verification.VantagePoints[%d].Subnet: must lie in its Vpc %s, got %s of the VPC %s", i, own, at.subnet, at.vpc))
		}
	}
	return errors.Join(errs...)
}
