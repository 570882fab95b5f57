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

// operation is one creation or update of a stack under way.
type operation struct {
	e    *Engine
	s    *stack
	plan *plan
	// before are the resources as they were, by logical id; empty for a creation.
	before map[string]was

	mu       sync.Mutex
	changes  map[string]*change
	failures []Event  // without cancellations
	failed   []string // ids that failed to be created, cancellations included
	unmoved  []string // ids that failed to be updated
}

// was is a live resource with a copy of its state at the operation's start.
type was struct {
	live  *live
	state live
}

// change is what an operation did to one logical resource.
type change struct {
	// made is a physical resource that did not exist before, or nil.
	made *live
	// updated tells that the one from before was asked to update in place.
	updated bool
	// props are those that the update asked for.
	props map[string]any
	// restored tells that it has been rolled back.
	restored bool
}

func (e *Engine) operation(s *stack, p *plan) *operation {
	o := &operation{e: e, s: s, plan: p, before: map[string]was{}, changes: map[string]*change{}}
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, l := range s.live {
		o.before[id] = was{l, *l}
	}
	return o
}

// apply brings one resource to what the plan says: it creates, updates,
// replaces or keeps it.
func (o *operation) apply(ctx context.Context, id string) error {
	n := o.plan.nodes[id]
	o.e.mu.Lock()
	old := o.s.live[id]
	o.e.mu.Unlock()
	props, err := o.resolve(n)
	switch {
	case old == nil:
		return o.create(ctx, n, props, err, nil)
	case err == nil && same(old.props, props):
		o.adopt(old, n)
		return nil
	case err == nil && n.rt.Replaces(old.props, props):
		return o.create(ctx, n, props, err, old)
	}
	return o.update(ctx, n, props, err, old)
}

// resolve evaluates a node's properties with the values of the resources that
// it depends on.
func (o *operation) resolve(n *node) (map[string]any, error) {
	v, err := o.value(n.properties)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil
}

func (o *operation) value(expr any) (any, error) {
	var missing error
	ev := &evaluator{scope: o.plan.scope}
	ev.resource = func(id, attribute string) (any, error) {
		v, err := o.lookup(id, attribute)
		missing = errors.Join(missing, err)
		return v, err
	}
	v := ev.dynamic(ev.eval(expr))
	if missing != nil {
		return nil, missing // as CloudFormation words it, without our path
	}
	if len(ev.errs) > 0 {
		return nil, errors.New(strings.Join(ev.errs, "; "))
	}
	return v, nil
}

// lookup is the value of Ref (attribute "") or Fn::GetAtt of a resource that exists.
func (o *operation) lookup(id, attribute string) (any, error) {
	o.e.mu.Lock()
	defer o.e.mu.Unlock()
	l := o.s.live[id]
	if l == nil {
		return nil, fmt.Errorf("resource %s does not exist", id)
	}
	if attribute == "" {
		return l.ref, nil
	}
	if v, ok := l.attrs[attribute]; ok {
		return v, nil
	}
	if l.vendor != "" {
		return nil, fmt.Errorf("CustomResource attribute error: Vendor response doesn't contain %s attribute in object %s", attribute, l.vendor)
	}
	return nil, fmt.Errorf("Requested attribute %s does not exist in schema for %s", attribute, l.typ)
}

// adopt takes over from the plan what is not a property.
func (o *operation) adopt(l *live, n *node) {
	o.e.mu.Lock()
	defer o.e.mu.Unlock()
	l.uses = l.uses[:0:0]
	for _, d := range o.plan.graph.Dependencies(n.id) {
		if u := o.s.live[d]; u != nil {
			l.uses = append(l.uses, u)
		}
	}
	l.deletion, l.replace = n.deletion, n.replace
}

func (o *operation) request(n *node, props map[string]any) Request {
	return Request{
		Stack: o.s.name, StackID: o.s.id, LogicalID: n.id, Type: n.typ, Properties: props,
		Region: o.e.opts.Region, Account: o.e.opts.Account, Assets: o.plan.stack.Assets,
	}
}

