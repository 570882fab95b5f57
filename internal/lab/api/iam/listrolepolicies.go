package iam

import (
	"context"

	"provenendpoints/internal/lab/api"
)

// docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
func init() {
	service.Register(api.QueryOperation[account]{
		Name: "ListRolePolicies", Parameters: []string{"RoleName", "MaxItems"}, Resource: roleARN,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			names, err := a.roles.PolicyNames(r.Form.Get("RoleName"))
			return struct {
				page
				Names []string `xml:"PolicyNames>member"`
			}{Names: names}, err
		},
	})
}
