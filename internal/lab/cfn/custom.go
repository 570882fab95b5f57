package cfn

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The limits of custom resources:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html and
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
const (
	maxResponse       = 4096 // bytes
	maxPhysicalID     = 1024 // bytes
	maxServiceTimeout = 3600 // seconds, and the default
)

// customType is AWS::CloudFormation::CustomResource and Custom::*.
type customType struct{ e *Engine }

// customRequest is what a custom resource's function receives:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
//
// The event type of aws-lambda-go is the receiver's: it lacks ServiceToken, and
// would send an empty PhysicalResourceId with the request type Create.
type customRequest struct {
	RequestType           string
	ServiceToken          string
	ResponseURL           string
	StackId               string
	RequestId             string
	LogicalResourceId     string
	PhysicalResourceId    string `json:",omitempty"`
	ResourceType          string
	ResourceProperties    any
	OldResourceProperties any `json:",omitempty"`
}

// customResponse is what the function PUTs to the response URL:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
type customResponse struct {
	Status, Reason, PhysicalResourceId    string
	StackId, RequestId, LogicalResourceId string
	NoEcho                                bool // nothing shows the values here
	Data                                  any
}

func (c customType) Check(p map[string]any) error {
	var f Findings
	if _, ok := p["ServiceToken"]; !ok {
		f = append(f, "property ServiceToken is required")
	}
	if s, ok := Literal(p["ServiceToken"]); ok && !strings.Contains(s, ":lambda:") {
		f = append(f, fmt.Sprintf("property ServiceToken: only Lambda functions are supported, not %s", s))
	}
	if v, ok := p["ServiceTimeout"]; ok && Known(v) {
		if _, err := serviceTimeout(p); err != nil {
			f = append(f, err.Error())
		}
	}
	if len(f) > 0 {
		return f
	}
	return nil
}

func serviceTimeout(p map[string]any) (time.Duration, error) {
	v, ok := p["ServiceTimeout"]
	if !ok {
		return maxServiceTimeout * time.Second, nil
	}
	text, _ := scalarText(v)
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxServiceTimeout {
		return 0, fmt.Errorf("property ServiceTimeout must be 1 to %d seconds, not %v", maxServiceTimeout, encodeJSON(v))
	}
	return time.Duration(n) * time.Second, nil
}

// Replaces reports false: a custom resource is replaced when the response to an
// update has another physical id.
func (c customType) Replaces(_, _ map[string]any) bool { return false }

func (c customType) Create(ctx context.Context, r Request) (Result, error) {
	return c.send(ctx, "Create", r)
}

func (c customType) Update(ctx context.Context, r Request) (Result, error) {
	if !equal(r.Properties["ServiceToken"], r.OldProperties["ServiceToken"]) {
		return Result{}, Unchanged(errors.New("Modifying service token is not allowed."))
	}
	return c.send(ctx, "Update", r)
}

func (c customType) Delete(ctx context.Context, r Request) error {
	_, err := c.send(ctx, "Delete", r)
	return err
}

// send sends one request and waits for its response. After an error the result
// still has the physical id by which the resource must be deleted. It is empty
// if the function did not receive the request.
func (c customType) send(ctx context.Context, requestType string, r Request) (Result, error) {
	e := c.e
	if stub, ok := e.stub(r.Stack, r.LogicalID, r.Type); ok {
		return c.stubbed(stub, r), nil
	}
	limit, err := serviceTimeout(r.Properties)
	if err != nil {
		return Result{}, err
	}
	token, ok := r.Properties["ServiceToken"].(string)
	if e.opts.Signals == nil || !ok {
		return Result{}, fmt.Errorf("there is nothing to send requests to %v with", r.Properties["ServiceToken"])
	}
	id := e.opts.NewID()
	url, bodies, cancel := e.opts.Signals.Presign(PresignedURL{CustomResourceResponse, r.StackID, r.LogicalID, id})
	defer cancel()
	req := customRequest{
		RequestType: requestType, ServiceToken: token, ResponseURL: url, StackId: r.StackID, RequestId: id,
		LogicalResourceId: r.LogicalID, PhysicalResourceId: r.PhysicalID, ResourceType: r.Type,
		ResourceProperties: stringify(r.Properties),
	}
	if r.OldProperties != nil {
		req.OldResourceProperties = stringify(r.OldProperties)
	}
	// From here on the function may have made something. This is its physical id
	// unless the response has another.
	res := Result{PhysicalID: r.PhysicalID, responseKey: r.StackID + "|" + r.LogicalID + "|" + id}
	if res.PhysicalID == "" {
		res.PhysicalID = r.Stack + "-" + r.LogicalID + "-" + strings.ToUpper(id[max(0, len(id)-12):])
	}
	wait, stop := e.opts.Clock.WithTimeout(ctx, limit)
	defer stop()
	if err := e.opts.Signals.Invoke(wait, token, []byte(encodeJSON(req))); err != nil {
		return Result{}, err
	}
	select {
	case body := <-bodies:
		res, err := readResponse(body, req, res)
		if failed, ok := errors.AsType[responseFailed](err); ok {
			if why := e.limited(r, failed.reason); why != "" {
				res.Attributes, err = map[string]any{}, nil
				res.responseKey += ": " + why + "; a stub can give it attributes"
			}
		}
		return res, err
	case <-wait.Done():
		if err := ctx.Err(); err != nil {
			return res, err
		}
		return res, fmt.Errorf("CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [%s]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.", id)
	}
}

