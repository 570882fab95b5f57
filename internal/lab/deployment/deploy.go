// Package deployment deploys stacks into a new Region of the lab, deletes them
// again, and returns what happened. It prints nothing.
package deployment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/dag"
	"provenendpoints/internal/lab/region"
	"provenendpoints/proof"
)

// Options say how to deploy. The zero value deploys and deletes.
type Options struct {
	// Keep skips the deletion at the end.
	Keep bool
	// Clock is the wall clock. Default: the system's.
	Clock proof.Clock
	// OnDelete is called before the first stack is deleted. Optional.
	OnDelete func()
	// OnEvent receives every event, one at a time. Optional.
	OnEvent func(cfn.Event)
}

// deployment is one run.
type deployment struct {
	region *region.Region
	clock  proof.Clock
	stacks []cfn.Stack
	result []Stack
}

// Run deploys the stacks, independent ones concurrently, and deletes them again.
func Run(ctx context.Context, stacks []cfn.Stack, o Options) (out Result) {
	if o.Clock == nil {
		o.Clock = proof.SystemClock()
	}
	start := o.Clock.Now()
	r, err := region.New(region.Options{OnEvent: o.OnEvent})
	if err != nil {
		return Result{Stacks: []Stack{{ID: "lab", Err: err}}}
	}
	defer func() { out.Left = errors.Join(out.Left, r.Close()) }()
	d := &deployment{region: r, clock: o.Clock, stacks: stacks, result: make([]Stack, len(stacks))}
	if err := d.deploy(ctx); err != nil {
		return Result{Stacks: []Stack{{ID: "lab", Err: err}}}
	}
	out.Stacks = d.result
	if !o.Keep {
		if o.OnDelete != nil {
			o.OnDelete()
		}
		d.delete(ctx)
		out.Left = r.Left()
	}
	out.Took = o.Clock.Now().Sub(start)
	return out
}

// deploy deploys every stack as soon as those that it depends on are deployed. A
// stack is skipped if one of these failed.
func (d *deployment) deploy(ctx context.Context) error {
	ids, dependencies, index := make([]string, len(d.stacks)), map[string][]string{}, map[string]int{}
	for i, s := range d.stacks {
		ids[i], dependencies[s.ID], index[s.ID] = s.ID, s.Dependencies, i
	}
	graph, err := dag.New(ids, dependencies)
	if err != nil {
		return err
	}
	// The end of ctx makes each deployment return; none is skipped for it.
	errs := graph.Walk(context.WithoutCancel(ctx), dag.SkipDependents, func(_ context.Context, id string) error {
		i := index[id]
		d.result[i] = d.deployStack(ctx, d.stacks[i])
		return d.result[i].Err
	})
	for i, s := range d.stacks {
		if errors.Is(errs[s.ID], dag.ErrSkipped) {
			failed := slices.IndexFunc(s.Dependencies, func(id string) bool { return errs[id] != nil })
			d.result[i] = Stack{ID: s.ID, Skipped: s.Dependencies[failed]}
		}
	}
	return nil
}

func (d *deployment) deployStack(ctx context.Context, s cfn.Stack) Stack {
	r, out := d.region, Stack{ID: s.ID}
	wall, lab := d.clock.Now(), r.Now()
	out.Outcome, out.Err = r.Deploy(ctx, s)
	out.Took, out.Wall = r.Now().Sub(lab), d.clock.Now().Sub(wall)
	out.Events = r.Events(s.Name)
	out.Resources = len(r.Resources(s.Name))
	out.Logs = r.Logs(s.Name)
	return out
}

// delete deletes the stacks in reverse order.
func (d *deployment) delete(ctx context.Context) {
	for i := len(d.stacks) - 1; i >= 0; i-- {
		d.deleteStack(ctx, d.stacks[i], &d.result[i])
	}
}

// deleteStack deletes a stack that exists, failed or not.
func (d *deployment) deleteStack(ctx context.Context, s cfn.Stack, out *Stack) {
	r := d.region
	info, ok := r.Stack(s.Name)
	if !ok {
		return
	}
	before := len(r.Events(s.Name))
	_, err := r.Delete(ctx, s.Name)
	if events := r.Events(info.ID); len(events) > before {
		out.Deletion = events[before:]
	}
	if err != nil {
		out.Err = errors.Join(out.Err, fmt.Errorf("delete: %w", err))
	}
}
