package lambdatest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Secret is the signature in the query of a presigned [ResponseURL]. It must never
// appear in a log or an error.
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

// ResponseURL is the presigned URL at which CloudFormation waits for answers. It
// refuses what S3 or CloudFormation would refuse, and records it.
type ResponseURL struct {
	// Fault, if set, may handle the nth attempt (from 1) itself. It reports whether
	// it did.
	Fault func(n int, w http.ResponseWriter, r *http.Request) bool

	mutex    sync.Mutex
	attempts int
	answers  []Answer
	refused  []string
}

// ServeHTTP accepts one answer.
func (u *ResponseURL) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mutex.Lock()
	u.attempts++
	n := u.attempts
	u.mutex.Unlock()
	if u.Fault != nil && u.Fault(n, w, r) {
		return
	}
	if err := u.accept(r); err != nil {
		u.mutex.Lock()
		u.refused = append(u.refused, err.Error())
		u.mutex.Unlock()
		Fail(w, http.StatusForbidden, "SignatureDoesNotMatch", err.Error())
	}
}

func (u *ResponseURL) accept(r *http.Request) error {
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
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.answers = append(u.answers, answer)
	return nil
}

// Answers returns what was accepted, why other answers were refused, and how many
// requests there were.
func (u *ResponseURL) Answers() (answers []Answer, refused []string, attempts int) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	return append([]Answer(nil), u.answers...), append([]string(nil), u.refused...), u.attempts
}
