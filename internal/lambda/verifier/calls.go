package verifier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/lambda/verifier/api"
)

// The calls of a run that goes on have no rounds that make them again. Each has so many
// tries, with a pause that doubles, and so long for one.
const (
	callTries = 4
	callPause = time.Second
	callLimit = 5 * time.Second
)

// call makes a call, again where it was throttled or the service failed. Errors name the
// IAM action and the reason.
func call[In, Out any](ctx context.Context, h *Handler, operation awsapi.Call[In, Out], in In) (out Out, err error) {
	client := api.New(h.config)
	for try, pause := 1, callPause; ; try, pause = try+1, 2*pause {
		bounded, cancel := h.clock.WithTimeout(ctx, callLimit)
		out, err = operation.Do(bounded, client, in)
		cancel()
		if err == nil {
			return out, nil
		}
		if isFinal(err) || try == callTries || h.clock.Sleep(ctx, pause) != nil {
			return out, fmt.Errorf("%s:%s: %w", operation.Service, operation.Operation, reasonOf(err))
		}
	}
}

// isFinal reports whether a call will fail again: it was refused by the service, and not
// because there were too many.
func isFinal(err error) bool {
	_, refused := errors.AsType[smithy.APIError](err)
	return refused && !isPassing(err)
}

// isPassing reports whether a service says that it cannot answer a call now.
func isPassing(err error) bool {
	refused, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return false
	}
	code := refused.ErrorCode()
	return strings.Contains(code, "Throttl") || strings.Contains(code, "TooMany") || strings.Contains(code, "LimitExceeded") ||
		strings.Contains(code, "Internal") || strings.Contains(code, "Unavailable")
}
