package iam

import (
	"context"
	"strings"

	"provenendpoints/internal/lab/api"
)

type attachedXML struct {
	ARN  string `xml:"PolicyArn"`
	Name string `xml:"PolicyName"`
}

// docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
func init() {
	service.Register(api.QueryOperation[account]{
		Name: "ListAttachedRolePolicies", Parameters: []string{"RoleName", "MaxItems"}, Resource: roleARN,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			role, err := a.role(r)
			answer := struct {
				page
				Attached []attachedXML `xml:"AttachedPolicies>member"`
			}{}
			for _, arn := range role.Attached {
				answer.Attached = append(answer.Attached, attachedXML{arn, arn[strings.LastIndex(arn, "/")+1:]})
			}
			return answer, err
		},
	})
}
