package resources

import (
	"context"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/roles"
)

func init() { register("AWS::IAM::RolePolicy", (*Resources).rolePolicyType) }

type rolePolicyProps struct {
	PolicyName     string `cfn:"required,replace"`
	RoleName       string `cfn:"required,replace"`
	PolicyDocument any
}

// rolePolicyType is AWS::IAM::RolePolicy: an inline policy in one role.
func (r *Resources) rolePolicyType() cfn.Definition[rolePolicyProps] {
	put := func(p rolePolicyProps) error {
		document, err := parsePolicy(p.PolicyDocument, iam.IdentityPolicy)
		if err != nil {
			return err
		}
		return r.Roles.PutRolePolicy(p.RoleName, p.PolicyName, document)
	}
	return cfn.Definition[rolePolicyProps]{
		Validate: func(p map[string]any) cfn.Findings {
			return checkPolicy("PolicyDocument", p["PolicyDocument"], iam.IdentityPolicy)
		},
		Create: func(_ context.Context, c cfn.TypedRequest[rolePolicyProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.PolicyName + "|" + c.Props.RoleName}, put(c.Props)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[rolePolicyProps]) (cfn.Result, error) {
			return cfn.Result{}, put(c.Props)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[rolePolicyProps]) (rolePolicyProps, error) {
			now, err := find(r.Roles.Describe(), func(d roles.Described) bool { return d.Name == c.Props.RoleName })
			policy, has := now.Inline[c.Props.PolicyName]
			if err != nil || !has {
				return c.Props, errGone
			}
			p := c.Props
			p.PolicyDocument = document(p.PolicyDocument, policy)
			return p, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[rolePolicyProps]) error {
			return ignoreGone(r.Roles.DeleteRolePolicy(c.Props.RoleName, c.Props.PolicyName))
		},
	}
}

// policyName is the name at the end of a policy's ARN.
func policyName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
