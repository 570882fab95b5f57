package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
)

func init() { register("AWS::IAM::Policy", (*Resources).policyType) }

type policyProps struct {
	PolicyName     string `cfn:"required"`
	PolicyDocument any    `cfn:"required"`
	Roles          []string
	Users          []string `cfn:"inert"` // nobody signs as a user
	Groups         []string `cfn:"inert"` // nobody signs as a user
}

// policyType is AWS::IAM::Policy: an inline policy in roles, users and groups, of which there
// must be one
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html).
func (r *Resources) policyType() cfn.Definition[policyProps] {
	put := func(p policyProps) error {
		document, err := parsePolicy(p.PolicyDocument, iam.IdentityPolicy)
		if err != nil {
			return err
		}
		for _, role := range p.Roles {
			if err := r.Roles.PutRolePolicy(role, p.PolicyName, document); err != nil {
				return err
			}
		}
		return nil
	}
	// remove takes the policy of p out of the roles that do not have it by keep.
	remove := func(p, keep policyProps) error {
		for _, role := range p.Roles {
			if p.PolicyName == keep.PolicyName && slices.Contains(keep.Roles, role) {
				continue
			}
			if err := ignoreGone(r.Roles.DeleteRolePolicy(role, p.PolicyName)); err != nil {
				return err
			}
		}
		return nil
	}
	return cfn.Definition[policyProps]{
		Attributes: []string{"Id"},
		Validate: func(p map[string]any) cfn.Findings {
			f := checkPolicy("PolicyDocument", p["PolicyDocument"], iam.IdentityPolicy)
			if p["Roles"] == nil && p["Users"] == nil && p["Groups"] == nil {
				f = append(f, "at least one of the properties Roles, Users and Groups is required")
			}
			return f
		},
		Create: func(_ context.Context, c cfn.TypedRequest[policyProps]) (cfn.Result, error) {
			id := r.name(c.Request, 128)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, put(c.Props)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[policyProps]) (cfn.Result, error) {
			if err := put(c.Props); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, remove(c.Old, c.Props)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[policyProps]) (policyProps, error) {
			p := c.Props
			p.Roles = nil
			for _, d := range r.Roles.Describe() {
				if now, has := d.Inline[p.PolicyName]; has && slices.Contains(c.Props.Roles, d.Name) {
					p.Roles, p.PolicyDocument = append(p.Roles, d.Name), document(p.PolicyDocument, now)
				}
			}
			return there(cfn.TypedRequest[policyProps]{Props: p}, len(c.Props.Roles) == 0 || p.Roles != nil)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[policyProps]) error { return remove(c.Props, policyProps{}) },
	}
}
