package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"provenendpoints/lab/functions"
)

// Functions runs functions; [functions.Service] is one.
type Functions interface {
	// Invoke runs a function and waits for its answer. Its error is a
	// [functions.Error] of the API or that of ctx.
	Invoke(ctx context.Context, nameOrARN string, payload []byte) (functions.Answer, error)
	// InvokeEvent puts an event into a function's queue.
	InvokeEvent(nameOrARN string, payload []byte) error
}

// maxSynchronous is the size limit of a synchronous invocation's payload, in
// bytes (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const maxSynchronous = 6 << 20

// planLambda has Invoke
// (docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
func planLambda(c *Cloud, r *request) (*operation, error) {
	if r.caller.session == nil {
		return nil, jsonStyle.authFailure(missingSignature)
	}
	name, ok := strings.CutPrefix(r.URL.EscapedPath(), "/2015-03-31/functions/")
	name, ok2 := strings.CutSuffix(name, "/invocations")
	if !ok || !ok2 || r.Method != http.MethodPost {
		return nil, &apiError{http.StatusNotFound, "UnknownOperationException", fmt.Sprintf("the lab has no Lambda call %s %s", r.Method, r.URL.Path)}
	}
	name, err := url.PathUnescape(name)
	if err != nil {
		return nil, &apiError{http.StatusBadRequest, "InvalidParameterValueException", err.Error()}
	}
	if q := r.URL.Query().Get("Qualifier"); q != "" && q != "$LATEST" {
		return nil, &apiError{http.StatusBadRequest, "InvalidParameterValueException", "the lab has no function versions and aliases: " + q}
	}
	arn := name
	if !strings.HasPrefix(arn, "arn:") {
		arn = c.arn("lambda", "function:"+name)
	}
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
		return nil, &apiError{http.StatusBadRequest, "InvalidParameterValueException", "the lab has no invocation type " + kind}
	}
	return op, nil
}

func (c *Cloud) invoke(ctx context.Context, arn string, payload []byte) (*reply, error) {
	f := c.getFunctions()
	switch {
	case f == nil:
		return nil, noFunction(arn)
	case len(payload) > maxSynchronous:
		return nil, &apiError{http.StatusRequestEntityTooLarge, "RequestTooLargeException", fmt.Sprintf("%d byte payload is too large for the RequestResponse invocation type (limit %d bytes)", len(payload), maxSynchronous)}
	case len(payload) > 0 && !json.Valid(payload):
		return nil, &apiError{http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json"}
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

func noFunction(arn string) error {
	return &apiError{http.StatusNotFound, "ResourceNotFoundException", "Function not found: " + arn}
}

func lambdaError(err error) error {
	var api *functions.Error
	if errors.As(err, &api) {
		return &apiError{api.Status, api.Code, api.Message}
	}
	return &apiError{http.StatusInternalServerError, "ServiceException", err.Error()}
}
