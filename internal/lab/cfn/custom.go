package cfn

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// URLPurpose is the use of a presigned URL. CloudFormation has a bucket of
// its own for each use.
type URLPurpose int

// The kinds of presigned URLs.
const (
	// CustomResourceResponse takes the one response of a custom resource
	// (bucket cloudformation-custom-resource-response-…).
	CustomResourceResponse URLPurpose = iota
	// WaitConditionSignal takes the signals for a wait condition
	// (bucket cloudformation-waitcondition-REGION).
	WaitConditionSignal
)

// PresignedURL says what a presigned URL is for.
type PresignedURL struct {
	Purpose            URLPurpose
	StackID, LogicalID string
	// RequestID is that of the request to the custom resource; empty for waits.
	RequestID string
}

// Signals carries what goes out of CloudFormation and comes back to it.
type Signals interface {
	// Invoke starts a Lambda function asynchronously. An error means that the
	// invocation was not accepted.
	Invoke(ctx context.Context, functionARN string, payload []byte) error
	// Presign makes a URL that a body can be PUT to without credentials. Each
	// body is sent to the channel, none is dropped; the channel is never closed
	// before cancel, which makes the URL useless.
	Presign(m PresignedURL) (url string, bodies <-chan []byte, cancel func())
}

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

// event is the request that a custom resource's function gets:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
type event struct {
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

// response is what comes back.
type response struct {
	Status, Reason, PhysicalResourceId    string
	StackId, RequestId, LogicalResourceId string
	NoEcho                                bool
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

// Replaces is never true: a custom resource is replaced by answering an update
// with another physical id.
func (c customType) Replaces(_, _ map[string]any) bool { return false }

func (c customType) Create(ctx context.Context, r Request) (Result, error) {
	return c.request(ctx, "Create", r)
}

func (c customType) Update(ctx context.Context, r Request) (Result, error) {
	if !same(r.Properties["ServiceToken"], r.OldProperties["ServiceToken"]) {
		return Result{}, Unchanged(errors.New("Modifying service token is not allowed."))
	}
	return c.request(ctx, "Update", r)
}

func (c customType) Delete(ctx context.Context, r Request) error {
	_, err := c.request(ctx, "Delete", r)
	return err
}

// request sends one request and waits for its response. After an error the
// result still has the physical id by which the resource must be deleted; it is
// empty if the function never heard of it.
func (c customType) request(ctx context.Context, kind string, r Request) (Result, error) {
	e := c.e
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
	ev := event{
		RequestType: kind, ServiceToken: token, ResponseURL: url, StackId: r.StackID, RequestId: id,
		LogicalResourceId: r.LogicalID, PhysicalResourceId: r.PhysicalID, ResourceType: r.Type,
		ResourceProperties: stringify(r.Properties),
	}
	if r.OldProperties != nil {
		ev.OldResourceProperties = stringify(r.OldProperties)
	}
	// Whatever happens from here on, the function may have made something. Until
	// it tells another id, this one stands for it.
	res := Result{PhysicalID: r.PhysicalID, vendor: r.StackID + "|" + r.LogicalID + "|" + id}
	if res.PhysicalID == "" {
		res.PhysicalID = r.Stack + "-" + r.LogicalID + "-" + strings.ToUpper(id[max(0, len(id)-12):])
	}
	wait, stop := e.opts.Clock.WithTimeout(ctx, limit)
	defer stop()
	if err := e.opts.Signals.Invoke(wait, token, []byte(encodeJSON(ev))); err != nil {
		return Result{}, err
	}
	select {
	case body := <-bodies:
		return answer(body, ev, res)
	case <-wait.Done():
		if err := ctx.Err(); err != nil {
			return res, err
		}
		return res, fmt.Errorf("CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [%s]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.", id)
	}
}

// answer judges a response, in the words of the console.
func answer(body []byte, ev event, res Result) (Result, error) {
	if len(body) > maxResponse {
		return res, errors.New("Response object is too long.")
	}
	var r response
	if err := decodeJSON(body, &r); err != nil {
		return res, fmt.Errorf("Invalid Response object: %w", err)
	}
	for _, m := range []struct{ name, want, got string }{
		{"StackId", ev.StackId, r.StackId},
		{"RequestId", ev.RequestId, r.RequestId},
		{"LogicalResourceId", ev.LogicalResourceId, r.LogicalResourceId},
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
		return res, fmt.Errorf("Received response status [FAILED] from custom resource. Message returned: %s (RequestId: %s)", r.Reason, ev.RequestId)
	}
	if r.NoEcho {
		return res, errors.New("NoEcho in the response of a custom resource is not supported")
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
