package cfn

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/lab/dag"
)

// Delete deletes a stack and everything in it, dependents first, whatever its
// status is. To delete a stack that does not exist succeeds.
func (e *Engine) Delete(ctx context.Context, name string) (Outcome, error) {
	s, end, err := e.begin(name, false)
	if err != nil {
		return Outcome{}, err
	}
	defer end()
	if s == nil {
		return Outcome{}, nil
	}
	if err := e.checkUnused(s); err != nil {
		return e.outcome(s, nil), err
	}
	e.setStatus(s, DeleteInProgress, "User Initiated")
	if s.failedRollback != nil {
		s.failedRollback.keepOrphans()
		s.failedRollback = nil
	}
	o := e.newOperation(s, s.plan)
	all := slices.AppendSeq(slices.Clone(s.orphans), maps.Values(s.resources))
	left := e.deleteResources(ctx, s, all, retainedOnDelete)
	e.mu.Lock()
	s.orphans = slices.DeleteFunc(slices.Clone(left), func(r *resource) bool { return s.resources[r.id] == r })
	e.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return e.interrupted(ctx, s, o, DeleteFailed)
	case len(left) > 0:
		o.addDeleteFailures(left)
		e.setStatus(s, DeleteFailed, deleteFailedReason(left))
		return e.failure(s, o)
	}
	e.mu.Lock()
	s.outputs = nil
	delete(e.stacks, s.name)
	e.deleted = append(e.deleted, s)
	e.mu.Unlock()
	e.setStatus(s, DeleteComplete, "")
	return e.outcome(s, o), nil
}

// retained reports whether a rollback keeps a resource that it would delete.
func retained(r *resource) bool { return r.deletion == "Retain" }

// retainedOnDelete reports whether every other deletion keeps a resource:
// RetainExceptOnCreate is then like Retain.
func retainedOnDelete(r *resource) bool { return r.deletion != "Delete" }

// deleteResources deletes physical resources, each after those that use it. It
// returns those that still exist: what failed, and what waits for that. What
// keep reports is not deleted and does not belong to the stack any more.
func (e *Engine) deleteResources(ctx context.Context, s *stack, all []*resource, keep func(*resource) bool) []*resource {
	slices.SortFunc(all, func(a, b *resource) int { return strings.Compare(a.id, b.id) })
	users := map[*resource][]*resource{} // the deletion of a resource waits for its users
	for _, r := range all {
		for _, u := range r.uses {
			users[u] = append(users[u], r)
		}
	}
	graph, err := dag.New(all, users)
	if err != nil {
		panic(fmt.Sprintf("cfn: resources of stack %s use one another: %v", s.name, err)) // no template has a cycle
	}
	errs := graph.Walk(ctx, dag.SkipDependents, func(ctx context.Context, r *resource) error {
		return e.deleteResource(ctx, s, r, keep(r))
	})
	return slices.DeleteFunc(slices.Clone(all), func(r *resource) bool { return errs[r] == nil })
}

// deleteResource deletes one physical resource, or with keep lets go of it.
func (e *Engine) deleteResource(ctx context.Context, s *stack, r *resource, keep bool) error {
	switch {
	case r.physical == "": // its creation failed before anything was made
	case keep:
		_ = e.pause(ctx, Step{Stack: s.name, LogicalID: r.id, Type: r.typ, Action: Begin})
		e.setResource(s, r, DeleteSkipped, "")
	default:
		step := Step{Stack: s.name, LogicalID: r.id, Type: r.typ, Action: Begin}
		_ = e.pause(ctx, step) // if ctx ends, the type's Delete says so
		e.setResource(s, r, DeleteInProgress, "")
		step.Action = Deleting
		_ = e.pause(ctx, step)
		req := e.request(s, s.plan, r, r.props)
		req.PhysicalID = r.physical
		if err := r.rt.Delete(ctx, req); err != nil {
			e.setResource(s, r, DeleteFailed, err.Error())
			return err
		}
		e.setResource(s, r, DeleteComplete, "")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.resources[r.id] == r {
		delete(s.resources, r.id)
	}
	return nil
}

// addDeleteFailures adds the resources that failed to be deleted to the failures.
func (o *operation) addDeleteFailures(left []*resource) {
	for _, r := range left {
		if r.status == DeleteFailed {
			o.failures = append(o.failures, Event{
				Time: o.engine.opts.Clock.Now(), Stack: o.stack.name, StackID: o.stack.id,
				LogicalID: r.id, PhysicalID: r.physical, Type: r.typ, Status: r.status, Reason: r.reason,
			})
		}
	}
}

// deleteFailedReason words a stack's reason for *_FAILED after deletions.
func deleteFailedReason(left []*resource) string {
	var ids []string
	for _, r := range left {
		if r.status == DeleteFailed {
			ids = append(ids, r.id)
		}
	}
	slices.Sort(ids)
	return fmt.Sprintf("The following resource(s) failed to delete: [%s].", strings.Join(ids, ", "))
}
