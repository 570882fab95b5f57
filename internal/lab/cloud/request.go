package cloud

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/vpc"
)

// request is an HTTP request on its way to becoming an answer.
type request struct {
	*http.Request
	service service
	id      string
	body    []byte
	form    url.Values // of a query API
	path    vpc.Path
	caller  caller
}

// caller is who makes a call. The zero value is nobody in particular.
type caller struct {
	session *session
	// anonymous calls carry no signature; presigned ones that of AWS itself.
	presigned *mailbox
}

// operation is what a request means.
type operation struct {
	// action and resource are what must be allowed. An empty action needs no
	// permission.
	action, resource string
	// context are further condition keys.
	context map[string]string
	// policy is that of the resource, if it has any.
	policy *iam.Policy
	// run does it.
	run func(ctx context.Context) (*reply, error)
}

// reply is an answer; Status defaults to 200.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// maxBody bounds what is read of a request: Lambda takes 6 MB, which is the most.
const maxBody = 8 << 20

// handler answers for a service.
func (c *Cloud) handler(s service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := &request{Request: hr, service: s, id: c.requestID()}
		r.path, _ = hr.Context().Value(pathKey{}).(vpc.Path)
		answer, err := c.answer(r)
		if err != nil {
			answer = s.style.failure(r, awserr.From(err))
		}
		if answer == nil { // a fault cuts the connection
			panic(http.ErrAbortHandler)
		}
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		if s.style == s3Style {
			w.Header().Set("x-amz-request-id", r.id)
			w.Header().Set("Server", "AmazonS3")
		} else {
			w.Header().Set("x-amzn-RequestId", r.id)
		}
		w.Header().Set("Date", c.clock.Now().UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Length", strconv.Itoa(len(answer.body)))
		if answer.status == 0 {
			answer.status = http.StatusOK
		}
		w.WriteHeader(answer.status)
		if hr.Method != http.MethodHead {
			_, _ = w.Write(answer.body) // a client that is gone needs no answer
		}
	})
}

// answer authenticates, plans, authorises and runs a request. Both results are
// nil where the connection is to be cut.
func (c *Cloud) answer(r *request) (*reply, error) {
	var err error
	if r.body, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1)); err != nil {
		return nil, awserr.New("IncompleteBody", "the request's body ended early")
	}
	if len(r.body) > maxBody {
		return nil, awserr.WithStatus(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "the request's body is too large")
	}
	if r.caller, err = c.authenticate(r); err != nil {
		return nil, err
	}
	op, err := r.service.plan(c, r)
	if err != nil {
		return nil, err
	}
	call := c.describe(r, op)
	if c.faults.Call != nil {
		fault := c.faults.Call(call)
		c.wait(r.Context(), fault.Delay)
		if fault.Cut || fault.Code != "" {
			call.Allowed, call.Code, call.Reason = false, fault.Code, "fault"
			c.calls.add(call)
		}
		if fault.Cut {
			return nil, nil
		}
		if fault.Code != "" {
			return nil, awserr.WithStatus(max(fault.Status, http.StatusBadRequest), fault.Code, "%s", fault.Message)
		}
	}
	decision := c.authorise(r, op)
	call.Allowed, call.Reason = decision.Allowed, decision.Reason
	if !decision.Allowed {
		denial := r.service.style.denied(r, op, decision)
		call.Code = awserr.Code(denial)
		c.calls.add(call)
		return nil, denial
	}
	done, err := op.run(r.Context())
	if err != nil {
		call.Code = awserr.From(err).Code
	}
	c.calls.add(call)
	return done, err
}

// readForm reads the parameters of a query API, from the body and the URL.
func (r *request) readForm() error {
	form, err := url.ParseQuery(string(r.body))
	if err != nil || r.Method == http.MethodPost && len(r.body) > 0 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return awserr.New("InvalidParameterValue", "the body is not form-encoded")
	}
	for name, values := range r.URL.Query() {
		form[name] = append(form[name], values...)
	}
	r.form = form
	return nil
}
