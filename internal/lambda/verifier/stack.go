package verifier

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"provenendpoints/internal/awsapi"
	"provenendpoints/internal/lambda/verifier/api"
)

// phase is what the stack is doing, as far as it matters to a failed verification.
type phase int

const (
	phaseUnknown  phase = iota // CloudFormation could not be asked
	phaseForward               // being created or updated: a failure stops it
	phaseRollback              // rolling back: a failure would leave it stuck
)

// stackWatch determines the phase of a stack.
type stackWatch struct {
	handler *Handler
	client  *awsapi.Client
	stack   string
	log     *slog.Logger
	first   chan phase // receives one value: that of the first call that succeeds, or phaseUnknown at the end
	stop    context.CancelFunc
}

// Pauses between calls that failed, and the limits of one call and of the last
// one before the answer.
const (
	statusFirstPause = 500 * time.Millisecond
	statusPause      = 8 * time.Second
	statusLimit      = 5 * time.Second
)

// watchStack begins to ask for the stack's status, and repeats it until it gets an
// answer. It runs beside the verification, so that it has the same time to outlast
// an API that throttles or fails.
func (h *Handler) watchStack(ctx context.Context, log *slog.Logger, stack string) *stackWatch {
	ctx, cancel := context.WithCancel(ctx)
	w := h.newStackWatch(log, stack)
	w.stop = cancel
	go func() {
		for pause := statusFirstPause; ; pause = min(2*pause, statusPause) {
			if got := w.ask(ctx); got != phaseUnknown || h.clock.Sleep(ctx, pause) != nil {
				w.first <- got
				return
			}
		}
	}()
	return w
}

func (h *Handler) newStackWatch(log *slog.Logger, stack string) *stackWatch {
	return &stackWatch{handler: h, client: api.New(h.config), stack: stack, log: log, first: make(chan phase, 1)}
}

// settle returns the stack's present phase. It asks again, because an earlier answer
// may be out of date. Only if that fails does it wait, until ctx ends, for the
// answer to the calls beside the verification.
func (w *stackWatch) settle(ctx context.Context) phase {
	if now := w.ask(ctx); now != phaseUnknown {
		return now
	}
	select {
	case earlier := <-w.first:
		return earlier
	case <-ctx.Done():
	}
	select {
	case earlier := <-w.first:
		return earlier
	default:
		return phaseUnknown
	}
}

// ask makes one call.
func (w *stackWatch) ask(ctx context.Context) phase {
	if status := w.status(ctx); status != "" {
		return phaseOf(status)
	}
	return phaseUnknown
}

// status is the stack's status, or nothing if it cannot be told. It needs
// cloudformation:DescribeStacks on the stack.
func (w *stackWatch) status(ctx context.Context) (status string) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(w.log, p)
			status = ""
		}
	}()
	if w.stack == "" {
		return "" // without a name, the call would describe every stack
	}
	ctx, cancel := w.handler.clock.WithTimeout(ctx, statusLimit)
	defer cancel()
	out, err := api.DescribeStacks.Do(ctx, w.client, api.DescribeStacksInput{StackName: w.stack})
	if err == nil && len(out.Stacks) != 1 {
		err = errors.New("the response describes no stack")
	}
	if err != nil {
		w.log.Warn("could not read the stack's status", "error", reasonOf(err).Error())
		return ""
	}
	status = out.Stacks[0].StackStatus
	w.log.Info("stack status", "status", status)
	return status
}

// phaseOf reads a stack status
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html).
// A rollback is under way, or has failed and is being continued. After a rollback
// that is complete, an update that has just begun can still show its status, so
// that status counts as forward.
func phaseOf(status string) phase {
	if strings.HasSuffix(status, "ROLLBACK_IN_PROGRESS") || strings.HasSuffix(status, "ROLLBACK_FAILED") {
		return phaseRollback
	}
	return phaseForward
}
