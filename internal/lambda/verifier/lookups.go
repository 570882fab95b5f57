package verifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// clients are what look-ups call AWS with. A call that a service throttles, or fails to
// answer, is made again a few times at once: at its end a verification needs all look-ups in one
// round, one of them makes up to a dozen calls, and of a hundred calls some are throttled on a bad
// day. All else the verification's own rounds repeat.
type clients struct {
	aws *awsapi.Client
	// probers are the functions' ARNs by vantage point.
	probers map[string]string
	log     *slog.Logger
}

// implementations are the look-ups on AWS's APIs. Each lookup_NAME.go adds its own by
// [implement].
var implementations []func(*clients) proof.Answer

// implement says how a look-up is made. A panic becomes an error,
// and errors name the IAM action and the reason. What was looked for is added by
// [proof.Gather].
func implement[K, V any](lookup *proof.Lookup[K, V], call func(context.Context, *clients, K) (V, error)) bool {
	implementations = append(implementations, func(c *clients) proof.Answer {
		return lookup.By(func(ctx context.Context, key K) (found V, err error) {
			action := strings.Join(lookup.Actions(), ", ")
			defer func() {
				if p := recover(); p != nil {
					logPanic(c.log, p)
					err = fmt.Errorf("%s: the call panicked: %v", action, p)
				}
			}()
			if found, err = call(ctx, c, key); err != nil {
				return found, fmt.Errorf("%s: %w", action, reasonOf(err))
			}
			return found, nil
		})
	})
	return true
}

// How often a call of a look-up is made that a service does not answer, with a pause that
// doubles: within the time for the facts of one claim.
const (
	lookupTries = 4
	lookupPause = 250 * time.Millisecond
)

// soonAgain says of a call that failed whether it is made again.
func soonAgain(clock proof.Clock) func(context.Context, error, int) bool {
	return func(ctx context.Context, err error, try int) bool {
		return isPassing(err) && try < lookupTries && clock.Sleep(ctx, lookupPause<<(try-1)) == nil
	}
}

// newLookups are all look-ups, made with this configuration.
func newLookups(config aws.Config, clock proof.Clock, probers map[string]string, log *slog.Logger) proof.Lookups {
	c := &clients{aws: api.New(config).Again(soonAgain(clock)), probers: probers, log: log}
	var lookups proof.Lookups
	for _, implementation := range implementations {
		lookups = append(lookups, implementation(c))
	}
	return lookups
}

// distinct counts different ids.
func distinct(ids []string) int {
	set := make(map[string]struct{}, len(ids))
	for _, id := range ids {
		set[id] = struct{}{}
	}
	return len(set)
}

// denied is an error that is [proof.ErrDenied].
type denied struct{ error }

func (denied) Is(target error) bool { return target == proof.ErrDenied }

// reasonOf leaves out what the SDK puts around a service's error (operation,
// attempts, request id): it must fit into a verdict.
func reasonOf(err error) error {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		reason := fmt.Errorf("%s: %s", refused.ErrorCode(), shorten(refused.ErrorMessage(), 300))
		if proof.DeniedCode(refused.ErrorCode()) {
			return denied{reason}
		}
		return reason
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		return withoutURL(operation.Err)
	}
	return err
}
