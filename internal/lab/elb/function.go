package elb

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// idleTimeout is how long a target may take
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html).
const idleTimeout = 60 * time.Second

// maxFunctionBody is the size limit of a request to a function, in bytes
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html).
const maxFunctionBody = 1 << 20

// functionEvent is a request as a function gets it, and functionAnswer what it returns
// (docs.aws.amazon.com/lambda/latest/dg/services-alb.html).
type (
	functionEvent struct {
		RequestContext struct {
			ELB struct {
				TargetGroup string `json:"targetGroupArn"`
			} `json:"elb"`
		} `json:"requestContext"`
		Method  string            `json:"httpMethod"`
		Path    string            `json:"path"`
		Query   map[string]string `json:"queryStringParameters"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
		Base64  bool              `json:"isBase64Encoded"`
	}
	functionAnswer struct {
		Status  int                 `json:"statusCode"`
		Headers map[string]string   `json:"headers"`
		Multi   map[string][]string `json:"multiValueHeaders"`
		Body    string              `json:"body"`
		Base64  bool                `json:"isBase64Encoded"`
	}
)

// invoke passes a request on to a function.
func (n applicationNode) invoke(w http.ResponseWriter, r *http.Request, c choice, client netip.Addr) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxFunctionBody+1))
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest)
		return
	case len(body) > maxFunctionBody:
		refuse(w, http.StatusRequestEntityTooLarge)
		return
	}
	event := functionEvent{Method: r.Method, Path: r.URL.Path, Query: map[string]string{}, Headers: map[string]string{}}
	event.RequestContext.ELB.TargetGroup = c.group.ID
	for name, values := range r.URL.Query() {
		event.Query[name] = values[len(values)-1]
	}
	for name, values := range r.Header {
		event.Headers[strings.ToLower(name)] = values[len(values)-1]
	}
	event.Headers["host"], event.Headers["x-forwarded-for"] = r.Host, client.String()
	event.Headers["x-forwarded-proto"] = strings.ToLower(c.protocol)
	if event.Body = string(body); !utf8.Valid(body) {
		event.Body, event.Base64 = base64.StdEncoding.EncodeToString(body), true
	}
	text, err := json.Marshal(event)
	if err == nil && n.lb.Invoke != nil {
		text, err = n.lb.Invoke(r.Context(), c.function, text)
	}
	var answer functionAnswer
	if err != nil || n.lb.Invoke == nil || json.Unmarshal(text, &answer) != nil || answer.Status < 100 || answer.Status > 599 {
		refuse(w, http.StatusBadGateway)
		return
	}
	for name, value := range answer.Headers {
		w.Header().Set(name, value)
	}
	for name, values := range answer.Multi {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	content := []byte(answer.Body)
	if answer.Base64 {
		if content, err = base64.StdEncoding.DecodeString(answer.Body); err != nil {
			refuse(w, http.StatusBadGateway)
			return
		}
	}
	w.WriteHeader(answer.Status)
	_, _ = w.Write(content) // a client that is gone needs no answer
}
