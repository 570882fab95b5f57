// Package iam is the API of Identity and Access Management: one file an operation.
// The roles are in package roles; package internal/lab/iam evaluates policies.
package iam

import (
	"net/url"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/roles"
)

var service = api.QueryAPI[account]{
	Name: "iam", Protocol: api.Query, Version: "2010-05-08", Namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
}

// account is what the operations work on.
type account struct {
	roles *roles.Store
	scope awsid.Scope
}

// Service is IAM of an account.
func Service(store *roles.Store, scope awsid.Scope) api.Service {
	return service.Service(account{store, scope})
}

// roleARN is the role that a request names: IAM authorises on it
// (docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
func roleARN(a account, r *api.Request) string {
	name := r.Form.Get("RoleName")
	if role, err := a.roles.Role(name); err == nil {
		return role.ARN
	}
	return a.scope.GlobalARN("iam", "role/"+name)
}

// document is a policy as IAM answers it: JSON, escaped as RFC 3986 says
// (docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html).
func document(p iam.Policy) string { return url.PathEscape(p.Text()) }

// page is what an answer in one page says of the others.
type page struct{ IsTruncated bool }
