package cfn

import (
	"context"
	"maps"
	"slices"
)

// create creates a stack. If a resource or an output fails, everything that was
// created is deleted again.
func (e *Engine) create(ctx context.Context, s *stack, p *plan) (Outcome, error) {
	e.mu.Lock()
	s.plan, s.created = p, e.opts.Clock.Now()
	e.stacks[s.name] = s
	e.mu.Unlock()
	e.setStatus(s, CreateInProgress, "User Initiated")
	o := e.newOperation(s, p)
	outputs, err := o.run(ctx)
	switch {
	case err == nil:
		e.mu.Lock()
		s.outputs = outputs
		e.mu.Unlock()
		e.setStatus(s, CreateComplete, "")
		return e.outcome(s, o), nil
	case ctx.Err() != nil:
		return e.interrupted(ctx, s, o, CreateFailed)
	case p.stack.NoRollback:
		return e.pauseAt(s, o, CreateFailed, err)
	}
	e.setStatus(s, RollbackInProgress, err.Error()+" Rollback requested by user.")
	return e.rollBackCreate(ctx, s, o)
}

// rollBackCreate deletes what a failed creation has made. Only
// DeletionPolicy Retain keeps a resource here; RetainExceptOnCreate does not.
func (e *Engine) rollBackCreate(ctx context.Context, s *stack, o *operation) (Outcome, error) {
	left := e.deleteResources(ctx, s, slices.Collect(maps.Values(s.resources)), o.keeps)
	switch {
	case ctx.Err() != nil:
		return e.interrupted(ctx, s, o, RollbackFailed)
	case len(left) > 0:
		o.addDeleteFailures(left)
		e.setStatus(s, RollbackFailed, deleteFailedReason(left))
	default:
		e.setStatus(s, RollbackComplete, "")
	}
	return e.failure(s, o)
}
