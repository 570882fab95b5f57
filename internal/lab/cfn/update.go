package cfn

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/dag"
)

// update carries out the update of a stack: new and changed resources first, in
// the new plan's order; what was replaced or removed is deleted only when all
// that has succeeded.
func (e *Engine) update(ctx context.Context, s *stack, p *plan) (Outcome, error) {
	e.mu.Lock()
	s.updated = e.opts.Clock.Now()
	leftovers := s.orphans // of earlier operations: gone with the next clean-up
	s.orphans = nil
	e.mu.Unlock()
	e.setStatus(s, UpdateInProgress, "User Initiated")
	o := e.operation(s, p)
	errs := p.graph.Walk(ctx, dag.CancelAll, o.apply)
	why := o.why()
	if len(errs) == 0 {
		outputs, err := o.values()
		if err == nil {
			err = e.exportsHold(s, outputs)
		}
		if err == nil {
			return e.commit(ctx, s, o, outputs, leftovers)
		}
		why = err.Error() + "."
	}
	if ctx.Err() != nil {
		e.strand(s, o, leftovers)
		return e.interrupted(ctx, s, o, UpdateFailed)
	}
	e.setStatus(s, UpdateRollbackInProgress, why)
	out, err := e.rollBack(ctx, s, o, leftovers)
	if err != nil {
		return out, err
	}
	return e.failure(s, o)
}

// exportsHold tells whether an export that other stacks use would change.
func (e *Engine) exportsHold(s *stack, outputs []Output) error {
	for _, old := range s.outputs {
		for _, o := range outputs {
			if users := e.importers(o.Export); o.Export != "" && o.Export == old.Export && o.Value != old.Value && len(users) > 0 {
				return fmt.Errorf("Export %s cannot be updated as it is in use by %s", o.Export, strings.Join(users, ", "))
			}
		}
	}
	return nil
}

// commit makes the new plan the stack's and cleans up behind the update.
func (e *Engine) commit(ctx context.Context, s *stack, o *operation, outputs []Output, leftovers []*live) (Outcome, error) {
	e.mu.Lock()
	s.plan, s.outputs = o.plan, outputs
	gone := append(s.orphans, leftovers...)
	for id, w := range o.before {
		switch {
		case o.plan.nodes[id] == nil:
			delete(s.live, id)
			gone = append(gone, w.live)
		case s.live[id] != w.live:
			w.live.deletion = w.live.replace
			gone = append(gone, w.live)
		}
	}
	s.orphans = nil
	e.mu.Unlock()
	e.setStatus(s, UpdateCleanup, "")
	return e.finish(ctx, s, o, gone, UpdateComplete, nil)
}

// stuck is an update whose rollback has failed half-way.
type stuck struct {
	o         *operation
	leftovers []*live
}

// rollBack brings the resources back to what they were before the update.
// Without an error the stack is in UPDATE_ROLLBACK_COMPLETE.
func (e *Engine) rollBack(ctx context.Context, s *stack, o *operation, leftovers []*live) (Outcome, error) {
	back := &operation{e: e, s: s, plan: s.plan, changes: map[string]*change{}}
	errs := s.plan.graph.Walk(ctx, dag.SkipDependents, func(ctx context.Context, id string) error {
		return back.restore(ctx, id, o)
	})
	if ctx.Err() != nil {
		e.strand(s, o, leftovers)
		return e.interrupted(ctx, s, o, UpdateRollbackFailed)
	}
	if len(errs) > 0 {
		e.mu.Lock()
		s.stuck = &stuck{o, leftovers}
		o.failures = append(o.failures, back.failures...)
		e.mu.Unlock()
		e.setStatus(s, UpdateRollbackFailed, back.why())
		return e.failure(s, o)
	}
	e.mu.Lock()
	gone := leftovers
	for id, c := range o.changes {
		if c.made != nil {
			if s.live[id] == c.made {
				delete(s.live, id)
			}
			gone = append(gone, c.made)
		}
	}
	// A physical id that an update in place brought in is gone again, unless the
	// way back has returned to one that was thought to be gone.
	for _, l := range s.orphans {
		if now := s.live[l.id]; now == nil || now.physical != l.physical {
			gone = append(gone, l)
		}
	}
	s.orphans = nil
	e.mu.Unlock()
	e.setStatus(s, UpdateRollbackCleanupInProgress, "")
	return e.finish(ctx, s, o, gone, UpdateRollbackComplete, func(l *live) bool { return l.deletion == "Retain" })
}

