// Package api is the contract between the lab's AWS services and the front before
// them (package cloud): requests, operations, answers, wire protocols.
//
//	package cloud        connection, TLS, signature ──▶ Service.Route ──▶ Operation ──▶ allowed? ──▶ Operation.Run
//	packages below api   one service each: its operations, with the permission that each needs
//
// A service is a package below this one. An operation is one entry in one of its
// files: its name, the IAM action, the resource and the condition keys that it is
// authorised with, the parameters that it knows, and what it does. The front
// knows no operation, and an operation knows neither signatures nor policies.
//
// Why not the SDKs' own (de)serialisers: they only write requests and read
// answers. smithy's server generators exist for other languages than Go.
package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// Service is an AWS service.
type Service struct {
	// Name is what its endpoint and its signatures call it, such as ec2. Required.
	Name string
	// Protocol is how it writes errors.
	Protocol Protocol
	// Anonymous services also take requests without a signature. The policies
	// decide on them.
	Anonymous bool
	// Route finds the operation that a request asks for. It changes nothing.
	// Required.
	Route func(*Request) (*Operation, error)
	// Presigned authenticates a request that carries its signature in the URL.
	// Default: the service takes none.
	Presigned func(*Request) error
}

// Unimplemented is a service without operations: its endpoint answers and refuses
// every call, those without a signature as AWS does.
func Unimplemented(name string, protocol Protocol) Service {
	return Service{Name: name, Protocol: protocol, Anonymous: true, Route: func(r *Request) (*Operation, error) {
		if !r.Caller.Signed() {
			return nil, protocol.AuthError(MissingSignature)
		}
		return nil, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no calls of %s, and not %s", name, r.Asks())
	}}
}

// Request is an HTTP request to a service.
type Request struct {
	*http.Request
	// ID is the request's id, which the answer repeats.
	ID string
	// Body is all of it; the reader of the http.Request is at its end.
	Body []byte
	// Form holds the parameters of the query protocols.
	Form url.Values
	// Caller is who makes the request.
	Caller Caller
}

// Caller is who makes a request. The zero value is an anonymous caller: the request
// carries no signature.
type Caller struct {
	// ARN is that of the role's session or of the user, UserID its unique id.
	ARN, UserID string
	// Presigned requests are signed by AWS itself, in the URL.
	Presigned bool
	// Outside is true for a client outside of the lab. The lab's clock waits for it, and it
	// sees every change at once.
	Outside bool
	// Instance is the id of the instance whose identity document the request carries in
	// place of a signature, Stack the ARN of the stack that it belongs to.
	Instance, Stack string
}

// Signed reports whether the request carries the signature of a role's session.
func (c Caller) Signed() bool { return c.ARN != "" }

// Asks is what a request asks for, in any protocol: the operation's name where it has one,
// otherwise the method and the path.
func (r *Request) Asks() string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndex(target, ".")+1:]
	}
	if r.readForm() == nil && r.Form.Get("Action") != "" {
		return r.Form.Get("Action")
	}
	return r.Method + " " + r.URL.Path
}

// SignedURL is the URL as the client wrote it, with the host that it asked for.
func (r *Request) SignedURL() *url.URL {
	u := *r.URL
	u.Scheme, u.Host = "https", r.Host
	return &u
}

// Operation is what a request means: what must be allowed, and how it is done.
type Operation struct {
	// Action is the IAM action, such as ec2:DescribeVpcs. Empty: no permission
	// is needed.
	Action string
	// Resource is the ARN that the action is authorised on, or "*".
	Resource string
	// Keys are condition keys of the service, with their values.
	Keys map[string]string
	// Policy is that of the resource. Default: it has none.
	Policy *iam.Policy
	// Assumes says that Policy is the trust policy of a role that the call assumes: it
	// must allow the call, or there is no such role.
	Assumes bool
	// Passes is the ARN of a role that the caller passes to a service, by whose
	// principal PassedTo it goes: the caller needs iam:PassRole for it. Default: none
	// (docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
	Passes, PassedTo string
	// ByInstance admits instances that carry their identity in place of a signature.
	ByInstance bool
	// Run does it. Required.
	Run func(context.Context) (*Reply, error)
}

// Reply is a successful answer.
type Reply struct {
	// Status is the HTTP status. Default: 200.
	Status int
	Header http.Header
	Body   []byte
}
