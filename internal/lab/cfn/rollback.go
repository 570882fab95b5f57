package cfn

import (
	"context"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/dag"
)

// rollBackUpdate brings the resources back to what they were before an update,
// in the old plan's order. If it returns no error the stack is in
// UPDATE_ROLLBACK_COMPLETE.
func (e *Engine) rollBackUpdate(ctx context.Context, update *operation) (Outcome, error) {
	s := update.stack
	rollback := &operation{engine: e, stack: s, plan: s.plan, changes: map[string]*change{}}
	errs := s.plan.graph.Walk(ctx, dag.SkipDependents, func(ctx context.Context, id string) error {
		return rollback.restore(ctx, id, update)
	})
	switch {
	case ctx.Err() != nil:
		update.keepOrphans()
		return e.interrupted(ctx, s, update, UpdateRollbackFailed)
	case len(errs) > 0:
		e.mu.Lock()
		s.failedRollback = update
		update.failures = append(update.failures, rollback.failures...)
		e.mu.Unlock()
		e.setStatus(s, UpdateRollbackFailed, rollback.failureReason())
		return e.failure(s, update)
	}
	obsolete := update.disown()
	e.setStatus(s, UpdateRollbackCleanupInProgress, "")
	return e.cleanUp(ctx, update, obsolete, UpdateRollbackComplete, update.keeps)
}

// ContinueRollback rolls back an update once more whose rollback has failed
// (UPDATE_ROLLBACK_FAILED). It skips what has been rolled back already:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
func (e *Engine) ContinueRollback(ctx context.Context, name string) (Outcome, error) {
	s, end, err := e.begin(name, false)
	if err != nil {
		return Outcome{}, err
	}
	defer end()
	if s == nil || s.failedRollback == nil {
		return Outcome{}, fmt.Errorf("stack %s has no failed rollback to continue", name)
	}
	e.mu.Lock()
	update := s.failedRollback
	s.failedRollback, update.failures = nil, nil
	e.mu.Unlock()
	e.setStatus(s, UpdateRollbackInProgress, "User Initiated")
	return e.rollBackUpdate(ctx, update)
}

// restore undoes what an update did to one resource that existed before it.
func (o *operation) restore(ctx context.Context, id string, update *operation) error {
	before, existed := update.before[id]
	c := update.changes[id]
	if !existed || c != nil && c.restored {
		return nil
	}
	e, r := o.engine, before.resource
	if c != nil || r.status != before.state.status {
		_ = o.pause(ctx, id, r.typ, Begin)
	}
	e.mu.Lock()
	o.stack.resources[id] = r
	used := r.uses
	r.uses, r.deletion, r.replace = before.state.uses, before.state.deletion, before.state.replace
	e.mu.Unlock()
	switch {
	case c == nil && r.status == before.state.status: // the update left it alone
		return nil
	case c == nil: // its update failed before it began
		e.setResource(o.stack, r, UpdateComplete, "")
		return nil
	case !c.updated: // replaced: the old resource still exists
		c.restored = true
		e.setResource(o.stack, r, UpdateComplete, "")
		return nil
	}
	e.setResource(o.stack, r, UpdateInProgress, "")
	e.mu.Lock()
	r.props = c.props // a failed update may have left these
	e.mu.Unlock()
	if err := o.callUpdate(ctx, o.plan.nodes[id], r, before.state.props); err != nil {
		e.mu.Lock()
		r.uses = slices.Concat(r.uses, used) // it may still use what the update gave it
		e.mu.Unlock()
		return o.fail(ctx, r, UpdateFailed, err)
	}
	c.restored = true
	e.setResource(o.stack, r, UpdateComplete, "")
	return nil
}

// disown takes what a rolled-back update has made out of the stack and returns
// it, together with the orphans that the stack does not use.
func (o *operation) disown() []*resource {
	s := o.stack
	o.engine.mu.Lock()
	defer o.engine.mu.Unlock()
	obsolete := o.earlierOrphans
	for id, c := range o.changes {
		if c.made != nil {
			if s.resources[id] == c.made {
				delete(s.resources, id)
			}
			obsolete = append(obsolete, c.made)
		}
	}
	for _, r := range s.orphans {
		// An update in place may have changed the physical id, and its rollback
		// have returned to the first one.
		if now := s.resources[r.id]; now == nil || now.physical != r.physical {
			obsolete = append(obsolete, r)
		}
	}
	s.orphans = nil
	return obsolete
}
