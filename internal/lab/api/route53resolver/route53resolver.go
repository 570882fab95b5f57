// Package route53resolver is the API of Route 53 Resolver: one file an operation. The
// lab's package route53 has what it describes.
package route53resolver

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/route53"
)

// account is what the operations describe.
type account struct {
	names *route53.Names
	scope awsid.Scope
}

// operations are the operations by name. Policies cannot limit them to a resource.
var operations = map[string]func(a account, body []byte) (any, error){}

// register adds an operation with the Go struct of its request. The files of this
// package call it from init.
func register[Q any](name string, run func(a account, q Q) (any, error)) {
	operations[name] = func(a account, body []byte) (any, error) {
		var q Q
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&q); err != nil {
			return nil, awserr.New("ValidationException", "%v", err)
		}
		return run(a, q)
	}
}

// Service is Route 53 Resolver of an account.
func Service(names *route53.Names, scope awsid.Scope) api.Service {
	return api.Service{Name: "route53resolver", Protocol: api.JSON, Route: func(r *api.Request) (*api.Operation, error) {
		name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "Route53Resolver.")
		run, known := operations[name]
		if !ok || !known || r.Method != http.MethodPost {
			return nil, awserr.New("UnknownOperationException", "the lab has no Route 53 Resolver call %q", r.Header.Get("X-Amz-Target"))
		}
		return &api.Operation{Action: "route53resolver:" + name, Resource: "*", Run: func(context.Context) (*api.Reply, error) {
			answer, err := run(account{names, scope}, r.Body)
			if err != nil {
				return nil, err
			}
			return api.ReplyJSON(answer)
		}}, nil
	}}
}

// page is what the requests of all lists have. The lab answers in one page.
type page struct {
	MaxResults *int
	NextToken  string
}

func (p page) check() error {
	if p.NextToken != "" {
		return awserr.New("InvalidNextTokenException", "The token is not valid: the lab answers in one page")
	}
	return nil
}

// filter is a filter of a request: one of its values must match.
type filter struct {
	Name   string
	Values []string
}

// matches reports whether an object with these values passes all filters.
func matches(filters []filter, values map[string]string) (bool, error) {
	for _, f := range filters {
		value, known := values[f.Name]
		if !known {
			return false, awserr.New("InvalidParameterException", "The filter '%s' is invalid", f.Name)
		}
		if !slices.Contains(f.Values, value) {
			return false, nil
		}
	}
	return true, nil
}
