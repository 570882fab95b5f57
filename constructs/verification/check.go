package verification

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"provenendpoints/proof"
)

// check returns everything that is wrong with the properties.
func check(props *Props) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	functions := map[string]string{}
	own := []proof.Claim{trustClaim("a role that is made later"), {ID: "Last", Kind: proof.Last, Stack: "a stack"}}
	for _, point := range props.VantagePoints {
		functions[point.Name] = "a function that is made later"
		at := place{}
		if point.Subnet != nil {
			at = place{subnet: "a subnet that is made later", group: "a group that is made later"}
		}
		own = append(own, proberClaims(point.Name, at)...)
	}
	if len(props.VantagePoints) > 0 {
		own = append(own, grantClaim("a role that is made later", nil))
	}
	if err := errors.Join(
		props.properties(functions, nil).Validate(),
		checkPoints(props.VantagePoints, props.Claims),
		checkGrant(props.Grant, props.VantagePoints),
		props.Schedule.check(),
	); err != nil {
		return err
	}
	return props.properties(functions, own).Validate()
}

func checkPoints(points []VantagePoint, claims []proof.Claim) error {
	var errs []error
	var names []string
	for i, point := range points {
		field := fmt.Sprintf("VantagePoints[%d]", i)
		if slices.Contains(names, point.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must differ from the others, got %q twice", field, point.Name))
		}
		names = append(names, point.Name)
		if (point.Vpc == nil) != (point.Subnet == nil) {
			errs = append(errs, fmt.Errorf("%s: must have both Vpc and Subnet, or neither to lie outside every VPC", field))
		}
		if slices.ContainsFunc(point.NetworkAcls, func(acl ec2.INetworkAcl) bool { return acl == nil }) {
			errs = append(errs, fmt.Errorf("%s.NetworkAcls: must have no empty places, got one", field))
		}
		if len(point.NetworkAcls) > 0 && point.Subnet == nil {
			errs = append(errs, fmt.Errorf("%s.NetworkAcls: used only with Subnet, got %d", field, len(point.NetworkAcls)))
		}
		if !slices.ContainsFunc(claims, func(c proof.Claim) bool { return c.From == point.Name }) {
			errs = append(errs, fmt.Errorf("%s.Name: no claim is measured from %q", field, point.Name))
		}
	}
	return errors.Join(errs...)
}

func checkGrant(grant *Grant, points []VantagePoint) error {
	if grant == nil {
		return nil
	}
	var errs []error
	for _, field := range [][2]string{{"Action", grant.Action}, {"Resource", grant.Resource}, {"Endpoint", grant.Endpoint}} {
		if field[1] == "" {
			errs = append(errs, fmt.Errorf("Grant.%s: required, got none", field[0]))
		}
	}
	if strings.Contains(grant.Action, "*") {
		errs = append(errs, fmt.Errorf("Grant.Action: must be one action without wildcards, got %q", grant.Action))
	}
	if len(points) == 0 {
		errs = append(errs, errors.New("Grant: needs a vantage point that uses it, got none"))
	}
	return errors.Join(errs...)
}
