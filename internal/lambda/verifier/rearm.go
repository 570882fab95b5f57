package verifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/verifier/api"
)

// nonceLimit bounds the wait for the nonce to be written after the verification, noncePause
// is between two tries: IAM may take a while to let a new role write.
const (
	nonceLimit = 20 * time.Second
	noncePause = 2 * time.Second
)

// rearming is the writing of a nonce, beside a verification.
type rearming struct {
	done chan struct{} // closed when it has ended
	stop context.CancelFunc

	mutex sync.Mutex
	err   error // of the last try
}

func (r *rearming) tried(err error) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.err = err
	return err
}

// rearm begins to write the next nonce, and repeats it until it is written: what the
// next update of the stack finds differs then from what this one found, and CloudFormation
// runs the proof in it. The request's id is a nonce: no two requests of CloudFormation have the same, but for
// a request that Lambda hands over twice.
//
// It needs ssm:PutParameter on the one parameter. Without a parameter there is nothing to
// write.
func (h *Handler) rearm(ctx context.Context, log *slog.Logger, p contract.Properties, request string) *rearming {
	ctx, cancel := context.WithCancel(ctx)
	r := &rearming{done: make(chan struct{}), stop: cancel, err: errors.New("there was no time to write it")}
	if p.NonceParameter == "" {
		r.err = nil
		close(r.done)
		return r
	}
	go func() {
		defer close(r.done)
		defer func() {
			if reason := recover(); reason != nil {
				logPanic(log, reason)
				_ = r.tried(h.panicked(reason))
			}
		}()
		for {
			if r.tried(h.writeNonce(ctx, p.NonceParameter, request)) == nil || h.clock.Sleep(ctx, noncePause) != nil {
				return
			}
		}
	}()
	return r
}

// writeNonce makes one try.
func (h *Handler) writeNonce(ctx context.Context, parameter, value string) error {
	ctx, cancel := h.clock.WithTimeout(ctx, callLimit)
	defer cancel()
	_, err := api.PutParameter.Do(ctx, api.New(h.config), api.PutParameterInput{Name: parameter, Value: value, Overwrite: true})
	if err != nil {
		return fmt.Errorf("ssm:PutParameter: %w", reasonOf(err))
	}
	return nil
}

// wait returns why the nonce could not be written. A proof that cannot make the next
// update run one must not pass: nothing would tell that the next does not.
func (r *rearming) wait(ctx context.Context, h *Handler) error {
	limit, cancel := h.clock.WithTimeout(ctx, nonceLimit)
	defer cancel()
	defer r.stop()
	select {
	case <-r.done:
	case <-limit.Done():
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.err == nil {
		return nil
	}
	return fmt.Errorf("every claim holds, but the next update of the stack would not run the proof: its nonce could not be written: %w", r.err)
}
