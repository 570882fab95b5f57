package cloudformation

import (
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/changeset"
)

// The operations on a stack as a whole
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html and its like).
func init() {
	type stackID struct{ StackId string }
	controls("CreateStack", inputAnd("EnableTerminationProtection", "OnFailure"), func(m *changeset.Manager, r *api.Request) (any, error) {
		in, err := input(r)
		if err != nil {
			return nil, err
		}
		protected, err := boolean(r, "EnableTerminationProtection")
		if err != nil {
			return nil, err
		}
		id, err := m.Create(in, protected)
		return stackID{id}, err
	})
	controls("UpdateStack", inputAnd(), func(m *changeset.Manager, r *api.Request) (any, error) {
		in, err := input(r)
		if err != nil {
			return nil, err
		}
		id, err := m.Update(in)
		return stackID{id}, err
	})
	controls("DeleteStack", operationAnd("DeletionMode"), named(func(m *changeset.Manager, r *api.Request) (any, error) {
		if mode := r.Form.Get("DeletionMode"); mode != "" && mode != "STANDARD" {
			return nil, awserr.New("ValidationError", "the lab has no DeletionMode %s", mode)
		}
		return struct{}{}, m.Delete(r.Form.Get("StackName"))
	}))
	controls("ContinueUpdateRollback", operationAnd(), named(func(m *changeset.Manager, r *api.Request) (any, error) {
		return struct{}{}, m.Continue(r.Form.Get("StackName"))
	}))
	controls("RollbackStack", operationAnd(), named(func(m *changeset.Manager, r *api.Request) (any, error) {
		id, err := m.RollBack(r.Form.Get("StackName"), retains(r))
		return stackID{id}, err
	}))
	controls("UpdateTerminationProtection", []string{"StackName", "EnableTerminationProtection"}, named(func(m *changeset.Manager, r *api.Request) (any, error) {
		on, err := boolean(r, "EnableTerminationProtection")
		if err != nil {
			return nil, err
		}
		if err := m.Protect(r.Form.Get("StackName"), on); err != nil {
			return nil, err
		}
		info, _ := m.Engine.Stack(r.Form.Get("StackName"))
		return stackID{info.ID}, nil
	}))
}

// operationAnd are the parameters of the operations without a template.
func operationAnd(more ...string) []string {
	return slices.Concat([]string{"StackName", "RoleARN", "ClientRequestToken"}, modeParameters, more)
}

// named refuses requests without a stack's name, or for another mode than the lab has.
func named(run func(*changeset.Manager, *api.Request) (any, error)) func(*changeset.Manager, *api.Request) (any, error) {
	return func(m *changeset.Manager, r *api.Request) (any, error) {
		if err := checkMode(r); err != nil {
			return nil, err
		}
		if r.Form.Get("StackName") == "" {
			return nil, missing("stackName")
		}
		return run(m, r)
	}
}