// ContinueRollback tries again to roll back an update whose rollback has failed
// (UPDATE_ROLLBACK_FAILED); what was rolled back already is left alone:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
func (e *Engine) ContinueRollback(ctx context.Context, name string) (Outcome, error) {
	s, release, err := e.acquire(name, false)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if s == nil || s.stuck == nil {
		return Outcome{}, fmt.Errorf("stack %s has no failed rollback to continue", name)
	}
	st := s.stuck
	e.mu.Lock()
	s.stuck, st.o.failures = nil, nil
	e.mu.Unlock()
	e.setStatus(s, UpdateRollbackInProgress, "User Initiated")
	return e.rollBack(ctx, s, st.o, st.leftovers)
}

// restore undoes what an operation did to one resource that was there before.
func (o *operation) restore(ctx context.Context, id string, undo *operation) error {
	w, ok := undo.before[id]
	c := undo.changes[id]
	if !ok || c != nil && c.restored {
		return nil
	}
	e := o.e
	e.mu.Lock()
	o.s.live[id] = w.live
	used := w.live.uses
	w.live.uses, w.live.deletion, w.live.replace = w.state.uses, w.state.deletion, w.state.replace
	e.mu.Unlock()
	switch {
	case c == nil:
		if w.live.status != w.state.status { // its update failed before it began
			e.setResource(o.s, w.live, UpdateComplete, "")
		}
		return nil
	case !c.updated: // replaced: the old one is still there
		c.restored = true
		e.setResource(o.s, w.live, UpdateComplete, "")
		return nil
	}
	e.setResource(o.s, w.live, UpdateInProgress, "")
	e.mu.Lock()
	w.live.props = c.props // what a failed update may have left
	e.mu.Unlock()
	if err := o.change(ctx, o.plan.nodes[id], w.state.props, w.live); err != nil {
		e.mu.Lock()
		w.live.uses = slices.Concat(w.live.uses, used) // it may still use what the update gave it
		e.mu.Unlock()
		return o.fail(ctx, w.live, UpdateFailed, err, true)
	}
	c.restored = true
	e.setResource(o.s, w.live, UpdateComplete, "")
	return nil
}

// strand keeps what an interrupted or stuck update has made, so that it is
// deleted with the stack.
func (e *Engine) strand(s *stack, o *operation, leftovers []*live) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s.orphans = append(s.orphans, leftovers...)
	for id, c := range o.changes {
		if c.made != nil && s.live[id] != c.made {
			s.orphans = append(s.orphans, c.made)
		}
	}
	for id, w := range o.before {
		if s.live[id] != w.live {
			w.live.deletion = w.live.replace
			s.orphans = append(s.orphans, w.live)
		}
	}
}

// finish deletes what an update has left behind. What cannot be deleted does not
// change the outcome, as with CloudFormation; it is tried again with the next
// clean-up and with the stack's deletion.
func (e *Engine) finish(ctx context.Context, s *stack, o *operation, gone []*live, status Status, keep func(*live) bool) (Outcome, error) {
	if keep == nil {
		keep = func(l *live) bool { return l.deletion != "Delete" }
	}
	left := e.remove(ctx, s, gone, keep)
	e.mu.Lock()
	s.orphans = append(s.orphans, left...)
	e.mu.Unlock()
	if ctx.Err() != nil {
		return e.interrupted(ctx, s, o, UpdateFailed)
	}
	e.setStatus(s, status, "")
	return e.outcome(s, o), nil
}
