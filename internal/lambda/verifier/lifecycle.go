package verifier

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

// answerReserve is kept of the time until the deadline, for reading the stack's
// status and delivering the answer: a quarter of that time, but no more than this.
// It is less than [contract.AnswerMargin].
const answerReserve = 20 * time.Second

// settleLimit bounds the wait for the stack's status after a failure.
const settleLimit = 15 * time.Second

// decide makes the answer to an event. A panic that is not recovered further down
// becomes a failure.
func (h *Handler) decide(ctx context.Context, log *slog.Logger, event cfn.Event, malformed error) (result answer) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, p)
			err := h.panicked(p)
			result = newAnswer(event, cfn.StatusFailed).because(err.Error())
		}
	}()
	if event.RequestType == cfn.RequestDelete {
		// First of all, so that nothing can fail it: there is nothing to delete.
		return newAnswer(event, cfn.StatusSuccess)
	}
	reserve := time.Duration(0)
	remaining, bounded := h.remaining(ctx)
	if bounded {
		reserve = min(answerReserve, remaining/4)
		var cancel context.CancelFunc
		// The delivery keeps half of the reserve for itself.
		ctx, cancel = h.clock.WithTimeout(ctx, remaining-reserve/2)
		defer cancel()
	}
	watch := h.watchStack(ctx, log, event.StackID)
	defer watch.stop()

	data, err := h.attempt(ctx, log, event, malformed, remaining-reserve, bounded)
	success := newAnswer(event, cfn.StatusSuccess)
	success.Data = data
	success.Data[contract.AttributeLog] = h.logURL()
	if err == nil {
		return success
	}
	// Without attributes: nobody reads those of an answer that failed, and the reason
	// needs the room.
	failed := newAnswer(event, cfn.StatusFailed).because(err.Error())
	log.Warn("the verification failed", "reason", err.Error())

	settle, cancel := h.clock.WithTimeout(ctx, settleLimit)
	defer cancel()
	switch watch.settle(settle) {
	case phaseRollback:
		return success.because("reported as a success because the stack is rolling back: " + err.Error())
	case phaseUnknown:
		return withRollbackHint(event, failed)
	}
	return failed
}

// withRollbackHint is the answer where the verification failed and it is unknown
// whether the stack is rolling back. Success could pass a bad update, silently and
// for good. Failure could leave the stack in UPDATE_ROLLBACK_FAILED, which is
// visible, and which continue-update-rollback ends; it also takes one more fault,
// as the state that a rollback restores was proved when it was deployed. So the
// verification fails, with a hint.
func withRollbackHint(event cfn.Event, failed answer) answer {
	if event.RequestType == cfn.RequestUpdate {
		failed.Reason += "\n(Whether the stack is rolling back is unknown: cloudformation:DescribeStacks failed. If the stack is now in UPDATE_ROLLBACK_FAILED, run aws cloudformation continue-update-rollback.)"
	}
	return failed
}

// attempt verifies. It returns the attributes, with the evidence that is wanted, and why
// the verification failed. A panic is a failure, too.
func (h *Handler) attempt(ctx context.Context, log *slog.Logger, event cfn.Event, malformed error, limit time.Duration, bounded bool) (data map[string]string, err error) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, p)
			err = h.panicked(p)
			data = notVerified(event, err)
		}
	}()
	err = malformed
	if err == nil && event.RequestType != cfn.RequestCreate && event.RequestType != cfn.RequestUpdate {
		err = fmt.Errorf("RequestType: must be Create, Update or Delete, got %q", event.RequestType)
	}
	if err != nil {
		return notVerified(event, err), err
	}
	p, err := contract.Decode(event.ResourceProperties)
	if err != nil {
		err = fmt.Errorf("%s: %w", event.LogicalResourceID, err)
		return notVerified(event, err), err
	}
	if former, err := contract.Decode(event.OldResourceProperties); err == nil {
		p = p.WithFormer(former)
	}
	if !bounded || p.TimeLimit < limit {
		limit = p.TimeLimit
	}
	next := h.rearm(ctx, log, p, event.RequestID)
	defer next.stop()
	report := h.verify(ctx, log, p, limit, min(proof.ReadsSettle, limit/2))
	data = attributesOf(report, p.Evidence)
	if p.Set != "" && report.Holds() {
		// The first of the runs that go on: whoever watches has something to look at.
		logMetrics(log, h.clock.Now(), p.Set, report, 0)
	}
	if err = next.wait(ctx, h); !report.Holds() {
		err = fmt.Errorf("%s (%s)", report.Reason(), h.fullReport())
	}
	return data, err
}

func (h *Handler) panicked(p any) error {
	return fmt.Errorf("the verifier panicked, so nothing was verified: %v (details: %s)", p, h.logLocation())
}

// because returns the answer with a reason.
func (a answer) because(reason string) answer {
	a.Reason = reason
	return a
}
