package cloud

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/functions"
)

// Functions runs functions; [functions.Service] is one.
type Functions interface {
	// Invoke runs a function and waits for its answer. Its error is a
	// [functions.Error] of the API or that of ctx.
	Invoke(ctx context.Context, nameOrARN string, payload []byte) (functions.Answer, error)
	// InvokeEvent puts an event into a function's queue.
	InvokeEvent(nameOrARN string, payload []byte) error
	// Config returns what a function was made with.
	Config(nameOrARN string) (functions.Config, error)
}

// maxSynchronous is the size limit of a synchronous invocation's payload, in
// bytes (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const maxSynchronous = 6 << 20

// planLambda has Invoke and GetFunctionConfiguration
// (docs.aws.amazon.com/lambda/latest/api/API_Invoke.html,
// …/API_GetFunctionConfiguration.html).
func planLambda(c *Cloud, r *request) (*operation, error) {
	if r.caller.session == nil {
		return nil, jsonStyle.authFailure(missingSignature)
	}
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), "/2015-03-31/functions/")
	name, call, ok2 := strings.Cut(rest, "/")
	name, err := url.PathUnescape(name)
	if err != nil {
		return nil, awserr.New("InvalidParameterValueException", "%s", err.Error())
	}
	if q := r.URL.Query().Get("Qualifier"); q != "" && q != "$LATEST" {
		return nil, awserr.New("InvalidParameterValueException", "the lab has no function versions and aliases: %s", q)
	}
	arn := name
	if !strings.HasPrefix(arn, "arn:") {
		arn = c.scope.ARN("lambda", "function:"+name)
	}
	switch {
	case ok && ok2 && call == "invocations" && r.Method == http.MethodPost:
		return c.planInvoke(r, arn)
	case ok && ok2 && call == "configuration" && r.Method == http.MethodGet:
		return &operation{action: "lambda:GetFunctionConfiguration", resource: arn, run: func(context.Context) (*reply, error) {
			return c.describeFunction(arn)
		}}, nil
	}
	return nil, awserr.WithStatus(http.StatusNotFound, "UnknownOperationException", "the lab has no Lambda call %s %s", r.Method, r.URL.Path)
}

// planInvoke reads an invocation, one of both types.
func (c *Cloud) planInvoke(r *request, arn string) (*operation, error) {
	op := &operation{action: "lambda:InvokeFunction", resource: arn}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
		op.run = func(ctx context.Context) (*reply, error) { return c.invoke(ctx, arn, r.body) }
	case "Event":
		op.run = func(context.Context) (*reply, error) {
			f := c.getFunctions()
			if f == nil {
				return nil, noFunction(arn)
			}
			if err := f.InvokeEvent(arn, r.body); err != nil {
				return nil, lambdaError(err)
			}
			return &reply{status: http.StatusAccepted}, nil
		}
	default:
		return nil, awserr.New("InvalidParameterValueException", "the lab has no invocation type %s", kind)
	}
	return op, nil
}

func (c *Cloud) invoke(ctx context.Context, arn string, payload []byte) (*reply, error) {
	f := c.getFunctions()
	switch {
	case f == nil:
		return nil, noFunction(arn)
	case len(payload) > maxSynchronous:
		return nil, awserr.WithStatus(http.StatusRequestEntityTooLarge, "RequestTooLargeException", "%d byte payload is too large for the RequestResponse invocation type (limit %d bytes)", len(payload), maxSynchronous)
	case len(payload) > 0 && !json.Valid(payload):
		return nil, awserr.New("InvalidRequestContentException", "Could not parse request body into json")
	}
	answer, err := f.Invoke(ctx, arn, payload)
	if err != nil {
		return nil, lambdaError(err)
	}
	header := http.Header{"Content-Type": {"application/json"}, "X-Amz-Executed-Version": {"$LATEST"}}
	if answer.FunctionError != "" {
		header.Set("X-Amz-Function-Error", answer.FunctionError)
	}
	return &reply{header: header, body: answer.Payload}, nil
}

// describeFunction answers GetFunctionConfiguration. Outside of every VPC there
// is no VpcConfig.
func (c *Cloud) describeFunction(arn string) (*reply, error) {
	f := c.getFunctions()
	if f == nil {
		return nil, noFunction(arn)
	}
	d, err := f.Config(arn)
	if err != nil {
		return nil, lambdaError(err)
	}
	type vpcConfig struct {
		VpcID            string   `json:"VpcId"`
		SubnetIds        []string `json:"SubnetIds"`
		SecurityGroupIds []string `json:"SecurityGroupIds"`
	}
	answer := struct {
		FunctionName, FunctionArn, Role  string
		Timeout                          int
		Version, State, LastUpdateStatus string
		VpcConfig                        *vpcConfig `json:",omitempty"`
		LoggingConfig                    struct{ LogGroup string }
	}{
		FunctionName: d.Name, FunctionArn: arn, Role: d.Role, Timeout: int(d.Timeout.Seconds()),
		Version: "$LATEST", State: "Active", LastUpdateStatus: "Successful",
	}
	answer.LoggingConfig.LogGroup = d.LogGroup
	if len(d.Subnets) > 0 {
		answer.VpcConfig = &vpcConfig{d.VPC, d.Subnets, d.Groups}
	}
	body, err := json.Marshal(answer)
	return &reply{header: http.Header{"Content-Type": {"application/json"}}, body: body}, err
}

func noFunction(arn string) error {
	return awserr.WithStatus(http.StatusNotFound, "ResourceNotFoundException", "Function not found: %s", arn)
}

func lambdaError(err error) error {
	if awserr.Code(err) != "" {
		return err
	}
	return awserr.WithStatus(http.StatusInternalServerError, "ServiceException", "%s", err.Error())
}
