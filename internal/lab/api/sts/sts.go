// Package sts is the API of the Security Token Service: one file an operation. The
// sessions are package roles'.
package sts

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/proof"
)

// account is what the operations work on.
type account struct {
	roles *roles.Store
	scope awsid.Scope
	clock proof.Clock
}

var sts = api.QueryAPI[account]{
	Name: "sts", Protocol: api.Query, Version: "2011-06-15", Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
}

// Service is STS of an account.
func Service(store *roles.Store, scope awsid.Scope, clock proof.Clock) api.Service {
	return sts.Service(account{store, scope, clock})
}

// GetCallerIdentity needs no permission
// (docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func init() {
	sts.Register(api.QueryOperation[account]{
		Name: "GetCallerIdentity", NoPermission: true,
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			return struct{ Arn, UserId, Account string }{r.Caller.ARN, r.Caller.UserID, a.scope.Account}, nil
		},
	})
}
