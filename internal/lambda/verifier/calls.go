package verifier

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	return isThrottled(err) || saysAny(err, "Internal", "Unavailable")
}

// isThrottled reports whether a service says that there are too many calls.
func isThrottled(err error) bool { return saysAny(err, "Throttl", "TooMany", "LimitExceeded") }

// saysAny reports whether a service answers with a code that has one of the words.
func saysAny(err error, words ...string) bool {
	refused, ok := errors.AsType[smithy.APIError](err)
	return ok && slices.ContainsFunc(words, func(word string) bool { return strings.Contains(refused.ErrorCode(), word) })
}
