package verifier

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

// vantagePoint implements [proof.VantagePoint] with a prober function. It needs
// lambda:InvokeFunction on that function.
type vantagePoint struct {
	name, function string
	client         *awsapi.Client
	clock          proof.Clock
	log            *slog.Logger
}

// The pauses after an invocation that was throttled, which grow, and for how long
// it is tried again. After that the round ends, with this as the reason, and the
// next begins.
const (
	throttledPause, longestThrottledPause = 500 * time.Millisecond, 4 * time.Second
	throttledLimit                        = 10 * time.Second
)

// Measure invokes the prober and waits for its response. Where the account has no
// free concurrency it tries again for a while. It fails if the prober was
// throttled to the end, failed or timed out, or if the response does not match the probes:
// nothing was measured then.
func (v *vantagePoint) Measure(ctx context.Context, probes []proof.Probe) (observations []proof.Observation, err error) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(v.log, p)
			err = fmt.Errorf("invoking prober %q panicked: %v", v.name, p)
		}
		if err != nil {
			v.log.Warn("prober failed", "vantagePoint", v.name, "function", v.function, "error", err.Error())
		}
	}()
	payload, err := json.Marshal(proof.Request{Probes: probes})
	if err != nil {
		return nil, err
	}
	out, err := v.invoke(ctx, payload)
	if err != nil {
		return nil, fmt.Errorf("prober %q could not be invoked: %w", v.name, reasonOf(err))
	}
	if out.FunctionError != "" {
		return nil, fmt.Errorf("prober %q failed: %s", v.name, functionError(out.Payload))
	}
	observations, err = proof.DecodeResponse(out.Payload, probes)
	if err != nil {
		return nil, fmt.Errorf("prober %q returned an unusable response: %w", v.name, err)
	}
	return observations, nil
}

// invoke invokes the prober, again while it is throttled, be it for want of concurrency or by
// the API itself: nothing has run then
// (docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, TooManyRequestsException).
func (v *vantagePoint) invoke(ctx context.Context, payload []byte) (api.InvokeOutput, error) {
	began := v.clock.Now()
	for pause := throttledPause; ; pause = min(2*pause, longestThrottledPause) {
		out, err := api.Invoke.Do(ctx, v.client, api.InvokeInput{FunctionName: v.function, Payload: payload})
		if !isThrottled(err) || v.clock.Now().Sub(began)+pause > throttledLimit || v.clock.Sleep(ctx, pause) != nil {
			return out, err
		}
		v.log.Info("prober throttled", "vantagePoint", v.name, "reason", reasonOf(err).Error())
	}
}

// functionError reads the payload that stands for a failed function
// (docs.aws.amazon.com/lambda/latest/dg/API_Invoke.html, FunctionError).
func functionError(payload []byte) string {
	var failure struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(payload, &failure) != nil || failure.Type+failure.Message == "" {
		return shorten(string(payload), 200)
	}
	if failure.Type == "" {
		return shorten(failure.Message, 200)
	}
	return shorten(failure.Type+": "+failure.Message, 200)
}
