package cloud

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The kinds of mailboxes.
const (
	// ResponseMailbox takes the response of a custom resource.
	ResponseMailbox = "response"
	// WaitMailbox takes the signals of a wait condition.
	WaitMailbox = "wait"
)

// How long the URLs are valid: two hours for a custom resource, and as long as
// a wait condition can wait, twelve hours, and a little.
const (
	responseValid = 2 * time.Hour
	waitValid     = 13 * time.Hour
)

// mailbox is an object of a bucket of AWS's own, to which one presigned URL
// leads.
type mailbox struct {
	bucket, key string
	credentials aws.Credentials
	made        time.Time
	valid       time.Duration

	mu     sync.Mutex
	closed bool
	queue  [][]byte
	wake   chan struct{}
}

// mailboxes are the open ones by bucket and key.
type mailboxes struct {
	mu   sync.Mutex
	open map[string]*mailbox
	made int
}

func (m *mailboxes) init() { m.open = map[string]*mailbox{} }

// mailboxBucket names the Region's bucket of a kind; the one of custom
// resources has the Region without hyphens
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html).
func (c *Cloud) mailboxBucket(kind string) string {
	if kind == WaitMailbox {
		return "cloudformation-waitcondition-" + c.scope.Region
	}
	return "cloudformation-custom-resource-response-" + strings.ReplaceAll(c.scope.Region, "-", "")
}

// Presign opens a mailbox and returns the URL to PUT to. Every body that is PUT
// comes out of the channel; cancel makes the URL dead and closes the channel.
// stackID and logicalID become part of the URL, as does the request id, which
// is empty for wait conditions.
func (c *Cloud) Presign(kind, stackID, logicalID, requestID string) (target string, bodies <-chan []byte, cancel func(), err error) {
	m := &mailbox{bucket: c.mailboxBucket(kind), made: c.clock.Now(), valid: responseValid, wake: make(chan struct{}, 1)}
	m.key = stackID + "|" + logicalID + "|" + requestID
	if kind == WaitMailbox {
		m.key, m.valid = stackID+"/"+logicalID, waitValid
	}
	c.mailboxes.mu.Lock()
	c.mailboxes.made++
	if kind != WaitMailbox && requestID == "" {
		m.key += strconv.Itoa(c.mailboxes.made)
	}
	key := "AKIA" + awsid.Upper(16, "mailbox", m.key, strconv.Itoa(c.mailboxes.made))
	m.credentials = aws.Credentials{AccessKeyID: key, SecretAccessKey: awsid.Secret(key)}
	c.mailboxes.open[m.bucket+"/"+m.key] = m
	c.mailboxes.mu.Unlock()

	host := m.bucket + ".s3." + c.scope.Region + ".amazonaws.com"
	target, err = presign(m.credentials, http.MethodPut, "https://"+host+"/"+url.QueryEscape(m.key), c.scope.Region, m.made, m.seconds())
	if err != nil {
		return "", nil, nil, fmt.Errorf("presign: %w", err)
	}
	out, done := make(chan []byte), make(chan struct{})
	c.serving.Add(1)
	go func() {
		defer c.serving.Done()
		m.deliver(out, done)
	}()
	var once sync.Once
	return target, out, func() {
		once.Do(func() {
			c.mailboxes.mu.Lock()
			if c.mailboxes.open[m.bucket+"/"+m.key] == m {
				delete(c.mailboxes.open, m.bucket+"/"+m.key)
			}
			c.mailboxes.mu.Unlock()
			m.mu.Lock()
			m.closed = true
			m.mu.Unlock()
			close(done)
		})
	}, nil
}

func (m *mailbox) seconds() string { return strconv.Itoa(int(m.valid.Seconds())) }

// put queues a body; false if the mailbox was closed meanwhile.
func (m *mailbox) put(body []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.queue = append(m.queue, body)
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return true
}

// deliver hands the bodies over in their order until done.
func (m *mailbox) deliver(out chan<- []byte, done <-chan struct{}) {
	defer close(out)
	for {
		m.mu.Lock()
		var next []byte
		waiting := len(m.queue) > 0
		if waiting {
			next, m.queue = m.queue[0], m.queue[1:]
		}
		m.mu.Unlock()
		if waiting {
			select {
			case out <- next:
				continue
			case <-done:
				return
			}
		}
		select {
		case <-m.wake:
		case <-done:
			return
		}
	}
}

// authenticatePresigned checks a presigned URL: that a mailbox made it, that
// it says nothing else than it said then, and that it has not expired. It was
// made for requests without a content type; one that has a content type has
// another signature.
func (c *Cloud) authenticatePresigned(r *request) (*mailbox, error) {
	query := r.URL.Query()
	bucket, key := c.bucketAndKey(r)
	c.mailboxes.mu.Lock()
	m := c.mailboxes.open[bucket+"/"+key]
	c.mailboxes.mu.Unlock()
	if m == nil || !strings.HasPrefix(query.Get("X-Amz-Credential"), m.credentials.AccessKeyID+"/") {
		return nil, s3Style.authFailure(unknownKey)
	}
	u := r.url()
	plain := u.Query()
	plain.Del("X-Amz-Signature")
	for name := range plain {
		if strings.HasPrefix(name, "X-Amz-") {
			plain.Del(name)
		}
	}
	u.RawQuery = plain.Encode()
	again, err := presign(m.credentials, r.Method, u.String(), c.scope.Region, m.made, m.seconds())
	if err != nil || !sameQuery(again, r.url()) || r.Header.Get("Content-Type") != "" {
		return nil, s3Style.authFailure(wrongSignature)
	}
	if c.clock.Now().After(m.made.Add(m.valid)) {
		return nil, awserr.WithStatus(http.StatusForbidden, "AccessDenied", "Request has expired")
	}
	return m, nil
}

// sameQuery tells whether two URLs have the same parameters.
func sameQuery(a string, b *url.URL) bool {
	u, err := url.Parse(a)
	return err == nil && u.Query().Encode() == b.Query().Encode()
}
