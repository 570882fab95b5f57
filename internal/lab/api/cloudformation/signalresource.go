package cloudformation

import (
	"context"
	"net/http"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html
func init() {
	cloudformation.Register(api.QueryOperation[account]{
		Name: "SignalResource", Resource: memberResource, Parameters: []string{"StackName", "LogicalResourceId", "UniqueId", "Status"}, Run: signalResource,
		ByInstance: true,
	})
}

func signalResource(_ context.Context, a account, r *api.Request) (any, error) {
	s, err := a.stack(r.Form.Get("StackName"))
	if err == nil {
		err = own(s, r)
	}
	if err != nil {
		return nil, err
	}
	for _, member := range []string{"LogicalResourceId", "UniqueId"} {
		if r.Form.Get(member) == "" {
			return nil, missing(member)
		}
	}
	status := r.Form.Get("Status")
	if status != "SUCCESS" && status != "FAILURE" {
		return nil, awserr.New("ValidationError", "1 validation error detected: Value '%s' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [SUCCESS, FAILURE]", status)
	}
	if err := a.stacks.Signal(s.ID, r.Form.Get("LogicalResourceId"), r.Form.Get("UniqueId"), status == "SUCCESS"); err != nil {
		return nil, awserr.New("ValidationError", "%v", err)
	}
	return struct{}{}, nil
}

// own refuses an instance that asks about a stack that it does not belong to: without
// credentials, a call is limited to the instance's own stack
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-signal.html).
func own(s Stack, r *api.Request) error {
	if r.Caller.Instance == "" || r.Caller.Stack == s.ID {
		return nil
	}
	return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "%s does not belong to the stack %s, and the request carries no credentials", r.Caller.Instance, s.ID)
}
