package verification

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/constructs-go/constructs/v10"

	"provenendpoints/proof"
)

// check returns everything that is wrong with the properties.
func check(props *Props) error {
	if props == nil {
		return errors.New("props: required, got none")
	}
	var errs []error
	if props.Subject == "" {
		errs = append(errs, errors.New("Subject: required, got none"))
	}
	errs = append(errs,
		checkTimeLimit(props.TimeLimit),
		checkPoints(props.VantagePoints, props.Claims),
		checkClaims(props.Claims, props.VantagePoints),
		checkGrant(props.Grant, props.VantagePoints),
	)
	return errors.Join(errs...)
}

func checkTimeLimit(limit time.Duration) error {
	const least = 10 * time.Second
	switch {
	case limit == 0:
		return nil
	case limit < least || limit > MaxTimeLimit || limit%time.Second != 0:
		return fmt.Errorf("TimeLimit: must be whole seconds from %s to %s, got %s", least, MaxTimeLimit, limit)
	}
	return nil
}

func checkPoints(points []VantagePoint, claims []proof.Claim) error {
	var errs []error
	var names []string
	for i, point := range points {
		field := fmt.Sprintf("VantagePoints[%d]", i)
		if !nameForm.MatchString(point.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must be 1 to 32 letters and digits, got %q", field, point.Name))
		}
		if slices.Contains(names, point.Name) {
			errs = append(errs, fmt.Errorf("%s.Name: must differ from the others, got %q twice", field, point.Name))
		}
		names = append(names, point.Name)
		if (point.Vpc == nil) != (point.Subnet == nil) {
			errs = append(errs, fmt.Errorf("%s: must have both Vpc and Subnet, or neither to lie outside every VPC", field))
		}
		if !slices.ContainsFunc(claims, func(c proof.Claim) bool { return c.From == point.Name }) {
			errs = append(errs, fmt.Errorf("%s.Name: no claim is measured from %q", field, point.Name))
		}
	}
	return errors.Join(errs...)
}

func checkClaims(claims []proof.Claim, points []VantagePoint) error {
	if len(claims) == 0 {
		return errors.New("Claims: at least one is required, since nothing claimed is nothing proved")
	}
	var errs []error
	seen := map[string]bool{}
	for _, point := range points {
		seen[point.Name+placedSuffix] = true
	}
	for _, claim := range claims {
		errs = append(errs, claim.Validate())
		if seen[claim.ID] {
			errs = append(errs, fmt.Errorf("claim %s: Id: must differ from the others, got it twice", claim.ID))
		}
		seen[claim.ID] = true
		if claim.From != "" && !slices.ContainsFunc(points, func(p VantagePoint) bool { return p.Name == claim.From }) {
			errs = append(errs, fmt.Errorf("claim %s: From: must be the name of a vantage point, got %q", claim.ID, claim.From))
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

// checkWatch refuses a construct that contains the verification: the resource
// would have to wait for itself.
func checkWatch(path string, watched []constructs.IConstruct) error {
	for i, construct := range watched {
		if construct == nil {
			return fmt.Errorf("Watch[%d]: required, got none", i)
		}
		other := *construct.Node().Path()
		if other == "" || path == other || strings.HasPrefix(path, other+"/") {
			return fmt.Errorf("Watch[%d]: must not contain the verification %s, got %q", i, path, other)
		}
	}
	return nil
}
