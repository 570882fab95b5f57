package s3

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// How long the URLs are valid: two hours for a custom resource, and as long as
// a wait condition can wait, twelve hours, and a little.
const (
	responseValid = 2 * time.Hour
	waitValid     = 13 * time.Hour
)

// response is an object in a bucket of AWS's own, to which one presigned URL
// leads: the response of a custom resource or the signals of a wait condition.
type response struct {
	bucket, key string
	credentials aws.Credentials
	made        time.Time
	valid       time.Duration

	mu     sync.Mutex
	closed bool
	queue  [][]byte
	wake   chan struct{}
}

// responses are the open ones by bucket and key.
type responses struct {
	mu   sync.Mutex
	open map[string]*response
	made int
}

// responseBucket is the Region's bucket for the responses of custom resources:
// its name has the Region without hyphens
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html).
func (s *Store) responseBucket() string {
	return "cloudformation-custom-resource-response-" + strings.ReplaceAll(s.Scope.Region, "-", "")
}

// waitBucket is the Region's bucket for the signals of wait conditions.
func (s *Store) waitBucket() string { return "cloudformation-waitcondition-" + s.Scope.Region }

// PresignResponse opens the response URL of a request to a custom resource. The
// ids become part of it. Every body that is PUT there comes out of the channel.
// cancel makes the URL invalid and closes the channel.
func (s *Store) PresignResponse(stackID, logicalID, requestID string) (target string, bodies <-chan []byte, cancel func(), err error) {
	return s.presign(s.responseBucket(), stackID+"|"+logicalID+"|"+requestID, responseValid)
}

// PresignWait opens the URL of a wait condition handle. It is otherwise as
// [Store.PresignResponse].
func (s *Store) PresignWait(stackID, logicalID string) (target string, bodies <-chan []byte, cancel func(), err error) {
	return s.presign(s.waitBucket(), stackID+"/"+logicalID, waitValid)
}

func (s *Store) presign(bucket, key string, valid time.Duration) (target string, bodies <-chan []byte, cancel func(), err error) {
	p := &response{bucket: bucket, key: key, made: s.Clock.Now(), valid: valid, wake: make(chan struct{}, 1)}
	s.responses.mu.Lock()
	s.responses.made++
	id := "AKIA" + awsid.Upper(16, "presigned", key, strconv.Itoa(s.responses.made))
	p.credentials = aws.Credentials{AccessKeyID: id, SecretAccessKey: awsid.Secret(id)}
	s.responses.open[bucket+"/"+key] = p
	s.responses.mu.Unlock()

	address := "https://" + bucket + ".s3." + s.Scope.Region + ".amazonaws.com/" + url.QueryEscape(key)
	if target, err = p.sign(http.MethodPut, address, s.Scope.Region); err != nil {
		return "", nil, nil, fmt.Errorf("presign: %w", err)
	}
	out, done := make(chan []byte), make(chan struct{})
	s.delivering.Go(func() { p.deliver(out, done) })
	return target, out, sync.OnceFunc(func() {
		s.responses.mu.Lock()
		if s.responses.open[bucket+"/"+key] == p {
			delete(s.responses.open, bucket+"/"+key)
		}
		s.responses.mu.Unlock()
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		close(done)
	}), nil
}

// sign makes a URL whose bearer may make one kind of request until it expires.
func (p *response) sign(method, target, region string) (string, error) {
	request, err := http.NewRequest(method, target, nil)
	if err != nil {
		return "", err
	}
	query := request.URL.Query()
	query.Set("X-Amz-Expires", p.seconds())
	request.URL.RawQuery = query.Encode()
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	signed, _, err := signer.PresignHTTP(context.Background(), p.credentials, request, "UNSIGNED-PAYLOAD", "s3", region, p.made)
	return signed, err
}

func (p *response) seconds() string { return strconv.Itoa(int(p.valid.Seconds())) }

// put queues a body. It reports false if the URL was cancelled meanwhile.
func (p *response) put(body []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.queue = append(p.queue, body)
	select {
	case p.wake <- struct{}{}:
	default:
	}
	return true
}

// deliver hands the bodies over in their order until done.
func (p *response) deliver(out chan<- []byte, done <-chan struct{}) {
	defer close(out)
	for {
		p.mu.Lock()
		var next []byte
		waiting := len(p.queue) > 0
		if waiting {
			next, p.queue = p.queue[0], p.queue[1:]
		}
		p.mu.Unlock()
		if waiting {
			select {
			case out <- next:
				continue
			case <-done:
				return
			}
		}
		select {
		case <-p.wake:
		case <-done:
			return
		}
	}
}

// find returns the response that a request is for, or nil.
func (s *responses) find(t target) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[t.bucket+"/"+t.key]
}

// authenticatePresigned checks the signature of a presigned URL: the URL must be
// one that was made here, be unchanged, and not have expired. It was made for requests without a content type; one that has a
// content type has another signature.
func (s *Store) authenticatePresigned(r *api.Request) error {
	p := s.responses.find(s.target(r))
	if p == nil || !strings.HasPrefix(r.URL.Query().Get("X-Amz-Credential"), p.credentials.AccessKeyID+"/") {
		return api.RESTXML.AuthError(api.UnknownKey)
	}
	u := r.SignedURL()
	unsigned := u.Query()
	for name := range unsigned {
		if strings.HasPrefix(name, "X-Amz-") {
			unsigned.Del(name)
		}
	}
	u.RawQuery = unsigned.Encode()
	again, err := p.sign(r.Method, u.String(), s.Scope.Region)
	if err != nil || !sameQuery(again, r.SignedURL()) || r.Header.Get("Content-Type") != "" {
		return api.RESTXML.AuthError(api.WrongSignature)
	}
	if s.Clock.Now().After(p.made.Add(p.valid)) {
		return awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Request has expired")
	}
	return nil
}

// sameQuery reports whether two URLs have the same parameters.
func sameQuery(a string, b *url.URL) bool {
	u, err := url.Parse(a)
	return err == nil && u.Query().Encode() == b.Query().Encode()
}

// routePresigned is the PUT to a presigned URL.
func (s *Store) routePresigned(r *api.Request, t target) (*api.Operation, error) {
	p := s.responses.find(t)
	return &api.Operation{
		Action: "s3:PutObject", Resource: s.Scope.Bucket(t.bucket) + "/" + t.key,
		Run: func(context.Context) (*api.Reply, error) {
			if p == nil || !p.put(r.Body) {
				return nil, awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Access Denied")
			}
			return &api.Reply{Header: http.Header{"Etag": {etag(r.Body)}}}, nil
		},
	}, nil
}
