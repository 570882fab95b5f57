package iam

import (
	"context"
	"net/http"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
func init() {
	service.Register(api.QueryOperation[account]{
		Name: "GetRolePolicy", Parameters: []string{"RoleName", "PolicyName"}, Resource: roleARN,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			role, err := a.role(r)
			if err != nil {
				return nil, err
			}
			name := r.Form.Get("PolicyName")
			policy, ok := role.Inline[name]
			if !ok {
				return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role policy with name %s cannot be found.", name)
			}
			return struct{ RoleName, PolicyName, PolicyDocument string }{role.Name, name, document(policy)}, nil
		},
	})
}
