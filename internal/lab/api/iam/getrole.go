package iam

import (
	"context"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/roles"
)

// docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html, …/API_ListRoles.html
func init() {
	service.Register(api.QueryOperation[account]{
		Name: "GetRole", Parameters: []string{"RoleName"}, Resource: roleARN,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			role, err := a.role(r)
			if err != nil {
				return nil, err
			}
			return struct{ Role roleXML }{described(role.Role)}, nil
		},
	})
	service.Register(api.QueryOperation[account]{
		Name: "ListRoles", Parameters: []string{"PathPrefix", "MaxItems"},
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			var list []roleXML
			for _, role := range rolesSeen.Seen(a, a.reads, r.Caller) {
				if strings.HasPrefix(role.Path, r.Form.Get("PathPrefix")) {
					list = append(list, described(role.Role))
				}
			}
			return struct {
				page
				Roles []roleXML `xml:"Roles>member"`
			}{Roles: list}, nil
		},
	})
}

// described is a role in an answer. The lab does not keep when it was made.
func described(role roles.Role) roleXML {
	return roleXML{
		Path: role.Path, RoleName: role.Name, RoleID: role.ID, ARN: role.ARN, Trust: document(role.Trust),
		CreateDate: "2026-01-01T00:00:00Z",
	}
}

type roleXML struct {
	Path       string
	RoleName   string
	RoleID     string `xml:"RoleId"`
	ARN        string `xml:"Arn"`
	CreateDate string
	Trust      string `xml:"AssumeRolePolicyDocument"`
}
