// Package lambda is the API of Lambda: one file an operation. [Functions] runs
// the functions.
package lambda

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/iam"
)

// Functions runs functions; [functions.Service] does.
type Functions interface {
	// Invoke runs a function and waits for its answer. Its error is an
	// [awserr.Error] or that of ctx.
	Invoke(ctx context.Context, nameOrARN string, payload []byte) (functions.Answer, error)
	// InvokeEvent puts an event into a function's queue.
	InvokeEvent(nameOrARN string, payload []byte) error
	// Config returns what a function was made with.
	Config(nameOrARN string) (functions.Config, error)
	// Update gives a function what it is made with from now on.
	Update(functions.Config) error
	// Pending reports whether a function cannot be invoked yet.
	Pending(nameOrARN string) bool
	// Policy is the resource policy of a function, a version or an alias; nil if it has none.
	Policy(nameOrARN string) *iam.Policy
	// Names returns the names of all functions, in order, and ARN that of one.
	Names() []string
	ARN(name string) string
}

// operation is an operation on a function. Its IAM action is authorised on the
// function's ARN.
type operation struct {
	// action is the IAM action without "lambda:".
	action string
	// validate refuses requests before they are authorised. Optional.
	validate func(r *api.Request) error
	run      func(ctx context.Context, f Functions, arn string, r *api.Request) (*api.Reply, error)
}

// operations are the operations by method and last part of the path:
// /2015-03-31/functions/NAME/PART. http.ServeMux would match such paths, but it
// answers by itself what it does not know, in words that are not Lambda's.
var operations = map[string]operation{}

// Service is Lambda of an account.
func Service(f Functions, scope awsid.Scope) api.Service {
	return api.Service{Name: "lambda", Protocol: api.JSON, Route: func(r *api.Request) (*api.Operation, error) {
		return route(f, scope, r)
	}}
}

func route(f Functions, scope awsid.Scope, r *api.Request) (*api.Operation, error) {
	if r.Method == http.MethodGet && strings.TrimSuffix(r.URL.Path, "/") == "/2015-03-31/functions" {
		return &api.Operation{Action: "lambda:ListFunctions", Resource: "*", Run: func(context.Context) (*api.Reply, error) { return listFunctions(f) }}, nil
	}
	rest, isFunction := strings.CutPrefix(r.URL.EscapedPath(), "/2015-03-31/functions/")
	name, part, _ := strings.Cut(rest, "/")
	name, err := url.PathUnescape(name)
	if err != nil {
		return nil, awserr.New("InvalidParameterValueException", "%v", err)
	}
	op, known := operations[r.Method+" "+part]
	if !isFunction || !known {
		return nil, awserr.WithStatus(http.StatusNotFound, "UnknownOperationException", "the lab has no Lambda call %s %s", r.Method, r.URL.Path)
	}
	if op.validate != nil {
		if err := op.validate(r); err != nil {
			return nil, err
		}
	}
	arn := name
	if !strings.HasPrefix(arn, "arn:") {
		arn = scope.ARN("lambda", "function:"+name)
	}
	if q := r.URL.Query().Get("Qualifier"); q != "" && q != "$LATEST" {
		arn += ":" + q
	}
	return &api.Operation{Action: "lambda:" + op.action, Resource: arn, Policy: f.Policy(arn), Run: func(ctx context.Context) (*api.Reply, error) {
		reply, err := op.run(ctx, f, arn, r)
		if err != nil && awserr.Code(err) == "" {
			err = awserr.WithStatus(http.StatusInternalServerError, "ServiceException", "%v", err)
		}
		return reply, err
	}}, nil
}

// register adds an operation. The files of this package call it from init.
func register(method, part string, op operation) {
	at := method + " " + part
	if _, twice := operations[at]; twice {
		panic(fmt.Sprintf("lambda: %s is registered twice", at))
	}
	operations[at] = op
}
