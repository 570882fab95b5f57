// Package sts is the API of the Security Token Service. The sessions are package roles'.
package sts

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
)

var sts = api.QueryAPI[awsid.Scope]{
	Name: "sts", Protocol: api.Query, Version: "2011-06-15", Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
}

// Service is STS of an account.
func Service(account awsid.Scope) api.Service { return sts.Service(account) }

// GetCallerIdentity needs no permission
// (docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func init() {
	sts.Register(api.QueryOperation[awsid.Scope]{
		Name: "GetCallerIdentity", NoPermission: true,
		Run: func(_ context.Context, account awsid.Scope, r *api.Request) (any, error) {
			return struct{ Arn, UserId, Account string }{r.Caller.ARN, r.Caller.UserID, account.Account}, nil
		},
	})
}
