package resources

import (
	"context"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::IAM::InstanceProfile", (*Resources).instanceProfileType) }

type instanceProfileProps struct {
	InstanceProfileName string   `cfn:"replace"`
	Path                string   `cfn:"replace"`
	Roles               []string `cfn:"required"`
}

// instanceProfileType is AWS::IAM::InstanceProfile. Its Ref is the name. It holds a
// role whose credentials an instance reads from its metadata service.
func (r *Resources) instanceProfileType() cfn.Definition[instanceProfileProps] {
	return cfn.Definition[instanceProfileProps]{
		Attributes: []string{"Arn"},
		Create: func(_ context.Context, c cfn.TypedRequest[instanceProfileProps]) (cfn.Result, error) {
			name := c.Props.InstanceProfileName
			if name == "" {
				name = r.name(c.Request, 128)
			}
			if err := r.checkProfileRoles(c.Props.Roles); err != nil {
				return cfn.Result{}, err
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if _, taken := r.profiles[name]; taken {
				return cfn.Result{}, awserr.New("EntityAlreadyExists", "Instance Profile %s already exists.", name)
			}
			r.profiles[name] = firstOf(c.Props.Roles)
			path := c.Props.Path
			if path == "" {
				path = "/"
			}
			return cfn.Result{PhysicalID: name, Attributes: map[string]any{
				"Arn": r.Scope.GlobalARN("iam", "instance-profile"+path+name),
			}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[instanceProfileProps]) (cfn.Result, error) {
			err := r.checkProfileRoles(c.Props.Roles)
			if err == nil {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.profiles[c.PhysicalID] = firstOf(c.Props.Roles)
			}
			return cfn.Result{}, err
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[instanceProfileProps]) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.profiles, c.PhysicalID)
			return nil
		},
	}
}

// firstOf is the first of a list, or "".
func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// checkProfileRoles refuses roles that do not exist, and more than one
// (docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html).
func (r *Resources) checkProfileRoles(names []string) error {
	if len(names) > 1 {
		return awserr.New("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	for _, name := range names {
		if _, err := r.Roles.Role(name); err != nil {
			return err
		}
	}
	return nil
}

// checkProfile refuses an instance profile that does not exist.
func (r *Resources) checkProfile(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.profiles[name]; name != "" && !ok {
		return awserr.New("InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", name)
	}
	return nil
}
