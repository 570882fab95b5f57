package iam

import (
	"context"
	"maps"
	"slices"

	"provenendpoints/internal/lab/api"
)

// docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
func init() {
	service.Register(api.QueryOperation[account]{
		Name: "ListRolePolicies", Parameters: []string{"RoleName", "MaxItems"}, Resource: roleARN,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			role, err := a.role(r)
			return struct {
				page
				Names []string `xml:"PolicyNames>member"`
			}{Names: slices.Sorted(maps.Keys(role.Inline))}, err
		},
	})
}
