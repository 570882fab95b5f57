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

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

// Options configure a [Handler]. The zero value of each field but Config is
// useful.
type Options struct {
	// Config is for the calls of AWS's APIs: Region, Credentials, HTTPClient,
	// BaseEndpoint. Its retries are turned off: the verification's own rounds
	// retry, and see each failure. Required.
	Config aws.Config
	// HTTP delivers the response to CloudFormation. Redirects are not followed.
	// Default: a client of its own with net/http's settings.
	HTTP *http.Client
	// Clock measures and passes the time. Default: [proof.SystemClock].
	Clock proof.Clock
	// Log gets one line per verdict, and other events. Default: none.
	Log *slog.Logger
	// LogGroup and LogStream are where Log goes. A shortened report points there.
	// Default: "this function's log".
	LogGroup, LogStream string
	// Deadline returns when the function is ended, in Clock's time; ok is false
	// where nothing ends it. Default: the deadline of the context, by the
	// system's clock.
	Deadline func(context.Context) (deadline time.Time, ok bool)
}

// Handler implements the life cycle of Custom::EndpointProof; see the package's
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
	client := http.Client{}
	if h.http != nil {
		client = *h.http
	}
	// A redirect is an answer, and not the one that is wanted: it could lead anywhere,
	// net/http would turn the PUT into a GET, and name the URL in Referer.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	h.http = &client
	if h.clock == nil {
		h.clock = proof.SystemClock()
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	return h
}

// Invoke implements the handler interface of aws-lambda-go: payload is the
// event, of CloudFormation, of a schedule or of a rule. A malformed event is answered too, even one that is not valid JSON, where
// its ResponseURL can be told.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	switch contract.KindOf(payload) {
	case contract.ScheduledKind:
		h.scheduled(ctx, payload)
		return []byte("null"), nil
	case contract.ChangeKind:
		h.changed(ctx, payload)
		return []byte("null"), nil
	}
	// On an error, encoding/json has filled in the fields that it could decode.
	var event cfn.Event
	err := json.Unmarshal(payload, &event)
	if err != nil {
		if !json.Valid(payload) {
			event = salvage(payload) // nothing was decoded
		}
		err = fmt.Errorf("the event is not a custom resource request: %w", err)
	}
	return []byte("null"), h.handle(ctx, event, err)
}

// Handle handles an event and answers at its ResponseURL, whatever happens. It
// returns an error only if the answer could not be delivered, or if the URL is not
// CloudFormation's; then nothing is verified or sent. After an error Lambda
// invokes the function again, since CloudFormation invokes asynchronously
// (docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
// A second invocation does no harm: a verification changes nothing but the nonce, which
// is the request's.
func (h *Handler) Handle(ctx context.Context, event cfn.Event) error {
	return h.handle(ctx, event, nil)
}

func (h *Handler) handle(ctx context.Context, event cfn.Event, malformed error) error {
	log := h.log.With("requestType", string(event.RequestType), "requestId", event.RequestID,
		"stack", event.StackID, "resource", event.LogicalResourceID)
	log.Info("custom resource request")
	if event.ResponseURL == "" {
		return errors.Join(errors.New("the event has no ResponseURL: it does not come from CloudFormation"), malformed)
	}
	if _, err := parseResponseURL(event.ResponseURL, h.config.Region); err != nil {
		log.Error("nowhere to answer", "error", err.Error())
		return errors.Join(err, malformed)
	}
	result := h.decide(ctx, log, event, malformed)
	body, err := result.encode(h.fullReport())
	if err != nil {
		// An answer is made of strings, which always encode. Report a failure anyway.
		log.Error("could not encode the answer", "error", err.Error())
		body, _ = newAnswer(event, cfn.StatusFailed).because("the verifier could not encode its answer: " + err.Error()).encode("")
	}
	log.Info("answer", "status", string(result.Status), "reason", result.Reason)
	return h.deliver(ctx, log, event.ResponseURL, body)
}

// fullReport is the line that ends a shortened report.
func (h *Handler) fullReport() string { return "full report: " + h.logLocation() }

// logLocation names the function's log, for people.
func (h *Handler) logLocation() string {
	if h.logGroup == "" {
		return "this function's log"
	}
	return "log group " + h.logGroup + ", stream " + h.logStream
}

// remaining is the time until the function is ended, by the clock. ok is false
// where nothing ends it.
func (h *Handler) remaining(ctx context.Context) (left time.Duration, ok bool) {
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
