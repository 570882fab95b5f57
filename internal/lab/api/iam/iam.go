// Package iam is the API of Identity and Access Management: one file an operation.
// The roles are in package roles; package internal/lab/iam evaluates policies.
package iam

import (
	"net/http"
	"net/url"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/replicas"
	"provenendpoints/internal/lab/roles"
)

var service = api.QueryAPI[account]{
	Name: "iam", Protocol: api.Query, Version: "2010-05-08", Namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
}

// account is what the operations work on.
type account struct {
	roles *roles.Store
	scope awsid.Scope
	reads *replicas.Reads // nil: what is there is seen
}

// Service is IAM of an account. Without reads every call sees what is there.
func Service(store *roles.Store, scope awsid.Scope, reads *replicas.Reads) api.Service {
	a := account{store, scope, reads}
	rolesSeen.Track(a, reads)
	return service.Service(a)
}

// rolesSeen are the roles that calls see.
var rolesSeen = replicas.Kind[account, roles.Described]{
	Name: "iam:roles", There: func(a account) []roles.Described { return a.roles.Describe() },
	ID: func(d roles.Described) string { return d.Name },
}

// role is the role that a request names, as its caller sees it.
func (a account) role(r *api.Request) (roles.Described, error) {
	name := r.Form.Get("RoleName")
	for _, d := range rolesSeen.Seen(a, a.reads, r.Caller) {
		if d.Name == name {
			return d, nil
		}
	}
	return roles.Described{}, awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role with name %s cannot be found.", name)
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
