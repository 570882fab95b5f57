package verifier

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// phase is what the stack is doing as far as a failing verification cares.
type phase int

const (
	unknown     phase = iota // CloudFormation would not say
	forward                  // going where the template says: a failure stops it
	rollingBack              // going back: a failure would leave it stuck
)

// stackWatch finds out the phase of a stack.
type stackWatch struct {
	handler *Handler
	client  *cloudformation.Client
	stack   string
	log     *slog.Logger
	first   chan phase // gets one value, when the first call succeeds or the time is over
	stop    context.CancelFunc
}

// Pauses between calls that failed, and the limits of one call and of the last
// one before the answer.
const (
	statusFirstPause = 500 * time.Millisecond
	statusPause      = 8 * time.Second
	statusLimit      = 5 * time.Second
)

// watchStack begins to ask for the stack's status beside the verification, and
// asks until it gets an answer: the whole time of the verification is then there
// to outlast a throttled or failing API.
func (h *Handler) watchStack(ctx context.Context, log *slog.Logger, stack string) *stackWatch {
	ctx, cancel := context.WithCancel(ctx)
	w := &stackWatch{handler: h, client: cloudformation.NewFromConfig(h.config), stack: stack, log: log, first: make(chan phase, 1), stop: cancel}
	go func() {
		for pause := statusFirstPause; ; pause = min(2*pause, statusPause) {
			if got := w.ask(ctx); got != unknown || h.clock.Sleep(ctx, pause) != nil {
				w.first <- got
				return
			}
		}
	}()
	return w
}

// settle says what the stack is doing now. It asks afresh, because an answer may
// have been overtaken meanwhile; only where that fails does it wait, until ctx
// ends, for the answer of the calls made beside the verification.
func (w *stackWatch) settle(ctx context.Context) phase {
	if now := w.ask(ctx); now != unknown {
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
		return unknown
	}
}

// ask makes one call. It needs cloudformation:DescribeStacks on the stack.
func (w *stackWatch) ask(ctx context.Context) (now phase) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(w.log, p)
			now = unknown
		}
	}()
	if w.stack == "" {
		return unknown // without a name the call would tell of every stack
	}
	ctx, cancel := w.handler.clock.WithTimeout(ctx, statusLimit)
	defer cancel()
	out, err := w.client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(w.stack)})
	if err == nil && len(out.Stacks) != 1 {
		err = errors.New("the answer holds no stack")
	}
	if err != nil {
		w.log.Warn("could not read the stack's status", "error", reasonOf(err).Error())
		return unknown
	}
	status := string(out.Stacks[0].StackStatus)
	w.log.Info("stack status", "status", status)
	return phaseOf(status)
}

// phaseOf reads a stack status
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html).
// A rollback is one under way, or one that failed and is being continued. A
// rollback that is complete is none: an update that has just begun may still show
// the status that the last one left.
func phaseOf(status string) phase {
	if strings.HasSuffix(status, "ROLLBACK_IN_PROGRESS") || strings.HasSuffix(status, "ROLLBACK_FAILED") {
		return rollingBack
	}
	return forward
}
