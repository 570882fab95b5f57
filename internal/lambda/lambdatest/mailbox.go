package lambdatest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Secret is the signature in every presigned URL of a [Mailbox]. It must never
// be seen in a log or an error.
const Secret = "5ecre7cafe"

// Query is the query of a presigned URL.
const Query = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA&X-Amz-Signature=" + Secret

// Answer is a response to CloudFormation as it arrived.
type Answer struct {
	Status, Reason     string
	PhysicalResourceID string `json:"PhysicalResourceId"`
	StackID            string `json:"StackId"`
	RequestID          string `json:"RequestId"`
	LogicalResourceID  string `json:"LogicalResourceId"`
	NoEcho             bool
	Data               map[string]string

	// Size is the length of the body in bytes.
	Size int `json:"-"`
}

// Mailbox is the bucket where CloudFormation waits for answers. It refuses what
// S3 or CloudFormation would refuse, and records it.
type Mailbox struct {
	// Fault, if set, may answer the nth attempt (from 1) in its place: true if it did.
	Fault func(n int, w http.ResponseWriter, r *http.Request) bool

	mutex    sync.Mutex
	attempts int
	answers  []Answer
	refused  []string
}

// ServeHTTP takes one answer.
func (m *Mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mutex.Lock()
	m.attempts++
	n := m.attempts
	m.mutex.Unlock()
	if m.Fault != nil && m.Fault(n, w, r) {
		return
	}
	if err := m.take(r); err != nil {
		m.mutex.Lock()
		m.refused = append(m.refused, err.Error())
		m.mutex.Unlock()
		Fail(w, http.StatusForbidden, "SignatureDoesNotMatch", err.Error())
	}
}

func (m *Mailbox) take(r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	switch {
	case r.Method != http.MethodPut:
		return fmt.Errorf("method %s", r.Method)
	case r.Header.Get("Content-Type") != "":
		return fmt.Errorf("content type %q, signed for none", r.Header.Get("Content-Type"))
	case r.ContentLength < 0:
		return fmt.Errorf("no content length, which S3 requires")
	case r.URL.RawQuery != Query[1:]:
		return fmt.Errorf("query %q", r.URL.RawQuery)
	case len(body) > 4096:
		return fmt.Errorf("%d bytes, more than 4096", len(body))
	}
	var answer Answer
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	answer.Size = len(body)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.answers = append(m.answers, answer)
	return nil
}

// Answers are what was taken, Refused why others were not, Attempts how many
// requests there were.
func (m *Mailbox) Answers() (answers []Answer, refused []string, attempts int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return append([]Answer(nil), m.answers...), append([]string(nil), m.refused...), m.attempts
}
