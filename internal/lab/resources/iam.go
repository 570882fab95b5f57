package resources

import (
	"context"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/iam"
)

type inlinePolicy struct {
	PolicyName     string `cfn:"required"`
	PolicyDocument any    `cfn:"required"`
}

type roleProps struct {
	RoleName                 string `cfn:"replace"`
	Path                     string `cfn:"replace"`
	AssumeRolePolicyDocument any    `cfn:"required"`
	ManagedPolicyArns        []string
	Policies                 []inlinePolicy
	Description              string   `cfn:"inert"` // text for people
	MaxSessionDuration       *int     `cfn:"inert"` // no session in the lab lasts an hour
	Tags                     cfn.Tags `cfn:"inert"` // names for people; no policy here looks at tags
}

// validateRole checks the policies that the template writes out.
func validateRole(p map[string]any) cfn.Findings {
	f := checkPolicy("AssumeRolePolicyDocument", p["AssumeRolePolicyDocument"], iam.Trust)
	list, _ := p["Policies"].([]any)
	for i, e := range list {
		if policy, ok := e.(map[string]any); ok {
			f = append(f, checkPolicy(fmt.Sprintf("Policies[%d].PolicyDocument", i), policy["PolicyDocument"], iam.Identity)...)
		}
	}
	return f
}

// parsed are the role's policies, read.
type parsed struct {
	trust  iam.Policy
	inline map[string]iam.Policy
}

func (p roleProps) parse() (parsed, error) {
	out := parsed{inline: map[string]iam.Policy{}}
	var err error
	if out.trust, err = parsePolicy(p.AssumeRolePolicyDocument, iam.Trust); err != nil {
		return out, err
	}
	for _, policy := range p.Policies {
		if out.inline[policy.PolicyName], err = parsePolicy(policy.PolicyDocument, iam.Identity); err != nil {
			return out, fmt.Errorf("policy %s: %w", policy.PolicyName, err)
		}
	}
	return out, nil
}

// roleType is AWS::IAM::Role. Its Ref is the name.
func (r *Resources) roleType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[roleProps]{
		Attributes: []string{"Arn", "RoleId"},
		Validate:   validateRole,
		Create: func(_ context.Context, c cfn.Call[roleProps]) (cfn.Result, error) {
			policies, err := c.Props.parse()
			if err != nil {
				return cfn.Result{}, err
			}
			name := c.Props.RoleName
			if name == "" {
				name = r.name(c.Request, 64)
			}
			made, err := r.Cloud.CreateRole(cloud.Role{Name: name, Path: c.Props.Path, Trust: policies.trust})
			if err != nil {
				return cfn.Result{}, err
			}
			result := cfn.Result{PhysicalID: name, Attributes: map[string]any{"Arn": made.ARN, "RoleId": made.ID}}
			return result, r.furnish(name, roleProps{}, c.Props, policies)
		},
		Update: func(_ context.Context, c cfn.Call[roleProps]) (cfn.Result, error) {
			policies, err := c.Props.parse()
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Cloud.UpdateTrust(c.PhysicalID, policies.trust); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.furnish(c.PhysicalID, c.Old, c.Props, policies)
		},
		Delete: func(_ context.Context, c cfn.Call[roleProps]) error {
			if err := r.furnish(c.PhysicalID, c.Props, roleProps{}, parsed{}); err != nil {
				return ignoreGone(err)
			}
			return ignoreGone(r.Cloud.DeleteRole(c.PhysicalID))
		},
	})
}

// furnish gives a role the policies of its new properties and takes those of
// the old ones away.
func (r *Resources) furnish(name string, old, new roleProps, policies parsed) error {
	for policy, document := range policies.inline {
		if err := r.Cloud.PutRolePolicy(name, policy, document); err != nil {
			return err
		}
	}
	for _, policy := range old.Policies {
		if _, stays := policies.inline[policy.PolicyName]; stays {
			continue
		}
		if err := ignoreGone(r.Cloud.DeleteRolePolicy(name, policy.PolicyName)); err != nil {
			return err
		}
	}
	for _, arn := range new.ManagedPolicyArns {
		if err := r.Cloud.AttachRolePolicy(name, arn); err != nil {
			return err
		}
	}
	for _, arn := range old.ManagedPolicyArns {
		if slices.Contains(new.ManagedPolicyArns, arn) {
			continue
		}
		if err := ignoreGone(r.Cloud.DetachRolePolicy(name, arn)); err != nil {
			return err
		}
	}
	return nil
}

type policyProps struct {
	PolicyName     string   `cfn:"required"`
	PolicyDocument any      `cfn:"required"`
	Roles          []string `cfn:"required"`
}

// policyType is AWS::IAM::Policy: an inline policy in one or more roles.
func (r *Resources) policyType() cfn.ResourceType {
	put := func(p policyProps) error {
		document, err := parsePolicy(p.PolicyDocument, iam.Identity)
		if err != nil {
			return err
		}
		for _, role := range p.Roles {
			if err := r.Cloud.PutRolePolicy(role, p.PolicyName, document); err != nil {
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
			if err := ignoreGone(r.Cloud.DeleteRolePolicy(role, p.PolicyName)); err != nil {
				return err
			}
		}
		return nil
	}
	return cfn.Define(cfn.Kind[policyProps]{
		Attributes: []string{"Id"},
		Validate: func(p map[string]any) cfn.Findings {
			return checkPolicy("PolicyDocument", p["PolicyDocument"], iam.Identity)
		},
		Create: func(_ context.Context, c cfn.Call[policyProps]) (cfn.Result, error) {
			id := r.name(c.Request, 128)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, put(c.Props)
		},
		Update: func(_ context.Context, c cfn.Call[policyProps]) (cfn.Result, error) {
			if err := put(c.Props); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, remove(c.Old, c.Props)
		},
		Delete: func(_ context.Context, c cfn.Call[policyProps]) error { return remove(c.Props, policyProps{}) },
	})
}

type profileProps struct {
	InstanceProfileName string   `cfn:"replace"`
	Path                string   `cfn:"replace"`
	Roles               []string `cfn:"required"`
}

// profileType is AWS::IAM::InstanceProfile. Its Ref is the name. It holds a
// role whose credentials an instance would read from its metadata service,
// where nothing answers in the lab.
func (r *Resources) profileType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[profileProps]{
		Attributes: []string{"Arn"},
		Create: func(_ context.Context, c cfn.Call[profileProps]) (cfn.Result, error) {
			name := c.Props.InstanceProfileName
			if name == "" {
				name = r.name(c.Request, 128)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if r.profiles[name] {
				return cfn.Result{}, &cloud.Error{Code: "EntityAlreadyExists", Message: fmt.Sprintf("Instance Profile %s already exists.", name)}
			}
			r.profiles[name] = true
			path := c.Props.Path
			if path == "" {
				path = "/"
			}
			return cfn.Result{PhysicalID: name, Attributes: map[string]any{
				"Arn": fmt.Sprintf("arn:%s:iam::%s:instance-profile%s%s", r.Partition, r.Account, path, name),
			}}, nil
		},
		Update: func(context.Context, cfn.Call[profileProps]) (cfn.Result, error) { return cfn.Result{}, nil },
		Delete: func(_ context.Context, c cfn.Call[profileProps]) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.profiles, c.PhysicalID)
			return nil
		},
	})
}
