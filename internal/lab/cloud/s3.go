package cloud

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// buckets are the account's buckets.
type buckets struct {
	mu     sync.Mutex
	byName map[string]*bucket
}

type bucket struct {
	policy  *history
	objects map[string]object
	created time.Time
}

type object struct {
	data     []byte
	etag     string
	kind     string // Content-Type
	modified time.Time
}

func (b *buckets) init() { b.byName = map[string]*bucket{} }

// CreateBucket makes a bucket in the Region.
func (c *Cloud) CreateBucket(name string) error {
	if len(name) < 3 || len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return awserr.New("InvalidBucketName", "The specified bucket is not valid: %q", name)
	}
	c.buckets.mu.Lock()
	defer c.buckets.mu.Unlock()
	if c.buckets.byName[name] != nil {
		return awserr.WithStatus(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it: %s", name)
	}
	if name == c.mailboxBucket(WaitMailbox) || name == c.mailboxBucket(ResponseMailbox) {
		return awserr.WithStatus(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available: %s", name)
	}
	c.buckets.byName[name] = &bucket{policy: new(history), objects: map[string]object{}, created: c.clock.Now()}
	return nil
}

// DeleteBucket deletes a bucket, which must be empty.
func (c *Cloud) DeleteBucket(name string) error {
	return c.withBucket(name, func(b *bucket) error {
		if len(b.objects) > 0 {
			return awserr.WithStatus(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty: %s", name)
		}
		delete(c.buckets.byName, name)
		return nil
	})
}

// Buckets returns the names of the buckets, sorted.
func (c *Cloud) Buckets() []string {
	c.buckets.mu.Lock()
	defer c.buckets.mu.Unlock()
	return slices.Sorted(maps.Keys(c.buckets.byName))
}

// PutBucketPolicy sets a bucket's policy; nil removes it. It takes effect after
// [Faults.PolicyDelay].
func (c *Cloud) PutBucketPolicy(name string, p *iam.Policy) error {
	if p != nil {
		if err := p.ValidateFor(iam.ResourcePolicy); err != nil {
			return awserr.New("MalformedPolicy", "%v", err)
		}
	}
	return c.withBucket(name, func(b *bucket) error {
		b.policy.put(p, c.clock.Now().Add(c.faults.PolicyDelay))
		return nil
	})
}

func (c *Cloud) withBucket(name string, do func(*bucket) error) error {
	c.buckets.mu.Lock()
	defer c.buckets.mu.Unlock()
	b := c.buckets.byName[name]
	if b == nil {
		return awserr.WithStatus(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist: %s", name)
	}
	return do(b)
}

// bucketAndKey takes apart the virtual-hosted and the path style, at the
// service's own name and at an endpoint's, whose names begin with bucket.
// (docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html,
// …/privatelink-interface-endpoints.html#accessing-s3-interface-endpoints).
func (c *Cloud) bucketAndKey(r *request) (bucket, key string) {
	host, path := bareHost(r.Request), strings.TrimPrefix(r.URL.Path, "/")
	if front, ok := strings.CutSuffix(host, ".s3."+c.scope.Region+".vpce.amazonaws.com"); ok {
		if i := strings.Index("."+front, ".vpce-"); i > 0 {
			bucket = strings.TrimSuffix(strings.TrimSuffix(front[:i-1], "bucket"), ".")
		}
	} else if front, ok := strings.CutSuffix(host, ".s3."+c.scope.Region+".amazonaws.com"); ok {
		bucket = front
	}
	if bucket != "" {
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// planS3 reads an S3 request.
func planS3(c *Cloud, r *request) (*operation, error) {
	name, key := c.bucketAndKey(r)
	if m := r.caller.presigned; m != nil {
		return c.planMailbox(r, m)
	}
	if name == "" {
		return c.planListBuckets(r)
	}
	c.buckets.mu.Lock()
	b := c.buckets.byName[name]
	c.buckets.mu.Unlock()
	op := &operation{resource: c.scope.Bucket(name), context: map[string]string{"s3:ResourceAccount": c.scope.Account}}
	if b != nil {
		op.policy = b.policy.at(c.clock.Now())
	}
	query := r.URL.Query()
	if key != "" {
		return op, c.planObject(r, op, name, key)
	}
	for parameter := range query {
		switch parameter {
		case "list-type", "prefix", "delimiter", "max-keys", "start-after", "continuation-token", "encoding-type", "fetch-owner", "x-id":
		default:
			return nil, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no S3 call with the parameter %s", parameter)
		}
	}
	switch {
	case r.Method == http.MethodHead:
		op.action = "s3:ListBucket"
		op.run = c.onBucket(name, func(*bucket) (*reply, error) {
			return &reply{header: http.Header{"X-Amz-Bucket-Region": {c.scope.Region}}}, nil
		})
	case r.Method == http.MethodGet && query.Get("list-type") == "2":
		op.action = "s3:ListBucket"
		for _, parameter := range []string{"prefix", "delimiter", "max-keys"} {
			if query.Has(parameter) {
				op.context["s3:"+parameter] = query.Get(parameter)
			}
		}
		op.run = c.onBucket(name, func(b *bucket) (*reply, error) { return list(name, b, query) })
	default:
		return nil, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no S3 call %s on a bucket, besides ListObjectsV2 and HeadBucket", r.Method)
	}
	return op, nil
}

// planMailbox takes a PUT to a presigned URL.
func (c *Cloud) planMailbox(r *request, m *mailbox) (*operation, error) {
	return &operation{
		action: "s3:PutObject", resource: c.scope.Bucket(m.bucket) + "/" + m.key,
		run: func(context.Context) (*reply, error) {
			if !m.put(r.body) {
				return nil, awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Access Denied")
			}
			return &reply{header: http.Header{"Etag": {etag(r.body)}}}, nil
		},
	}, nil
}

// onBucket runs do on a bucket, if there is one.
func (c *Cloud) onBucket(name string, do func(*bucket) (*reply, error)) func(context.Context) (*reply, error) {
	return func(context.Context) (*reply, error) {
		c.buckets.mu.Lock()
		defer c.buckets.mu.Unlock()
		b := c.buckets.byName[name]
		if b == nil {
			return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		}
		return do(b)
	}
}

// planObject reads a request for one object.
func (c *Cloud) planObject(r *request, op *operation, name, key string) error {
	op.resource += "/" + key
	for parameter := range r.URL.Query() {
		if parameter != "x-id" {
			return awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab has no S3 call with the parameter %s", parameter)
		}
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		op.action = "s3:GetObject"
		op.run = c.onBucket(name, func(b *bucket) (*reply, error) {
			o, ok := b.objects[key]
			if !ok {
				return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
			}
			return &reply{body: o.data, header: http.Header{
				"Etag": {o.etag}, "Content-Type": {o.kind}, "Last-Modified": {o.modified.UTC().Format(http.TimeFormat)},
			}}, nil
		})
	case http.MethodPut:
		op.action = "s3:PutObject"
		op.run = c.onBucket(name, func(b *bucket) (*reply, error) {
			kind := r.Header.Get("Content-Type")
			if kind == "" {
				kind = "binary/octet-stream"
			}
			o := object{r.body, etag(r.body), kind, c.clock.Now()}
			b.objects[key] = o
			return &reply{header: http.Header{"Etag": {o.etag}}}, nil
		})
	case http.MethodDelete:
		op.action = "s3:DeleteObject"
		op.run = c.onBucket(name, func(b *bucket) (*reply, error) {
			delete(b.objects, key)
			return &reply{status: http.StatusNoContent}, nil
		})
	default:
		return awserr.WithStatus(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	return nil
}
