package cfn

import (
	"context"
	"fmt"
)

// update updates a stack: new and changed resources first, in the new plan's
// order. Only when all of that has succeeded are the resources deleted that it
// replaced or removed. If anything fails, the update is rolled back.
func (e *Engine) update(ctx context.Context, s *stack, p *plan) (Outcome, error) {
	o := e.newOperation(s, p)
	e.mu.Lock()
	s.updated = e.opts.Clock.Now()
	paused := s.paused
	s.paused = nil
	e.mu.Unlock()
	if paused != nil {
		paused.keepOrphans()
		o.further = true
	}
	e.mu.Lock()
	o.earlierOrphans, s.orphans = s.orphans, nil
	s.deploying = p
	e.mu.Unlock()
	e.setStatus(s, UpdateInProgress, "User Initiated")
	outputs, err := o.run(ctx)
	if err == nil {
		if err = e.checkUnchanged(s.outputs, outputs); err != nil {
			err = fmt.Errorf("%w.", err)
		}
	}
	e.mu.Lock()
	s.deploying = nil
	e.mu.Unlock()
	switch {
	case err == nil:
		return e.commit(ctx, o, outputs)
	case ctx.Err() != nil:
		o.keepOrphans()
		return e.interrupted(ctx, s, o, UpdateFailed)
	case p.stack.NoRollback:
		return e.pauseAt(s, o, UpdateFailed, err)
	}
	e.setStatus(s, UpdateRollbackInProgress, err.Error())
	if out, err := e.rollBackUpdate(ctx, o); err != nil {
		return out, err
	}
	return e.failure(s, o)
}

// commit makes the new plan the stack's, and cleans up.
func (e *Engine) commit(ctx context.Context, o *operation, outputs []Output) (Outcome, error) {
	s := o.stack
	e.mu.Lock()
	s.plan, s.outputs = o.plan, outputs
	obsolete := append(s.orphans, o.earlierOrphans...)
	for id, b := range o.before {
		switch {
		case o.plan.nodes[id] == nil: // removed
			delete(s.resources, id)
			obsolete = append(obsolete, b.resource)
		case s.resources[id] != b.resource: // replaced
			b.resource.deletion = b.resource.replace
			obsolete = append(obsolete, b.resource)
		}
	}
	s.orphans = nil
	e.mu.Unlock()
	e.setStatus(s, UpdateCleanup, "")
	return e.cleanUp(ctx, o, obsolete, UpdateComplete, retainedOnDelete)
}

// cleanUp deletes what an update or its rollback does not need any more. A
// failure does not change the outcome, as with CloudFormation: the resource
// becomes an orphan, whose deletion is tried again with the next clean-up and
// with the stack's deletion.
func (e *Engine) cleanUp(ctx context.Context, o *operation, obsolete []*resource, status Status, keep func(*resource) bool) (Outcome, error) {
	s := o.stack
	left := e.deleteResources(ctx, s, obsolete, keep)
	e.mu.Lock()
	s.orphans = append(s.orphans, left...)
	e.mu.Unlock()
	if ctx.Err() != nil {
		return e.interrupted(ctx, s, o, UpdateFailed)
	}
	e.setStatus(s, status, "")
	return e.outcome(s, o), nil
}

// keepOrphans makes orphans of what an update has made and the stack does not
// use, when the update stops half-way. They are deleted with the stack.
func (o *operation) keepOrphans() {
	s := o.stack
	o.engine.mu.Lock()
	defer o.engine.mu.Unlock()
	s.orphans = append(s.orphans, o.earlierOrphans...)
	for id, c := range o.changes {
		if c.made != nil && s.resources[id] != c.made {
			s.orphans = append(s.orphans, c.made)
		}
	}
	for id, b := range o.before {
		if s.resources[id] != b.resource {
			b.resource.deletion = b.resource.replace
			s.orphans = append(s.orphans, b.resource)
		}
	}
}
