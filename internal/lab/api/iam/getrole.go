package iam

import (
	"context"

	"provenendpoints/internal/lab/api"
)

// docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
func init() {
	service.Register(api.QueryOperation[account]{
		Name: "GetRole", Parameters: []string{"RoleName"}, Resource: roleARN,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			role, err := a.roles.Role(r.Form.Get("RoleName"))
			if err != nil {
				return nil, err
			}
			return struct{ Role roleXML }{roleXML{
				Path: role.Path, RoleName: role.Name, RoleID: role.ID, ARN: role.ARN, Trust: document(role.Trust),
				CreateDate: "2026-01-01T00:00:00Z",
			}}, nil
		},
	})
}

type roleXML struct {
	Path       string
	RoleName   string
	RoleID     string `xml:"RoleId"`
	ARN        string `xml:"Arn"`
	CreateDate string
	Trust      string `xml:"AssumeRolePolicyDocument"`
}
