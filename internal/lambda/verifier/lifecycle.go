package verifier

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
)

// How much of the time until the deadline is kept for the answer: asking for the
// stack's status and delivering. A quarter of it, but no more than this.
const answerReserve = 20 * time.Second

// settleLimit bounds the wait for the stack's status after a failure.
const settleLimit = 15 * time.Second

// decide makes the answer to an event. A panic that nothing closer to it has
// caught ends in a failure.
func (h *Handler) decide(ctx context.Context, log *slog.Logger, event cfn.Event, malformed error) (result answer) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, p)
			err := h.itselfBroke(p)
			result = newAnswer(event, cfn.StatusFailed).because(err.Error())
			result.Data = notVerified(event, err)
		}
	}()
	if event.RequestType == cfn.RequestDelete {
		// Before everything that could go wrong: there is nothing to delete.
		return newAnswer(event, cfn.StatusSuccess)
	}
	reserve := time.Duration(0)
	remaining, bounded := h.remaining(ctx)
	if bounded {
		reserve = min(answerReserve, remaining/4)
		var cancel context.CancelFunc
		// What comes before the delivery ends half a reserve before the deadline.
		ctx, cancel = h.clock.WithTimeout(ctx, remaining-reserve/2)
		defer cancel()
	}
	watch := h.watchStack(ctx, log, event.StackID)
	defer watch.stop()

	data, err := h.outcomeOf(ctx, log, event, malformed, remaining-reserve, bounded)
	success := newAnswer(event, cfn.StatusSuccess)
	success.Data = data
	if err == nil {
		return success
	}
	failed := newAnswer(event, cfn.StatusFailed).because(err.Error())
	failed.Data = data
	log.Warn("the verification failed", "reason", err.Error())

	settle, cancel := h.clock.WithTimeout(ctx, settleLimit)
	defer cancel()
	switch watch.settle(settle) {
	case rollingBack:
		return success.because("not failed, since the stack is rolling back; but: " + err.Error())
	case unknown:
		return h.undecided(event, failed)
	}
	return failed
}

// undecided is the answer where the verification failed and CloudFormation would
// not say whether the stack is rolling back. The two evils are to pass a bad
// update, and to leave a stack in UPDATE_ROLLBACK_FAILED. The first is silent and
// lasts; the second is loud, and continue-update-rollback undoes it. It also
// needs one more fault, since the state that a rollback returns to was proved
// when it was made. So it fails, and says what to do.
func (h *Handler) undecided(event cfn.Event, failed answer) answer {
	if event.RequestType == cfn.RequestUpdate {
		failed.Reason += "\n(It could not be found out whether the stack is rolling back: cloudformation:DescribeStacks failed. If it was, use aws cloudformation continue-update-rollback.)"
	}
	return failed
}

// outcomeOf verifies, and returns the attributes, those of every claim among
// them, and why the verification failed. A panic is such a reason, too.
func (h *Handler) outcomeOf(ctx context.Context, log *slog.Logger, event cfn.Event, malformed error, limit time.Duration, bounded bool) (data map[string]string, err error) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(log, p)
			err = h.itselfBroke(p)
			data = notVerified(event, err)
		}
	}()
	err = malformed
	if err == nil && event.RequestType != cfn.RequestCreate && event.RequestType != cfn.RequestUpdate {
		err = fmt.Errorf("request type is %q: it must be Create, Update or Delete", event.RequestType)
	}
	if err != nil {
		return notVerified(event, err), err
	}
	p, err := contract.Decode(event.ResourceProperties)
	if err != nil {
		err = fmt.Errorf("%s: %w", event.LogicalResourceID, err)
		return notVerified(event, err), err
	}
	if !bounded || p.TimeLimit < limit {
		limit = p.TimeLimit
	}
	report := h.verify(ctx, log, p, limit)
	data = attributesOf(report)
	if !report.Holds() {
		err = fmt.Errorf("%s (%s)", report.Reason(), h.whereReport())
	}
	return data, err
}

func (h *Handler) itselfBroke(p any) error {
	return fmt.Errorf("the verifier itself broke, so nothing is proved: %v. Its log has the details (%s)", p, h.whereReport())
}

// because returns the answer with a reason.
func (a answer) because(reason string) answer {
	a.Reason = reason
	return a
}
