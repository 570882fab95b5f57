package cfn

import (
	"context"
	"errors"
	"fmt"
)

// This file is where an operation calls resource types and stores what they
// return.

// newResource is the physical resource that is about to be made.
func (o *operation) newResource(n *node, props map[string]any) *resource {
	r := &resource{id: n.id, typ: n.typ, rt: n.rt, props: props}
	o.setAttributes(r, n)
	return r
}

// setAttributes sets what the plan says besides the properties: dependencies and
// policies.
func (o *operation) setAttributes(r *resource, n *node) {
	o.engine.mu.Lock()
	defer o.engine.mu.Unlock()
	r.uses = nil
	for _, d := range o.plan.graph.Dependencies(n.id) {
		if u := o.stack.resources[d]; u != nil {
			r.uses = append(r.uses, u)
		}
	}
	r.deletion, r.replace = n.deletion, n.replace
}

// own makes a physical resource that of its logical id.
func (o *operation) own(r *resource) {
	o.engine.mu.Lock()
	defer o.engine.mu.Unlock()
	o.stack.resources[r.id] = r
}

// callCreate has the resource type make a physical resource. What it returns waits
// until the resource is stable; nil: it is.
func (o *operation) callCreate(ctx context.Context, n *node, r *resource) (func(context.Context) error, error) {
	if err := o.pause(ctx, r.id, r.typ, Creating); err != nil {
		return nil, err
	}
	res, err := o.signalled(ctx, n, func() (Result, error) {
		res, err := n.rt.Create(ctx, o.request(r, r.props))
		o.engine.mu.Lock()
		defer o.engine.mu.Unlock()
		r.setResult(res)
		return res, err
	})
	if err == nil && res.PhysicalID == "" {
		err = fmt.Errorf("%s gave no physical id", n.typ)
	}
	return res.Stabilize, err
}

// callUpdate has the resource type change a resource in place. If the physical
// id changes, the old resource becomes an orphan.
func (o *operation) callUpdate(ctx context.Context, n *node, r *resource, props map[string]any) error {
	req := o.request(r, props)
	req.OldProperties, req.PhysicalID = r.props, r.physical
	if err := o.pause(ctx, r.id, r.typ, Updating); err != nil {
		return Unchanged(err)
	}
	res, err := r.rt.Update(ctx, req)
	var u unchanged
	if errors.As(err, &u) {
		return err
	}
	o.record(n.id, func(c *change) { c.updated, c.props = true, props })
	if err == nil && res.Stabilize != nil {
		err = res.Stabilize(ctx)
	}
	if err != nil {
		return err
	}
	o.engine.mu.Lock()
	replaced := res.PhysicalID != "" && res.PhysicalID != r.physical
	if replaced {
		old := *r
		old.deletion = old.replace
		o.stack.orphans = append(o.stack.orphans, &old)
	}
	r.setResult(res)
	r.props = props
	o.engine.mu.Unlock()
	if replaced {
		o.engine.setResource(o.stack, r, UpdateInProgress, "Requested update required the provider to create a new physical resource")
	}
	return nil
}

// request is the request about a resource, without what only an update or a
// deletion needs.
func (o *operation) request(r *resource, props map[string]any) Request {
	return o.engine.request(o.stack, o.plan, r, props)
}

func (e *Engine) request(s *stack, p *plan, r *resource, props map[string]any) Request {
	return Request{
		Stack: s.name, StackID: s.id, LogicalID: r.id, Type: r.typ, Properties: props,
		Region: e.opts.Region, Account: e.opts.Account, Assets: p.stack.Assets, StackTags: p.stack.Tags,
	}
}
