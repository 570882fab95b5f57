// Package route53 is the API of Route 53: one file an operation. The lab's package
// route53 has the zones, and package privatelink those that
// endpoints with private DNS bring.
package route53

import (
	"context"
	"net/http"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/route53"
)

// account is what the operations describe.
type account struct {
	names *route53.Names
	link  *privatelink.PrivateLink
	scope awsid.Scope
}

// operation is an operation of the API, which is one on all resources.
type operation struct {
	// action is the IAM action without "route53:".
	action string
	// parameters are those that the lab knows; others are refused by name.
	parameters []string
	run        func(a account, r *api.Request) (*api.Reply, error)
}

// operations are the operations by method and path.
var operations = map[string]operation{}

// register adds an operation. The files of this package call it from init.
func register(at string, op operation) { operations[at] = op }

// Service is Route 53 of an account. Its errors look like those of the query protocol
// (docs.aws.amazon.com/Route53/latest/APIReference/requests-rest-responses.html).
func Service(names *route53.Names, link *privatelink.PrivateLink, scope awsid.Scope) api.Service {
	a := account{names, link, scope}
	return api.Service{Name: "route53", Protocol: api.Query, Route: func(r *api.Request) (*api.Operation, error) {
		op, ok := operations[r.Method+" "+r.URL.Path]
		if !ok {
			return nil, awserr.WithStatus(http.StatusNotFound, "UnknownOperationException", "the lab has no Route 53 call %s %s", r.Method, r.URL.Path)
		}
		for name := range r.URL.Query() {
			if !slices.Contains(op.parameters, name) {
				return nil, awserr.New("InvalidInput", "the lab does not know the parameter %s", name)
			}
		}
		return &api.Operation{Action: "route53:" + op.action, Resource: "*", Run: func(context.Context) (*api.Reply, error) { return op.run(a, r) }}, nil
	}}
}
