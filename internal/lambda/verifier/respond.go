package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// The times of a delivery. An attempt that hangs is abandoned, which leaves time
// for another.
const (
	attemptLimit  = 10 * time.Second
	firstPause    = 200 * time.Millisecond
	longestPause  = 5 * time.Second
	deliveryLimit = 2 * time.Minute // where there is no deadline
	lateLimit     = time.Second     // where the deadline has passed
)

// deliver sends body to the presigned URL at which CloudFormation waits. It tries
// again until S3 accepts it, refuses it for good, or the time is over.
//
// The URL is a secret while it is valid: whoever has it can answer in the
// function's place. Logs and errors hold no more of it than its host.
func (h *Handler) deliver(ctx context.Context, log *slog.Logger, target string, body []byte) error {
	if ctx.Err() != nil {
		// Lambda may end the function a little late, so one attempt is worth making.
		var cancel context.CancelFunc
		ctx, cancel = h.clock.WithTimeout(context.WithoutCancel(ctx), lateLimit)
		defer cancel()
	}
	ctx, cancel := h.clock.WithTimeout(ctx, deliveryLimit)
	defer cancel()
	parsed, err := parseResponseURL(target, h.config.Region)
	if err != nil {
		return err
	}
	log = log.With("host", parsed.Host, "bytes", len(body))
	for attempt, pause := 1, firstPause; ; attempt, pause = attempt+1, min(2*pause, longestPause) {
		again, err := h.put(ctx, target, body)
		if err == nil {
			log.Info("answered CloudFormation", "attempts", attempt)
			return nil
		}
		log.Warn("could not answer CloudFormation", "attempts", attempt, "error", err.Error(), "again", again)
		if !again {
			return fmt.Errorf("answer CloudFormation: %w", err)
		}
		if h.clock.Sleep(ctx, pause) != nil {
			return fmt.Errorf("answer CloudFormation: no time for attempt %d: %w", attempt+1, err)
		}
	}
}

// put makes one attempt. again reports whether another may succeed: after a failed
// connection, a server error, or S3's request to slow down, but not after a
// refusal such as that of an expired URL
// (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
func (h *Handler) put(ctx context.Context, target string, body []byte) (again bool, err error) {
	ctx, cancel := h.clock.WithTimeout(ctx, attemptLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, target, bytes.NewReader(body))
	if err != nil {
		return false, withoutURL(err)
	}
	// The URL is signed for an empty content type; with another, the signature does
	// not match.
	request.Header.Del("Content-Type")
	response, err := h.http.Do(request)
	if err != nil {
		return true, withoutURL(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1024))
	if response.StatusCode/100 == 2 {
		return false, nil
	}
	again = response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests ||
		response.StatusCode == http.StatusRequestTimeout || bytes.Contains(text, []byte("<Code>RequestTimeout</Code>"))
	return again, fmt.Errorf("status %s%s", response.Status, errorCode(text))
}

// errorCode returns the error code in S3's response. The rest can hold parts of
// the signature.
func errorCode(text []byte) string {
	_, rest, found := bytes.Cut(text, []byte("<Code>"))
	code, _, closed := bytes.Cut(rest, []byte("</Code>"))
	if !found || !closed {
		return ""
	}
	return " (" + shorten(string(code), 64) + ")"
}

// withoutURL removes the URL, with its signature, from an error of net/http.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