// create makes a new physical resource; old is the one that it replaces, or nil.
func (o *operation) create(ctx context.Context, n *node, props map[string]any, err error, old *live) error {
	e := o.e
	l := &live{id: n.id, typ: n.typ, rt: n.rt, props: props}
	o.adopt(l, n)
	complete, failed := CreateComplete, CreateFailed
	if old == nil {
		e.setResource(o.s, l, CreateInProgress, "")
	} else {
		complete, failed = UpdateComplete, UpdateFailed
		e.setResource(o.s, old, UpdateInProgress, "Requested update requires the creation of a new physical resource; hence creating one.")
	}
	var res Result
	if err == nil {
		res, err = n.rt.Create(ctx, o.request(n, props))
		if err == nil && res.PhysicalID == "" {
			err = fmt.Errorf("%s gave no physical id", n.typ)
		}
	}
	e.mu.Lock()
	l.take(res)
	if err == nil || old == nil {
		o.s.live[n.id] = l
	}
	e.mu.Unlock()
	o.note(n.id, func(c *change) { c.made = l })
	if err != nil {
		return o.fail(ctx, l, failed, err, old != nil)
	}
	e.setResource(o.s, l, complete, "")
	return nil
}

// update changes a resource in place.
func (o *operation) update(ctx context.Context, n *node, props map[string]any, err error, l *live) error {
	o.e.setResource(o.s, l, UpdateInProgress, "")
	used := l.uses
	o.adopt(l, n)
	if err == nil {
		err = o.change(ctx, n, props, l)
	}
	if err != nil {
		o.e.mu.Lock()
		l.uses = append(l.uses, used...) // it may still use what it did
		o.e.mu.Unlock()
		return o.fail(ctx, l, UpdateFailed, err, true)
	}
	o.e.setResource(o.s, l, UpdateComplete, "")
	return nil
}

// change asks the resource type for an update and takes over its result. If the
// physical id changes, the old one is left to the clean-up.
func (o *operation) change(ctx context.Context, n *node, props map[string]any, l *live) error {
	r := o.request(n, props)
	r.OldProperties, r.PhysicalID = l.props, l.physical
	res, err := l.rt.Update(ctx, r)
	var un unchanged
	if errors.As(err, &un) {
		return err
	}
	o.note(n.id, func(c *change) { c.updated, c.props = true, props })
	if err != nil {
		return err
	}
	o.e.mu.Lock()
	replaced := res.PhysicalID != "" && res.PhysicalID != l.physical
	if replaced {
		gone := *l
		gone.deletion = gone.replace
		o.s.orphans = append(o.s.orphans, &gone)
	}
	l.take(res)
	l.props = props
	o.e.mu.Unlock()
	if replaced {
		o.e.setResource(o.s, l, UpdateInProgress, "Requested update required the provider to create a new physical resource")
	}
	return nil
}

// take stores a result.
func (l *live) take(r Result) {
	if r.PhysicalID != "" {
		l.physical = r.PhysicalID
		l.ref = r.PhysicalID
	}
	if r.Ref != nil {
		l.ref = r.Ref
	}
	if r.Attributes != nil {
		l.attrs = r.Attributes
	}
	if r.vendor != "" {
		l.vendor = r.vendor
	}
}

func (o *operation) note(id string, f func(*change)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.changes[id]
	if c == nil {
		c = &change{}
		o.changes[id] = c
	}
	f(c)
}

// fail tells of a resource's failure, or that it was cancelled because of
// another one's.
func (o *operation) fail(ctx context.Context, l *live, status Status, err error, update bool) error {
	text := err.Error()
	cancelled := errors.Is(context.Cause(ctx), dag.ErrCancelled)
	switch {
	case cancelled && update:
		text = "Resource update cancelled"
	case cancelled:
		text = "Resource creation cancelled"
	}
	ev := o.e.setResource(o.s, l, status, text)
	o.mu.Lock()
	defer o.mu.Unlock()
	if !cancelled {
		o.failures = append(o.failures, ev)
	}
	if update {
		o.unmoved = append(o.unmoved, l.id)
	} else {
		o.failed = append(o.failed, l.id)
	}
	return err
}

// why words a stack's reason for rolling back.
func (o *operation) why() string {
	var parts []string
	add := func(verb string, ids []string) {
		if len(ids) > 0 {
			slices.Sort(ids)
			parts = append(parts, fmt.Sprintf("The following resource(s) failed to %s: [%s].", verb, strings.Join(ids, ", ")))
		}
	}
	add("create", o.failed)
	add("update", o.unmoved)
	return strings.Join(parts, " ")
}

// values evaluates the outputs. Each must be a scalar.
func (o *operation) values() ([]Output, error) {
	var out []Output
	for _, p := range o.plan.outputs {
		v, err := o.value(p.value)
		if err != nil {
			return nil, fmt.Errorf("Output %s: %w", p.key, err)
		}
		text, ok := scalarText(v)
		if !ok {
			return nil, fmt.Errorf("Output %s must be a string, not %s", p.key, kindOf(v))
		}
		out = append(out, Output{Key: p.key, Value: text, Description: p.description, Export: p.export})
	}
	return out, nil
}
