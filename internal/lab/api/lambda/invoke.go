package lambda

import (
	"context"
	"encoding/json"
	"net/http"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func init() {
	register(http.MethodPost, "invocations", operation{action: "InvokeFunction", validate: validateInvoke, run: invoke})
}

// maxSynchronous is the size limit of a synchronous invocation's payload, in
// bytes (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const maxSynchronous = 6 << 20

// The invocation types that the lab has.
const (
	synchronous  = "RequestResponse" // the default
	asynchronous = "Event"
)

func invocationType(r *api.Request) string {
	if t := r.Header.Get("X-Amz-Invocation-Type"); t != "" {
		return t
	}
	return synchronous
}

func validateInvoke(r *api.Request) error {
	if t := invocationType(r); t != synchronous && t != asynchronous {
		return awserr.New("InvalidParameterValueException", "the lab has no invocation type %s", t)
	}
	return nil
}

func invoke(ctx context.Context, f Functions, arn string, r *api.Request) (*api.Reply, error) {
	if invocationType(r) == asynchronous {
		return &api.Reply{Status: http.StatusAccepted}, f.InvokeEvent(arn, r.Body)
	}
	switch {
	case len(r.Body) > maxSynchronous:
		return nil, awserr.WithStatus(http.StatusRequestEntityTooLarge, "RequestTooLargeException", "%d byte payload is too large for the RequestResponse invocation type (limit %d bytes)", len(r.Body), maxSynchronous)
	case len(r.Body) > 0 && !json.Valid(r.Body):
		return nil, awserr.New("InvalidRequestContentException", "Could not parse request body into json")
	}
	answer, err := f.Invoke(ctx, arn, r.Body)
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/json"}, "X-Amz-Executed-Version": {"$LATEST"}}
	if answer.FunctionError != "" {
		header.Set("X-Amz-Function-Error", answer.FunctionError)
	}
	return &api.Reply{Header: header, Body: answer.Payload}, nil
}
