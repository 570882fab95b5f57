// Package cloudformation is the API of CloudFormation: one file an operation.
// [Stacks] holds the stacks.
package cloudformation

import (
	"context"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/changeset"
)

// Stacks are the account's stacks.
type Stacks interface {
	// Stack finds a stack by its id, or one that is not deleted by its name.
	Stack(nameOrID string) (Stack, bool)
	// Stacks returns all that are not deleted.
	Stacks() []Stack
	// Template returns the template of a stack as it was sent: while an operation
	// is under way, that of the operation.
	Template(nameOrID string) []byte
	// Resources returns the resources of a stack, those that are to be deleted
	// included, by logical id.
	Resources(nameOrID string) []Resource
	// Metadata are those of a resource, as JSON; empty if it has none.
	Metadata(nameOrID, logicalID string) (string, error)
	// Drift compares resources of a stack with what there is, those named or all, and says
	// when it did.
	Drift(ctx context.Context, nameOrID string, logicalIDs ...string) ([]cfn.Drift, time.Time, error)
	// Signal tells a resource that waits for signals that a part of it, named uniqueID,
	// has succeeded or failed.
	Signal(nameOrID, logicalID, uniqueID string, success bool) error
}

// Resource is a resource of a stack.
type Resource struct {
	LogicalID, PhysicalID, Type, Status, Reason string
	// Updated is when its status changed last.
	Updated time.Time
}

// Stack is a CloudFormation stack as DescribeStacks describes it.
type Stack struct {
	// ID is the stack's ARN.
	ID, Name, Description string
	Status, StatusReason  string
	Created               time.Time
	// Updated and Deleted are zero if it was not.
	Updated, Deleted time.Time
	Outputs          []Output
	Parameters       map[string]string
	Tags             map[string]string
	// Policy is the stack policy's text; empty if it has none.
	Policy string
	// TerminationProtection keeps it from being deleted.
	TerminationProtection bool
	// RoleARN is the role that CloudFormation was given for it.
	RoleARN string
	// DisableRollback leaves what fails as it is.
	DisableRollback bool
}

// Output is a named value of a stack.
type Output struct{ Key, Value, Description, ExportName string }

// account is what the operations work on.
type account struct {
	stacks  Stacks
	control *changeset.Manager
	scope   awsid.Scope
	drifts  *detections
}

var cloudformation = api.QueryAPI[account]{
	Name: "cloudformation", Protocol: api.Query, Version: "2010-05-15", Namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
}

// Service is CloudFormation of an account. Without control, stacks can only be described.
func Service(stacks Stacks, control *changeset.Manager, scope awsid.Scope) api.Service {
	return cloudformation.Service(account{stacks, control, scope, &detections{latest: map[string]detection{}}})
}

// controls adds an operation of the account's control.
func controls(name string, parameters []string, run func(*changeset.Manager, *api.Request) (any, error)) {
	op := api.QueryOperation[account]{
		Name: name, Resource: stackResource, Parameters: parameters,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			if a.control == nil {
				return nil, awserr.New("InvalidAction", "the lab has no action %s", name)
			}
			return run(a.control, r)
		},
	}
	if slices.Contains(parameters, "RoleARN") {
		op.Passes = func(_ account, r *api.Request) string { return r.Form.Get("RoleARN") }
		op.PassedTo = "cloudformation.amazonaws.com"
	}
	cloudformation.Register(op)
}

// stackResource is the resource that a call is authorised on: a stack by its
// ARN, or any stack of the name, because CloudFormation authorises before it
// looks for the stack. (AWS's own AccessDenied messages show it: "on resource:
// arn:aws:cloudformation:…:stack/NAME/*", see aws/aws-cdk#7319.)
func stackResource(a account, r *api.Request) string {
	name := r.Form.Get("StackName")
	switch {
	case name == "":
		return a.scope.ARN("cloudformation", "stack/*/*")
	case strings.HasPrefix(name, "arn:"):
		return name
	}
	return a.scope.ARN("cloudformation", "stack/"+name+"/*")
}

// memberResource is that of the calls about one resource of a stack, whose name stands for
// its ARN: CDK gives instances with a CloudFormationInit permissions on the ARN of their
// stack, and they call by its name
// (github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/cfn-init.ts, with
// an integration test).
func memberResource(a account, r *api.Request) string {
	if s, ok := a.stacks.Stack(r.Form.Get("StackName")); ok && s.ID != "" {
		return s.ID
	}
	return stackResource(a, r)
}

// stack finds the stack that a request names.
func (a account) stack(name string) (Stack, error) {
	if s, ok := a.stacks.Stack(name); ok {
		return s, nil
	}
	return Stack{}, awserr.New("ValidationError", "Stack with id %s does not exist", name)
}
