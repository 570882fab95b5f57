// Package lambdatest has fakes for tests of the Lambda functions: the AWS APIs that
// they call, the response URL of CloudFormation, and Lambda itself, which runs a
// compiled bootstrap by the runtime API.
//
// [AWS] and [ResponseURL] are plain HTTP handlers. Serve them on loopback, or call
// them without a network ([Client]), so that a test can run on virtual time.
package lambdatest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
)

// AWS answers the verifier's calls about one VPC with an interface endpoint and
// what belongs to it.
type AWS struct {
	// Status is the status of the stack. Default: CREATE_IN_PROGRESS.
	Status string
	// Subnets are those that every function is in. Default: no VPC at all.
	Subnets []string
	// Policy is the resource policy of every function. Default: none.
	Policy string
	// Prober answers invocations: the payload, or a function error (such as
	// Unhandled) with its payload.
	Prober func(function string, payload []byte) (answer []byte, functionError string)
	// Fault, if set, may answer a call (by its action, such as
	// DescribeVpcEndpoints or Invoke) itself. It reports whether it did. n counts
	// the calls of that action from 1.
	Fault func(action string, n int, w http.ResponseWriter, r *http.Request) bool

	// Watching answers what a proof that goes on calls besides.
	Watching Watching

	mutex sync.Mutex
	calls map[string]int
	forms []url.Values
}

// Calls returns how often an action was called.
func (a *AWS) Calls(action string) int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.calls[action]
}

// Actions returns every action that was called.
func (a *AWS) Actions() []string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	var actions []string
	for action := range a.calls {
		actions = append(actions, action)
	}
	return actions
}

// Forms returns the parameters of the calls of an action, in order.
func (a *AWS) Forms(action string) []url.Values {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	var found []url.Values
	for _, form := range a.forms {
		if form.Get("Action") == action {
			found = append(found, form)
		}
	}
	return found
}

// ServeHTTP answers one call. Calls that are not signed are refused.
func (a *AWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	form, _ := url.ParseQuery(string(body))
	action := form.Get("Action")
	function, call := path.Split(strings.TrimPrefix(r.URL.Path, "/2015-03-31/functions/"))
	switch call {
	case "invocations":
		action = "Invoke"
	case "configuration":
		action = "GetFunctionConfiguration"
	case "policy":
		action = "GetPolicy"
	case "hostedzonesbyvpc":
		action, form = "ListHostedZonesByVPC", r.URL.Query()
	case "profileassociations":
		action, form = "ListProfileAssociations", r.URL.Query()
	}
	if strings.HasPrefix(r.URL.Path, "/schedules/") {
		action = "GetSchedule"
	}
	if _, named, isJSON := strings.Cut(r.Header.Get("X-Amz-Target"), "."); isJSON {
		action = named
	}
	a.mutex.Lock()
	if a.calls == nil {
		a.calls = map[string]int{}
	}
	a.calls[action]++
	n := a.calls[action]
	a.forms = append(a.forms, form)
	a.mutex.Unlock()

	switch {
	case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="):
		Fail(w, http.StatusForbidden, "MissingAuthenticationToken", "the request is not signed")
	case a.Fault != nil && a.Fault(action, n, w, r):
	case action == "Invoke":
		a.invoke(w, strings.TrimSuffix(function, "/"), body)
	case action == "GetFunctionConfiguration":
		_ = json.NewEncoder(w).Encode(map[string]any{
			"FunctionName": strings.TrimSuffix(function[strings.LastIndex(function, ":")+1:], "/"),
			"Role":         Role,
			"CodeSha256":   "c2hhMjU2",
			"Layers":       []any{map[string]any{"Arn": "arn:layer:1"}},
			"Environment":  map[string]any{"Variables": map[string]any{"B": "2", "A": "1"}},
			"VpcConfig":    map[string]any{"SubnetIds": a.Subnets, "SecurityGroupIds": []string{Group}, "VpcId": VPC},
		})
	case action == "GetPolicy":
		if a.Policy == "" {
			FailJSON(w, http.StatusNotFound, "ResourceNotFoundException", "The resource you requested does not exist.")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"Policy": a.Policy, "RevisionId": "1"})
	case a.Watching.serve(action, w, r, body):
	case names[action] != "":
		_, _ = io.WriteString(w, names[action])
	default:
		a.Describe(w, action, form)
	}
}

// Describe writes the answer to a call of a query API with these parameters, if
// any.
func (a *AWS) Describe(w http.ResponseWriter, action string, parameters ...url.Values) {
	var form url.Values
	if len(parameters) > 0 {
		form = parameters[0]
	}
	answer, ok := a.describe(action, form)
	if !ok {
		Fail(w, http.StatusBadRequest, "InvalidAction", fmt.Sprintf("lambdatest has no action %q", action))
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, answer)
}

func (a *AWS) invoke(w http.ResponseWriter, function string, payload []byte) {
	if a.Prober == nil {
		w.Header().Set("X-Amzn-ErrorType", "ResourceNotFoundException")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"Message":"Function not found: `+function+`"}`)
		return
	}
	answer, functionError := a.Prober(function, payload)
	if functionError != "" {
		w.Header().Set("X-Amz-Function-Error", functionError)
	}
	_, _ = w.Write(answer)
}

// Fail answers a call of a query API (EC2, ELB, CloudFormation) with an error. The
// document combines EC2's form with that of the others.
func Fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	detail := "<Code>" + code + "</Code><Message>" + message + "</Message>"
	_, _ = io.WriteString(w, "<Response><Error>"+detail+"</Error><Errors><Error>"+detail+"</Error></Errors><RequestId>r</RequestId></Response>")
}

// FailJSON answers with an error of the services of the JSON protocols.
func FailJSON(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
}

// Client calls a handler in memory, as an HTTP client would over a network. A
// call ends when its context does, even if the handler has not returned.
type Client struct{ Handler http.Handler }

// Do implements the SDK's HTTP client.
func (c Client) Do(r *http.Request) (*http.Response, error) { return c.RoundTrip(r) }

// RoundTrip implements [http.RoundTripper].
func (c Client) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	inbound := r.Clone(r.Context())
	if inbound.Body == nil {
		inbound.Body = http.NoBody
	}
	type result struct {
		response *http.Response
		panicked any
	}
	done := make(chan result, 1)
	go func() {
		var got result
		defer func() {
			got.panicked = recover()
			done <- got
		}()
		recorder := httptest.NewRecorder()
		c.Handler.ServeHTTP(recorder, inbound)
		got.response = recorder.Result()
	}()
	select {
	case got := <-done:
		if got.panicked == http.ErrAbortHandler {
			return nil, io.ErrUnexpectedEOF
		}
		if got.panicked != nil {
			panic(got.panicked)
		}
		return got.response, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}
