package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"provenendpoints/internal/lab/awserr"
)

// TargetAPI is a service of the AWS JSON protocols, where the header X-Amz-Target names the
// operation (smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). S is what its operations
// work on.
type TargetAPI[S any] struct {
	// Name is the service's.
	Name string
	// Prefix is the first part of its IAM actions where that is another. Default: Name.
	Prefix string
	// Target is the part of the header before the operation's name, without the dot.
	Target string

	operations map[string]targetOperation[S]
}

type targetOperation[S any] func(s S, r *Request) (*Operation, error)

// TargetOperation is an operation of a [TargetAPI] with the permission that it needs. Q is the
// Go struct of its request: other members are refused by name.
type TargetOperation[S, Q any] struct {
	// Name is the operation's. It needs the IAM action of its name. Required.
	Name string
	// Resource is the ARN that the call is authorised on. Default: "*".
	Resource func(S, Q) string
	// Keys are condition keys of the service. Default: none.
	Keys func(S, Q) map[string]string
	// Run does it and returns the result, which encoding/json writes. Required.
	Run func(context.Context, S, Q) (any, error)
}

// RegisterTarget adds an operation. The files of a service's package call it from init.
func RegisterTarget[S, Q any](t *TargetAPI[S], op TargetOperation[S, Q]) {
	if t.operations == nil {
		t.operations = map[string]targetOperation[S]{}
	}
	if _, twice := t.operations[op.Name]; twice || op.Name == "" || op.Run == nil {
		panic(fmt.Sprintf("api: %s: operation %q is registered twice, or has no name or no Run", t.Name, op.Name))
	}
	t.operations[op.Name] = func(s S, r *Request) (*Operation, error) {
		var q Q
		decoder := json.NewDecoder(bytes.NewReader(r.Body))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&q); err != nil {
			return nil, awserr.New("ValidationException", "%s: %v", op.Name, err)
		}
		out := &Operation{Action: cmp.Or(t.Prefix, t.Name) + ":" + op.Name, Resource: "*"}
		if op.Resource != nil {
			out.Resource = op.Resource(s, q)
		}
		if op.Keys != nil {
			out.Keys = op.Keys(s, q)
		}
		out.Run = func(ctx context.Context) (*Reply, error) {
			answer, err := op.Run(ctx, s, q)
			if err != nil {
				return nil, err
			}
			reply, err := ReplyJSON(answer)
			if err == nil {
				reply.Header.Set("Content-Type", "application/x-amz-json-1.1")
			}
			return reply, err
		}
		return out, nil
	}
}

// Service is the API with its operations working on s.
func (t *TargetAPI[S]) Service(s S) Service {
	return Service{Name: t.Name, Protocol: JSON, Route: func(r *Request) (*Operation, error) {
		name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), t.Target+".")
		op := t.operations[name]
		if !ok || op == nil || r.Method != http.MethodPost {
			return nil, awserr.New("UnknownOperationException", "the lab has no call %s of %s", r.Asks(), t.Name)
		}
		return op(s, r)
	}}
}
