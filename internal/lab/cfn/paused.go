package cfn

import (
	"context"
	"fmt"
)

// Operations that failed and are left as they are
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html). A
// later update makes again what failed, or RollBack brings the stack back.

// pauseAt leaves a stack where its operation failed.
func (e *Engine) pauseAt(s *stack, o *operation, status Status, cause error) (Outcome, error) {
	e.mu.Lock()
	s.paused = o
	e.mu.Unlock()
	e.setStatus(s, status, cause.Error())
	return e.failure(s, o)
}

// checkPaused refuses the update of a stack in a failed state that would be rolled back:
// to where, is not known.
func checkPaused(s *stack, st Stack) error {
	if (s.status == CreateFailed || s.status == UpdateFailed) && !st.NoRollback {
		return fmt.Errorf("This stack is currently in a non-terminal [%s] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API", s.status)
	}
	return nil
}

// RollBack rolls back a creation or an update that failed and was left as it is
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html). After
// further updates from there, it is refused: the lab knows no longer to where.
// retainExceptOnCreate is [Stack.RetainExceptOnCreate].
func (e *Engine) RollBack(ctx context.Context, name string, retainExceptOnCreate bool) (Outcome, error) {
	s, end, err := e.begin(name, false)
	if err != nil {
		return Outcome{}, err
	}
	defer end()
	if s == nil || s.paused == nil {
		return Outcome{}, fmt.Errorf("stack %s has no failed operation to roll back", name)
	}
	o := s.paused
	if o.further {
		return Outcome{}, fmt.Errorf("stack %s had further updates after the one that failed: the lab does not know to where it would be rolled back; mend it by an update, or delete it", name)
	}
	e.mu.Lock()
	s.paused, o.failures = nil, nil
	o.deletesNew = o.deletesNew || retainExceptOnCreate
	e.mu.Unlock()
	if s.status == CreateFailed {
		e.setStatus(s, RollbackInProgress, "User Initiated")
		return e.rollBackCreate(ctx, s, o)
	}
	e.setStatus(s, UpdateRollbackInProgress, "User Initiated")
	if out, err := e.rollBackUpdate(ctx, o); err != nil {
		return out, err
	}
	return e.outcome(s, o), nil
}

// remake deletes what is left of a resource whose creation failed, so that it can be made
// again.
func (o *operation) remake(ctx context.Context, old *resource) error {
	if err := o.engine.deleteResource(ctx, o.stack, old, false); err != nil {
		return err
	}
	o.engine.mu.Lock()
	defer o.engine.mu.Unlock()
	old.physical = "" // nothing is left that the clean-up could delete
	return nil
}
