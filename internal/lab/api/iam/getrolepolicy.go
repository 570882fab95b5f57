package iam

import (
	"context"

	"provenendpoints/internal/lab/api"
)

// docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
func init() {
	service.Register(api.QueryOperation[account]{
		Name: "GetRolePolicy", Parameters: []string{"RoleName", "PolicyName"}, Resource: roleARN,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			role, name := r.Form.Get("RoleName"), r.Form.Get("PolicyName")
			policy, err := a.roles.InlinePolicy(role, name)
			return struct{ RoleName, PolicyName, PolicyDocument string }{role, name, document(policy)}, err
		},
	})
}
