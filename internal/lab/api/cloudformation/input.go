package cloudformation

import (
	"fmt"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/changeset"
)

// inputParameters are the parameters of the requests that bring a template. Topics are not
// notified: in the lab they deliver no messages. Empty lists come as their bare names.
var inputParameters = append([]string{
	"StackName", "TemplateBody", "TemplateURL", "UsePreviousTemplate", "Parameters", "Parameters.", "Tags", "Tags.", "Capabilities", "Capabilities.",
	"NotificationARNs", "NotificationARNs.", "RoleARN", "DisableRollback", "DisableValidation", "ClientRequestToken", "ClientToken",
}, modeParameters...)

// modeParameters say how a deployment goes on.
var modeParameters = []string{"DeploymentConfig.Mode", "DeploymentConfig.DisableRollback", "RetainExceptOnCreate"}

// checkMode refuses what the lab has one mode of.
func checkMode(r *api.Request) error {
	if mode := r.Form.Get("DeploymentConfig.Mode"); mode != "" && mode != "STANDARD" {
		return awserr.New("ValidationError", "the lab has no DeploymentConfig.Mode %s", mode)
	}
	_, err := boolean(r, "RetainExceptOnCreate")
	return err
}

func inputAnd(more ...string) []string { return append(slices.Clone(inputParameters), more...) }

// retains is RetainExceptOnCreate, which checkMode has read.
func retains(r *api.Request) bool {
	on, _ := boolean(r, "RetainExceptOnCreate")
	return on
}

// input reads them.
func input(r *api.Request) (changeset.Input, error) {
	in := changeset.Input{
		Stack: r.Form.Get("StackName"), Body: r.Form.Get("TemplateBody"), URL: r.Form.Get("TemplateURL"),
		Role: r.Form.Get("RoleARN"), Capabilities: r.List("Capabilities.member"), Parameters: map[string]string{},
	}
	if in.Stack == "" {
		return in, missing("stackName")
	}
	var err error
	if in.PreviousTemplate, err = boolean(r, "UsePreviousTemplate"); err != nil {
		return in, err
	}
	for _, name := range []string{"DisableRollback", "DeploymentConfig.DisableRollback"} {
		on, err := boolean(r, name)
		if err != nil {
			return in, err
		}
		in.NoRollback = in.NoRollback || on
	}
	switch on := r.Form.Get("OnFailure") + r.Form.Get("OnStackFailure"); on {
	case "", "ROLLBACK":
	case "DO_NOTHING":
		in.NoRollback = true
	case "DELETE":
		in.DeleteOnFailure = true
	default:
		return in, awserr.New("ValidationError", "the lab has no behaviour on failure %s", on)
	}
	if err := checkMode(r); err != nil {
		return in, err
	}
	in.RetainExceptOnCreate = retains(r)
	for i := 1; ; i++ {
		at := fmt.Sprintf("Parameters.member.%d.", i)
		name := r.Form.Get(at + "ParameterKey")
		if name == "" {
			break
		}
		previous, err := boolean(r, at+"UsePreviousValue")
		if err != nil {
			return in, err
		}
		if previous {
			in.PreviousParameters = append(in.PreviousParameters, name)
		} else {
			in.Parameters[name] = r.Form.Get(at + "ParameterValue")
		}
	}
	if r.Form.Has("Tags") || r.Form.Has("Tags.member.1.Key") {
		in.Tags = map[string]string{}
	}
	for i := 1; r.Form.Has(fmt.Sprintf("Tags.member.%d.Key", i)); i++ {
		in.Tags[r.Form.Get(fmt.Sprintf("Tags.member.%d.Key", i))] = r.Form.Get(fmt.Sprintf("Tags.member.%d.Value", i))
	}
	return in, nil
}

// boolean reads a parameter that is true or false; empty is false.
func boolean(r *api.Request, name string) (bool, error) {
	switch v := r.Form.Get(name); v {
	case "", "false", "False":
		return false, nil
	case "true", "True":
		return true, nil
	default:
		return false, awserr.New("ValidationError", "%s must be true or false, not %q", name, v)
	}
}

func missing(member string) error {
	return awserr.New("ValidationError", "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", member)
}
