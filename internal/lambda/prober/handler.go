// Package prober is the Lambda function at a vantage point. It runs the probes in
// its request on the network that it is in, and returns what it observed. It does
// not judge, and does not know the claims.
//
// Its role needs what any function in a VPC needs (the managed policy
// AWSLambdaVPCAccessExecutionRole), and the one permission that its signed call
// uses. Only the verifier may invoke it: whoever invokes it can make it connect to
// any address that its subnet reaches.
package prober

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"provenendpoints/proof"
)

// answerReserve is kept of the time until the function is ended, for the answer:
// a quarter of it, but no more than this.
const answerReserve = time.Second

// Handler measures.
type Handler struct {
	// Network is where the probes run. Its zero value is the function's own
	// network, without credentials.
	Network proof.Network
	// Log gets one line per observation. Default: none.
	Log *slog.Logger
}

// Invoke implements the handler interface of aws-lambda-go: payload is a
// [proof.Request], and the answer a [proof.Response], as JSON.
func (h Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	request, err := proof.DecodeRequest(payload)
	if err != nil {
		return nil, err
	}
	response, err := h.Handle(ctx, request)
	if err != nil {
		return nil, err
	}
	return json.Marshal(response)
}

// Handle takes the measurements, all at once, and returns one observation for
// each probe, in the same order. It answers before the context's deadline: what
// is not measured by then is [proof.Broken]. It fails only if the request is not valid
// ([proof.Request.Validate]).
func (h Handler) Handle(ctx context.Context, request proof.Request) (response proof.Response, err error) {
	log := h.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := request.Validate(); err != nil {
		return proof.Response{}, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		remaining := time.Until(deadline)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, remaining-min(answerReserve, remaining/4), context.DeadlineExceeded)
		defer cancel()
	}
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic", "panic", fmt.Sprint(p), "goroutine", string(debug.Stack()))
			response, err = broken(request, p), nil
		}
	}()
	response.Observations = proof.Measure(ctx, h.Network, request.Probes)
	for _, seen := range response.Observations {
		log.Info("observation", "claim", seen.Claim, "outcome", string(seen.Outcome), "detail", seen.Detail,
			"addresses", fmt.Sprint(seen.Addresses), "status", seen.Status, "code", seen.Code, "took", seen.Took.String())
	}
	return response, nil
}

// broken answers each probe after a panic.
func broken(request proof.Request, cause any) proof.Response {
	observations := make([]proof.Observation, len(request.Probes))
	for i, probe := range request.Probes {
		observations[i] = proof.Observation{Claim: probe.Claim, Outcome: proof.Broken, Detail: fmt.Sprintf("the prober panicked: %v", cause)}
	}
	return proof.Response{Observations: observations}
}
