package resources

import (
	"context"
	"errors"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
)

func init() { register("AWS::IAM::ManagedPolicy", (*Resources).managedPolicyType) }

type managedPolicyProps struct {
	ManagedPolicyName string `cfn:"replace"`
	Path              string `cfn:"replace"`
	Description       string `cfn:"inert,replace"` // text for people
	PolicyDocument    any    `cfn:"required"`
	Roles             []string
	Users             []string `cfn:"inert"` // nobody signs as a user
	Groups            []string `cfn:"inert"` // nobody signs as a user
}

// managedPolicyType is AWS::IAM::ManagedPolicy. Its Ref is the ARN.
func (r *Resources) managedPolicyType() cfn.Definition[managedPolicyProps] {
	put := func(name string, p managedPolicyProps) (string, error) {
		document, err := parsePolicy(p.PolicyDocument, iam.IdentityPolicy)
		if err != nil {
			return "", err
		}
		arn, err := r.Roles.CreatePolicy(p.Path, name, document)
		for _, role := range p.Roles {
			err = errors.Join(err, r.Roles.AttachRolePolicy(role, arn))
		}
		return arn, err
	}
	detach := func(arn string, from, keep []string) error {
		var errs []error
		for _, role := range from {
			if !slices.Contains(keep, role) {
				errs = append(errs, ignoreGone(r.Roles.DetachRolePolicy(role, arn)))
			}
		}
		return errors.Join(errs...)
	}
	nameOf := func(c cfn.TypedRequest[managedPolicyProps]) string {
		if c.Props.ManagedPolicyName != "" {
			return c.Props.ManagedPolicyName
		}
		return r.name(c.Request, 128)
	}
	return cfn.Definition[managedPolicyProps]{
		Attributes: []string{"PolicyArn"},
		Validate: func(p map[string]any) cfn.Findings {
			return checkPolicy("PolicyDocument", p["PolicyDocument"], iam.IdentityPolicy)
		},
		Create: func(_ context.Context, c cfn.TypedRequest[managedPolicyProps]) (cfn.Result, error) {
			arn, err := put(nameOf(c), c.Props)
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"PolicyArn": arn}}, err
		},
		Update: func(_ context.Context, c cfn.TypedRequest[managedPolicyProps]) (cfn.Result, error) {
			if _, err := put(policyName(c.PhysicalID), c.Props); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, detach(c.PhysicalID, c.Old.Roles, c.Props.Roles)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[managedPolicyProps]) error {
			if err := detach(c.PhysicalID, c.Props.Roles, nil); err != nil {
				return err
			}
			return ignoreGone(r.Roles.DeletePolicy(c.PhysicalID))
		},
	}
}
