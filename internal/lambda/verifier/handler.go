package verifier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/proof"
)

// Options say where a [Handler] runs. The zero value of each field but Config
// is useful.
type Options struct {
	// Config is for the calls of AWS's APIs: Region, Credentials, HTTPClient,
	// BaseEndpoint. Its retries are turned off: the verification's own rounds
	// retry, and see each failure. Required.
	Config aws.Config
	// HTTP delivers the response to CloudFormation. Default: a client of its own
	// with net/http's settings.
	HTTP *http.Client
	// Clock tells and passes the time. Default: [proof.SystemClock].
	Clock proof.Clock
	// Log gets one line per verdict, and what else happens. Default: none.
	Log *slog.Logger
	// LogGroup and LogStream name the place where Log goes; a report that had to
	// be shortened points there. Default: "this function's log".
	LogGroup, LogStream string
	// Deadline says, in Clock's time, when the function is ended; ok is false
	// where nothing ends it. Default: the deadline of the context, on the wall's
	// clock.
	Deadline func(context.Context) (deadline time.Time, ok bool)
}

// Handler lives the life of Custom::EndpointProof; see the package's
// documentation. It is safe for concurrent use.
type Handler struct {
	config              aws.Config
	http                *http.Client
	clock               proof.Clock
	log                 *slog.Logger
	logGroup, logStream string
	deadline            func(context.Context) (time.Time, bool)
}

// New makes a handler.
func New(options Options) *Handler {
	h := &Handler{
		config:    options.Config.Copy(),
		http:      options.HTTP,
		clock:     options.Clock,
		log:       options.Log,
		logGroup:  options.LogGroup,
		logStream: options.LogStream,
		deadline:  options.Deadline,
	}
	h.config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	if h.http == nil {
		h.http = &http.Client{}
	}
	if h.clock == nil {
		h.clock = proof.SystemClock()
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	return h
}

// Invoke implements the handler interface of aws-lambda-go: payload is the
// event. An event that cannot be read, but says where to answer, is answered.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	// Go on after an error: encoding/json fills in what it can read.
	var event cfn.Event
	err := json.Unmarshal(payload, &event)
	if err != nil {
		err = fmt.Errorf("the event is not one of a custom resource: %w", err)
	}
	return []byte("null"), h.handle(ctx, event, err)
}

// Handle handles an event and answers at its ResponseURL, whatever happens. It
// returns an error only if the answer could not be delivered; Lambda then
// invokes the function again, since CloudFormation invokes asynchronously
// (docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
// To be invoked twice does no harm: a verification changes nothing.
func (h *Handler) Handle(ctx context.Context, event cfn.Event) error {
	return h.handle(ctx, event, nil)
}

func (h *Handler) handle(ctx context.Context, event cfn.Event, malformed error) error {
	log := h.log.With("requestType", string(event.RequestType), "requestId", event.RequestID,
		"stack", event.StackID, "resource", event.LogicalResourceID)
	log.Info("custom resource request")
	if event.ResponseURL == "" {
		return errors.Join(errors.New("the event has no ResponseURL: it is not one of CloudFormation"), malformed)
	}
	result := h.decide(ctx, log, event, malformed)
	body, err := result.encode(h.whereReport())
	if err != nil {
		// Strings alone always encode; should it fail all the same, say so.
		log.Error("could not encode the answer", "error", err.Error())
		body, _ = newAnswer(event, cfn.StatusFailed).because("the verifier could not write its answer: " + err.Error()).encode("")
	}
	log.Info("answer", "status", string(result.Status), "reason", result.Reason)
	return h.deliver(ctx, log, event.ResponseURL, body)
}

// whereReport is the line that ends a shortened report.
func (h *Handler) whereReport() string {
	if h.logGroup == "" {
		return "whole report: this function's log"
	}
	return "whole report: log group " + h.logGroup + ", stream " + h.logStream
}

// remaining is how long, in the clock's time, until the function is ended.
func (h *Handler) remaining(ctx context.Context) (time.Duration, bool) {
	if h.deadline != nil {
		deadline, ok := h.deadline(ctx)
		return deadline.Sub(h.clock.Now()), ok
	}
	deadline, ok := ctx.Deadline()
	return time.Until(deadline), ok
}

// logPanic logs a panic with its stack.
func logPanic(log *slog.Logger, p any) {
	log.Error("panic", "panic", fmt.Sprint(p), "goroutine", string(debug.Stack()))
}
