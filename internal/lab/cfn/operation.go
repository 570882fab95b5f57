package cfn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/lab/dag"
)

// operation is one creation, update, rollback or deletion of a stack under way.
type operation struct {
	engine *Engine
	stack  *stack
	plan   *plan
	// before are the resources as they were, by logical id. It is empty for a creation.
	before map[string]snapshot
	// earlierOrphans are those of earlier operations. They are deleted in the
	// next clean-up.
	earlierOrphans []*resource
	// further is set for an update of a stack whose last operation failed and was left as it is.
	further bool
	// deletesNew is [Stack.RetainExceptOnCreate].
	deletesNew bool

	mu            sync.Mutex
	changes       map[string]*change
	unstable      map[string]unstable // by logical id
	failures      []Event             // without cancellations
	failedCreates []string            // logical ids, cancellations included
	failedUpdates []string            // logical ids, cancellations included
}

// snapshot is a resource with a copy of its state at the operation's start.
type snapshot struct {
	resource *resource
	state    resource
}

// change is what an operation did to one logical resource.
type change struct {
	// made is a physical resource that did not exist before, or nil.
	made *resource
	// updated reports whether the resource from before was updated in place.
	updated bool
	// props are those that the update asked for.
	props map[string]any
	// restored reports whether the change has been rolled back.
	restored bool
}

func (e *Engine) newOperation(s *stack, p *plan) *operation {
	o := &operation{engine: e, stack: s, plan: p, deletesNew: p != nil && p.stack.RetainExceptOnCreate, before: map[string]snapshot{}, changes: map[string]*change{}, unstable: map[string]unstable{}}
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, r := range s.resources {
		o.before[id] = snapshot{r, *r}
	}
	return o
}

// keeps reports whether the rollback keeps a resource that it would delete.
func (o *operation) keeps(r *resource) bool {
	if !retained(r) {
		return false
	}
	c := o.changes[r.id]
	return !o.deletesNew || c == nil || c.made != r
}

// run brings every resource to what the plan says and evaluates the outputs.
// The error is a stack's reason for rolling back.
func (o *operation) run(ctx context.Context) ([]Output, error) {
	if errs := o.plan.phases.Walk(ctx, dag.CancelAll, o.step); len(errs) > 0 {
		o.cancelUnstable(ctx)
		return nil, errors.New(o.failureReason())
	}
	outputs, err := o.evaluateOutputs()
	if err != nil {
		return nil, fmt.Errorf("%w.", err)
	}
	return outputs, nil
}

// apply brings one resource to what the plan says: it creates, updates,
// replaces or keeps it.
func (o *operation) apply(ctx context.Context, id string) error {
	n := o.plan.nodes[id]
	o.engine.mu.Lock()
	old := o.stack.resources[id]
	o.engine.mu.Unlock()
	if old != nil && old.status == CreateFailed {
		if err := o.remake(ctx, old); err != nil {
			return o.fail(ctx, old, CreateFailed, err)
		}
		old = nil
	}
	props, err := o.resolveProperties(n)
	if old != nil && err == nil && old.status != UpdateFailed && equal(old.props, props) && !n.nests() {
		o.setAttributes(old, n)
		return nil
	}
	if cancelled := o.pause(ctx, id, n.typ, Begin); cancelled != nil {
		return cancelled // nobody has heard of it yet
	}
	switch {
	case old == nil:
		return o.createResource(ctx, n, props, err)
	case err == nil && n.rt.Replaces(old.props, props):
		return o.replaceResource(ctx, n, old, props)
	}
	return o.updateResource(ctx, n, old, props, err)
}

// createResource makes the first physical resource of a logical one. If err is
// not nil its properties could not be resolved, which fails it.
func (o *operation) createResource(ctx context.Context, n *node, props map[string]any, err error) error {
	r := o.newResource(n, props)
	// It belongs to the stack while it is created, because its instances ask about it, and
	// also if it fails: part of it may exist, and is deleted with the stack.
	o.own(r)
	o.engine.setResource(o.stack, r, CreateInProgress, "")
	var stable func(context.Context) error
	if err == nil {
		stable, err = o.callCreate(ctx, n, r)
	}
	o.record(n.id, func(c *change) { c.made = r })
	if err != nil {
		return o.fail(ctx, r, CreateFailed, err)
	}
	o.configured(unstable{r, stable, CreateComplete, CreateFailed})
	return nil
}

// replaceResource makes a new physical resource. The old one stays until the
// clean-up, so that a rollback can return to it.
func (o *operation) replaceResource(ctx context.Context, n *node, old *resource, props map[string]any) error {
	r := o.newResource(n, props)
	o.engine.setResource(o.stack, old, UpdateInProgress, "Requested update requires the creation of a new physical resource; hence creating one.")
	stable, err := o.callCreate(ctx, n, r)
	if err == nil {
		o.own(r)
	}
	o.record(n.id, func(c *change) { c.made = r })
	if err != nil {
		return o.fail(ctx, r, UpdateFailed, err)
	}
	o.configured(unstable{r, stable, UpdateComplete, UpdateFailed})
	return nil
}

// updateResource changes a resource in place. If err is not nil its properties
// could not be resolved, which fails it.
func (o *operation) updateResource(ctx context.Context, n *node, r *resource, props map[string]any, err error) error {
	o.engine.setResource(o.stack, r, UpdateInProgress, "")
	used := r.uses
	o.setAttributes(r, n)
	if err == nil {
		err = o.callUpdate(ctx, n, r, props)
	}
	if err != nil {
		o.engine.mu.Lock()
		r.uses = append(r.uses, used...) // it may still use what it did
		o.engine.mu.Unlock()
		return o.fail(ctx, r, UpdateFailed, err)
	}
	o.engine.setResource(o.stack, r, UpdateComplete, "")
	return nil
}

// record notes what was done to a logical resource.
func (o *operation) record(id string, set func(*change)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.changes[id]
	if c == nil {
		c = &change{}
		o.changes[id] = c
	}
	set(c)
}

// fail sets a resource's failed status. If the failure of another resource
// cancelled it, the reason says so and it does not count as a failure.
func (o *operation) fail(ctx context.Context, r *resource, status Status, err error) error {
	text := err.Error()
	cancelled := errors.Is(context.Cause(ctx), dag.ErrCancelled)
	switch {
	case cancelled && status == UpdateFailed:
		text = "Resource update cancelled"
	case cancelled:
		text = "Resource creation cancelled"
	}
	if cancelled {
		_ = o.pause(context.WithoutCancel(ctx), r.id, r.typ, Cancelling)
	}
	ev := o.engine.setResource(o.stack, r, status, text)
	o.mu.Lock()
	defer o.mu.Unlock()
	if !cancelled {
		o.failures = append(o.failures, ev)
	}
	if status == UpdateFailed {
		o.failedUpdates = append(o.failedUpdates, r.id)
	} else {
		o.failedCreates = append(o.failedCreates, r.id)
	}
	return err
}

// failureReason words a stack's reason for rolling back.
func (o *operation) failureReason() string {
	var parts []string
	add := func(verb string, ids []string) {
		if len(ids) > 0 {
			slices.Sort(ids)
			parts = append(parts, fmt.Sprintf("The following resource(s) failed to %s: [%s].", verb, strings.Join(ids, ", ")))
		}
	}
	add("create", o.failedCreates)
	add("update", o.failedUpdates)
	return strings.Join(parts, " ")
}
