package resources

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/roles"
)

func init() { register("AWS::IAM::Role", (*Resources).roleType) }

type inlinePolicy struct {
	PolicyName     string `cfn:"required"`
	PolicyDocument any    `cfn:"required"`
}

type roleProps struct {
	RoleName                 string `cfn:"replace"`
	Path                     string `cfn:"replace"`
	AssumeRolePolicyDocument any    `cfn:"required"`
	ManagedPolicyArns        []string
	PermissionsBoundary      string
	Policies                 []inlinePolicy
	Description              string   `cfn:"inert"` // text for people
	MaxSessionDuration       *int     `cfn:"inert"` // no session in the lab lasts an hour
	Tags                     cfn.Tags `cfn:"inert"` // names for people; no policy here looks at tags
}

// validateRole checks the policies that the template writes out.
func validateRole(p map[string]any) cfn.Findings {
	f := checkPolicy("AssumeRolePolicyDocument", p["AssumeRolePolicyDocument"], iam.TrustPolicy)
	list, _ := p["Policies"].([]any)
	for i, e := range list {
		if policy, ok := e.(map[string]any); ok {
			f = append(f, checkPolicy(fmt.Sprintf("Policies[%d].PolicyDocument", i), policy["PolicyDocument"], iam.IdentityPolicy)...)
		}
	}
	return f
}

// rolePolicies are the parsed policies of a role.
type rolePolicies struct {
	trust  iam.Policy
	inline map[string]iam.Policy
}

func (p roleProps) parse() (rolePolicies, error) {
	out := rolePolicies{inline: map[string]iam.Policy{}}
	var err error
	if out.trust, err = parsePolicy(p.AssumeRolePolicyDocument, iam.TrustPolicy); err != nil {
		return out, err
	}
	for _, policy := range p.Policies {
		if out.inline[policy.PolicyName], err = parsePolicy(policy.PolicyDocument, iam.IdentityPolicy); err != nil {
			return out, fmt.Errorf("policy %s: %w", policy.PolicyName, err)
		}
	}
	return out, nil
}

// unknownPolicies says which policies of a role permit nothing here, because the lab does
// not have their contents.
func (r *Resources) unknownPolicies(p roleProps, _ map[string]string) string {
	var names []string
	for _, arn := range p.ManagedPolicyArns {
		if r.Roles.UnknownManaged(arn) {
			names = append(names, policyName(arn))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "it permits nothing by " + strings.Join(names, ", ") + ", whose contents the lab does not have"
}

// roleType is AWS::IAM::Role. Its Ref is the name.
func (r *Resources) roleType() cfn.Definition[roleProps] {
	return cfn.Definition[roleProps]{
		Attributes: []string{"Arn", "RoleId"},
		Validate:   validateRole,
		Inert:      r.unknownPolicies,
		Create: func(_ context.Context, c cfn.TypedRequest[roleProps]) (cfn.Result, error) {
			policies, err := c.Props.parse()
			if err != nil {
				return cfn.Result{}, err
			}
			name := c.Props.RoleName
			if name == "" {
				name = r.name(c.Request, 64)
			}
			made, err := r.Roles.CreateRole(roles.Role{Name: name, Path: c.Props.Path, Trust: policies.trust, Boundary: c.Props.PermissionsBoundary})
			if err != nil {
				return cfn.Result{}, err
			}
			result := cfn.Result{PhysicalID: name, Attributes: map[string]any{"Arn": made.ARN, "RoleId": made.ID}}
			return result, r.provision(name, roleProps{}, c.Props, policies)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[roleProps]) (cfn.Result, error) {
			policies, err := c.Props.parse()
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Roles.UpdateTrust(c.PhysicalID, policies.trust); err != nil {
				return cfn.Result{}, err
			}
			if err := r.Roles.SetBoundary(c.PhysicalID, c.Props.PermissionsBoundary); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.provision(c.PhysicalID, c.Old, c.Props, policies)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[roleProps]) (roleProps, error) {
			now, err := find(r.Roles.Describe(), func(d roles.Described) bool { return d.Name == c.PhysicalID })
			if err != nil {
				return c.Props, err
			}
			p := c.Props
			p.AssumeRolePolicyDocument, p.ManagedPolicyArns, p.PermissionsBoundary, p.Policies = document(p.AssumeRolePolicyDocument, now.Trust), now.Attached, now.Boundary, nil
			for _, name := range slices.Sorted(maps.Keys(now.Inline)) {
				at := slices.IndexFunc(c.Props.Policies, func(x inlinePolicy) bool { return x.PolicyName == name })
				if at >= 0 {
					p.Policies = append(p.Policies, inlinePolicy{name, document(c.Props.Policies[at].PolicyDocument, now.Inline[name])})
				} else if !slices.ContainsFunc(besides[policyProps](c.Beside, "AWS::IAM::Policy"), func(x policyProps) bool { return x.PolicyName == name && slices.Contains(x.Roles, c.PhysicalID) }) {
					p.Policies = append(p.Policies, inlinePolicy{name, document(nil, now.Inline[name])})
				}
			}
			return p, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[roleProps]) error {
			if err := r.provision(c.PhysicalID, c.Props, roleProps{}, rolePolicies{}); err != nil {
				return ignoreGone(err)
			}
			return ignoreGone(r.Roles.DeleteRole(c.PhysicalID))
		},
	}
}

// provision gives a role the policies of its new properties and takes those of
// the old ones away.
func (r *Resources) provision(name string, old, new roleProps, policies rolePolicies) error {
	for policy, document := range policies.inline {
		if err := r.Roles.PutRolePolicy(name, policy, document); err != nil {
			return err
		}
	}
	for _, policy := range old.Policies {
		if _, stays := policies.inline[policy.PolicyName]; stays {
			continue
		}
		if err := ignoreGone(r.Roles.DeleteRolePolicy(name, policy.PolicyName)); err != nil {
			return err
		}
	}
	for _, arn := range new.ManagedPolicyArns {
		if err := r.Roles.AttachRolePolicy(name, arn); err != nil {
			return err
		}
	}
	for _, arn := range old.ManagedPolicyArns {
		if slices.Contains(new.ManagedPolicyArns, arn) {
			continue
		}
		if err := ignoreGone(r.Roles.DetachRolePolicy(name, arn)); err != nil {
			return err
		}
	}
	return nil
}
