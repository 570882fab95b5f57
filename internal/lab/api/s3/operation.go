package s3

import (
	"context"
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// level is the kind of resource that an operation is for.
type level string

const (
	onAccount level = "on an account"
	onBucket  level = "on a bucket"
	onObject  level = "on an object"
)

// operation is an operation of the S3 API.
type operation struct {
	// name is the API's.
	name string
	// action is the IAM action without "s3:".
	action string
	// methods and level choose the operation, and so does marker: a parameter
	// that must be there, such as location, or with its value, such as
	// list-type=2. Default: none.
	methods []string
	level   level
	marker  string
	// parameters are those that the lab knows; others are refused by name.
	parameters []string
	// keys are the parameters that are condition keys as well.
	keys []string
	// objects says that an operation on a bucket is authorised on its objects.
	objects bool
	// makes says that the bucket need not exist.
	makes bool
	// run does it. On a bucket or an object, b is the bucket, locked.
	run func(s *Store, b *bucket, t target, r *api.Request) (*api.Reply, error)
}

// marked reports whether the operation has a marker and the parameters hold it.
func (op operation) marked(query url.Values) bool {
	name, value, exact := strings.Cut(op.marker, "=")
	return op.marker != "" && query.Has(name) && (!exact || query.Get(name) == value)
}

// operations are those that the lab has. The files of this package fill it from init.
var operations []operation

func register(op operation) { operations = append(operations, op) }

// target is the bucket and the object that a request is about.
type target struct{ bucket, key string }

func (t target) level() level {
	switch {
	case t.key != "":
		return onObject
	case t.bucket != "":
		return onBucket
	}
	return onAccount
}

// target takes apart virtual-hosted and path-style addresses, at the service's
// own name and at an endpoint's, whose names begin with bucket.
// (docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html,
// …/privatelink-interface-endpoints.html#accessing-s3-interface-endpoints).
func (s *Store) target(r *api.Request) (t target) {
	host, path := hostOf(r), strings.TrimPrefix(r.URL.Path, "/")
	if front, ok := strings.CutSuffix(host, ".s3."+s.Scope.Region+".vpce.amazonaws.com"); ok {
		if i := strings.Index("."+front, ".vpce-"); i > 0 {
			t.bucket = strings.TrimSuffix(strings.TrimSuffix(front[:i-1], "bucket"), ".")
		}
	} else if front, ok := strings.CutSuffix(host, ".s3."+s.Scope.Region+".amazonaws.com"); ok {
		t.bucket = front
	} else if front, ok := strings.CutSuffix(host, ".s3.amazonaws.com"); ok {
		t.bucket = front
	} else if front, ok := strings.CutSuffix(host, ".localhost"); ok {
		t.bucket = s.localBucket(front)
	}
	if t.bucket != "" {
		t.key = path
		return t
	}
	t.bucket, t.key, _ = strings.Cut(path, "/")
	return t
}

// localBucket is the bucket of a virtual-hosted address below localhost, which every machine
// knows as its own (RFC 6761): BUCKET.localhost, BUCKET.s3.localhost, BUCKET.s3.REGION.localhost.
func (s *Store) localBucket(front string) string {
	for _, service := range []string{"s3." + s.Scope.Region, "s3"} {
		if front == service {
			return ""
		}
		if bucket, ok := strings.CutSuffix(front, "."+service); ok {
			return bucket
		}
	}
	return front
}

// hostOf is the host that a request is for, in small letters and without a port.
func hostOf(r *api.Request) string {
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(host, ".")
}

// route finds the operation of a request.
func (s *Store) route(r *api.Request) (*api.Operation, error) {
	t := s.target(r)
	if r.Caller.Presigned {
		return s.routePresigned(r, t)
	}
	if t.level() == onAccount && !r.Caller.Signed() && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		// Without credentials S3 leads to its product page.
		return &api.Operation{Run: func(context.Context) (*api.Reply, error) {
			return &api.Reply{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://aws.amazon.com/s3/"}}}, nil
		}}, nil
	}
	query := r.URL.Query()
	op, err := find(t.level(), r.Method, query)
	if err != nil {
		return nil, err
	}
	out := &api.Operation{Action: "s3:" + op.action, Resource: "*"}
	if t.level() == onAccount {
		out.Run = func(context.Context) (*api.Reply, error) { return op.run(s, nil, t, r) }
		return out, nil
	}
	out.Resource = s.Scope.Bucket(t.bucket)
	if t.key != "" {
		out.Resource += "/" + t.key
	} else if op.objects {
		out.Resource += "/*"
	}
	out.Keys = map[string]string{"s3:ResourceAccount": s.Scope.Account}
	for _, parameter := range op.keys {
		if query.Has(parameter) {
			out.Keys["s3:"+parameter] = query.Get(parameter)
		}
	}
	headerKeys(r, out.Keys)
	out.Policy = s.policy(t.bucket)
	out.Run = func(context.Context) (*api.Reply, error) {
		s.buckets.mu.Lock()
		defer s.buckets.mu.Unlock()
		b := s.buckets.byName[t.bucket]
		if b == nil && !op.makes {
			return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		}
		return op.run(s, b, t, r)
	}
	return out, nil
}

// headerKeys sets the condition keys that are headers of the request, and the version of TLS
// (docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
func headerKeys(r *api.Request, keys map[string]string) {
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Amz-") {
			keys["s3:"+strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	if r.Caller.Signed() {
		keys["s3:signatureversion"], keys["s3:authType"] = "AWS4-HMAC-SHA256", "REST-HEADER"
	}
	if r.TLS != nil {
		keys["s3:TlsVersion"] = strings.TrimPrefix(tls.VersionName(r.TLS.Version), "TLS ")
	}
}

// find chooses an operation.
func find(at level, method string, query url.Values) (operation, error) {
	var known []string // parameters of all operations at the level
	var names []string
	var found *operation
	methodKnown := false
	for _, op := range operations {
		if op.level != at {
			continue
		}
		names = append(names, op.name)
		known = append(known, op.parameters...)
		if !slices.Contains(op.methods, method) {
			continue
		}
		methodKnown = methodKnown || op.marker == ""
		if found == nil && op.marker == "" || op.marked(query) {
			found = &op
		}
	}
	for _, parameter := range slices.Sorted(maps.Keys(query)) {
		if at != onAccount && !slices.Contains(known, parameter) {
			return operation{}, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no S3 call with the parameter %s", parameter)
		}
	}
	switch {
	case found != nil:
		return *found, nil
	case at == onBucket || methodKnown:
		slices.Sort(names)
		return operation{}, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no S3 call %s %s, besides %s", method, at, strings.Join(names, ", "))
	}
	return operation{}, awserr.WithStatus(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
}
