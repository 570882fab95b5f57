package api

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// QueryAPI is a service of the Query or the EC2 protocol, where the parameter
// Action names the operation. S is what its operations work on.
//
// The parameters are read by hand: form decoders such as gorilla/schema count
// lists from 0, AWS from 1 (Filter.1.Value.1).
type QueryAPI[S any] struct {
	// Name is the service's. It is also the first part of its IAM actions.
	Name string
	// Protocol is Query or EC2.
	Protocol Protocol
	// Version is the one version of the API that the lab has, Namespace that of
	// its XML.
	Version, Namespace string

	operations map[string]QueryOperation[S]
}

// QueryOperation is an operation of a [QueryAPI], with the permission that it needs.
type QueryOperation[S any] struct {
	// Name is the Action parameter. Required.
	Name string
	// NoPermission operations are allowed to every authenticated caller. All
	// others need the IAM action of their name.
	NoPermission bool
	// Resource is the ARN that the call is authorised on. Default: "*", for
	// operations that policies cannot limit to a resource
	// (docs.aws.amazon.com/service-authorization/latest/reference/).
	Resource func(S, *Request) string
	// Keys are the service's condition keys. Default: there are none.
	Keys func(S, *Request) map[string]string
	// Assumes is the trust policy of the role that the call assumes; nil where there
	// is no such role. Default: it assumes none.
	Assumes func(S, *Request) *iam.Policy
	// Passes is the ARN of a role that is passed to the service PassedTo. Default: none.
	Passes   func(S, *Request) string
	PassedTo string
	// Parameters are those that the lab knows. A name that ends in a dot stands
	// for all that begin so. All others are refused by name.
	Parameters []string
	// ByInstance is the same as that of [Operation]. What the instance may ask about is
	// for Run to decide.
	ByInstance bool
	// Validate refuses requests before they are authorised. Optional.
	Validate func(*Request) error
	// Run does it and returns the result, which encoding/xml writes: in the
	// Query protocol inside of an element NAMEResult, in the EC2 protocol by
	// its own XMLName. Required.
	Run func(context.Context, S, *Request) (any, error)
}

// Register adds an operation. The files of a service's package call it from init.
func (q *QueryAPI[S]) Register(op QueryOperation[S]) {
	if q.operations == nil {
		q.operations = map[string]QueryOperation[S]{}
	}
	if _, twice := q.operations[op.Name]; twice || op.Name == "" || op.Run == nil {
		panic(fmt.Sprintf("api: %s: operation %q is registered twice, or has no name or no Run", q.Name, op.Name))
	}
	q.operations[op.Name] = op
}

// dryRun is the parameter of every operation of EC2 that asks whether the caller may make the
// call, and makes it not
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html).
const dryRun = "DryRun"

// Service is the API with its operations working on s.
func (q *QueryAPI[S]) Service(s S) Service {
	return Service{Name: q.Name, Protocol: q.Protocol, Route: func(r *Request) (*Operation, error) { return q.route(s, r) }}
}

func (q *QueryAPI[S]) route(s S, r *Request) (*Operation, error) {
	if err := r.readForm(); err != nil {
		return nil, err
	}
	action := r.Form.Get("Action")
	if action == "" {
		return nil, awserr.New("MissingAction", "The request is missing an action")
	}
	if v := r.Form.Get("Version"); v != q.Version {
		return nil, awserr.New("NoSuchVersion", "the lab has version %s of this API, not %q", q.Version, v)
	}
	op, ok := q.operations[action]
	if !ok {
		return nil, awserr.New("InvalidAction", "the lab has no action %s", action)
	}
	if op.Validate != nil {
		if err := op.Validate(r); err != nil {
			return nil, err
		}
	}
	known := op.Parameters
	if q.Protocol == EC2 {
		known = append(slices.Clip(known), dryRun)
	}
	if err := r.refuseUnknown(known); err != nil {
		return nil, err
	}
	out := &Operation{ByInstance: op.ByInstance, Run: func(ctx context.Context) (*Reply, error) {
		if q.Protocol == EC2 && r.Form.Get(dryRun) == "true" {
			return nil, awserr.WithStatus(http.StatusPreconditionFailed, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
		}
		result, err := op.Run(ctx, s, r)
		if err != nil {
			return nil, err
		}
		return q.reply(r, action, result)
	}}
	if op.NoPermission {
		return out, nil
	}
	out.Action, out.Resource = q.Name+":"+action, "*"
	if op.Resource != nil {
		out.Resource = op.Resource(s, r)
	}
	if op.Keys != nil {
		out.Keys = op.Keys(s, r)
	}
	if op.Assumes != nil {
		out.Assumes, out.Policy = true, op.Assumes(s, r)
	}
	if op.Passes != nil {
		out.Passes, out.PassedTo = op.Passes(s, r), op.PassedTo
	}
	return out, nil
}

// reply wraps a result as the protocol does.
func (q *QueryAPI[S]) reply(r *Request, action string, result any) (*Reply, error) {
	name := xml.Name{Space: q.Namespace, Local: action + "Response"}
	if q.Protocol == EC2 {
		return ReplyXML(struct {
			XMLName   xml.Name
			RequestID string `xml:"requestId"`
			Result    any
		}{XMLName: name, RequestID: r.ID, Result: result})
	}
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	return ReplyXML(struct {
		XMLName          xml.Name
		Result           element
		ResponseMetadata metadata
	}{name, element{action + "Result", result}, metadata{r.ID}})
}

// element is a value as an XML element of this name.
type element struct {
	name  string
	value any
}

// MarshalXML implements [xml.Marshaler].
func (n element) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(n.value, xml.StartElement{Name: xml.Name{Local: n.name}})
}

// readForm reads the parameters of a query protocol, from the body and the URL.
func (r *Request) readForm() error {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil || r.Method == http.MethodPost && len(r.Body) > 0 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return awserr.New("InvalidParameterValue", "the body is not form-encoded")
	}
	for name, values := range r.URL.Query() {
		form[name] = append(form[name], values...)
	}
	r.Form = form
	return nil
}

// refuseUnknown refuses the first parameter that is not known.
func (r *Request) refuseUnknown(known []string) error {
next:
	for _, name := range slices.Sorted(maps.Keys(r.Form)) {
		if name == "Action" || name == "Version" || strings.HasPrefix(name, "X-Amz-") {
			continue
		}
		for _, k := range known {
			if name == k || strings.HasSuffix(k, ".") && strings.HasPrefix(name, k) {
				continue next
			}
		}
		return awserr.New("UnknownParameter", "the lab does not know the parameter %s", name)
	}
	return nil
}

// List reads the parameters prefix.1, prefix.2, ….
func (r *Request) List(prefix string) []string {
	var out []string
	for i := 1; ; i++ {
		v, ok := r.Form[fmt.Sprintf("%s.%d", prefix, i)]
		if !ok {
			return out
		}
		out = append(out, v[0])
	}
}