// stubbed is what a stub answers.
func (c customType) stubbed(s Stub, r Request) Result {
	id := s.PhysicalResourceID
	if id == "" {
		id = r.PhysicalID
	}
	if id == "" {
		id = r.Stack + "-" + r.LogicalID + "-stub"
	}
	data := s.Data
	if data == nil {
		data = map[string]any{}
	}
	return Result{PhysicalID: id, Attributes: data, responseKey: r.StackID + "|" + r.LogicalID + "|stub"}
}

// readResponse adds a response to the result. Errors are worded as in the
// console.
func readResponse(body []byte, req customRequest, res Result) (Result, error) {
	if len(body) > maxResponse {
		return res, errors.New("Response object is too long.")
	}
	var r customResponse
	if err := decodeJSON(body, &r); err != nil {
		return res, fmt.Errorf("Invalid Response object: %w", err)
	}
	for _, m := range []struct{ name, want, got string }{
		{"StackId", req.StackId, r.StackId},
		{"RequestId", req.RequestId, r.RequestId},
		{"LogicalResourceId", req.LogicalResourceId, r.LogicalResourceId},
	} {
		if m.got != m.want {
			return res, fmt.Errorf("Invalid Response object: %s is %q, not that of the request", m.name, m.got)
		}
	}
	if r.Status != "SUCCESS" && r.Status != "FAILED" {
		return res, fmt.Errorf("Invalid Response object: '%s' is not a valid ResponseStatus", r.Status)
	}
	if r.PhysicalResourceId == "" || len(r.PhysicalResourceId) > maxPhysicalID {
		return res, errors.New("Invalid PhysicalResourceId")
	}
	res.PhysicalID = r.PhysicalResourceId
	if r.Status == "FAILED" {
		return res, responseFailed{r.Reason, req.RequestId}
	}
	data, ok := r.Data.(map[string]any)
	if !ok && r.Data != nil {
		return res, errors.New("Data returned must be an object")
	}
	res.Attributes = data
	if data == nil {
		res.Attributes = map[string]any{}
	}
	return res, nil
}

// responseFailed is a response that says that the function has failed, worded as in the
// console.
type responseFailed struct{ reason, request string }

func (f responseFailed) Error() string {
	return fmt.Sprintf("Received response status [FAILED] from custom resource. Message returned: %s (RequestId: %s)", f.reason, f.request)
}

// limited says what a custom resource failed for if that is something alone that the engine's
// surroundings do not have and that moves no packet; otherwise "". Such a resource does
// nothing: it is kept in mind as inert, and has no attributes.
func (e *Engine) limited(r Request, reason string) string {
	if e.opts.Limits == nil {
		return ""
	}
	why := e.opts.Limits(reason)
	if why == "" {
		return ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.inert[r.StackID] == nil {
		e.inert[r.StackID] = map[string]InertResource{}
	}
	e.inert[r.StackID][r.LogicalID] = InertResource{LogicalID: r.LogicalID, Type: r.Type, Why: why}
	return why
}

// inertNow are the resources of a stack, and of those nested in it, that turned out to be
// inert. The caller holds the lock.
func (e *Engine) inertNow(s *stack) []InertResource {
	var out []InertResource
	for _, id := range sortedKeys(s.resources) {
		if known, ok := e.inert[s.id][id]; ok {
			out = append(out, known)
		}
		if nested, ok := e.findStack(s.resources[id].physical); ok && s.resources[id].typ == stackType {
			out = append(out, e.inertNow(nested)...)
		}
	}
	return out
}

// metadataProps are the properties of AWS::CDK::Metadata.
type metadataProps struct {
	Analytics string `cfn:"inert"` // read by AWS only
}

// metadataType is AWS::CDK::Metadata, which CDK adds to templates to count its
// users.
func metadataType(e *Engine) ResourceType {
	return Define(Definition[metadataProps]{
		Create: func(context.Context, TypedRequest[metadataProps]) (Result, error) {
			return Result{PhysicalID: e.opts.NewID()}, nil
		},
	})
}
