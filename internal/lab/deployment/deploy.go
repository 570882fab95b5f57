// Package deployment deploys stacks into new Regions of the lab, deletes them
// again, and returns what happened. It prints nothing.
package deployment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/dag"
	"provenendpoints/internal/lab/region"
	"provenendpoints/proof"
)

// Options say how to deploy. The zero value deploys and deletes.
type Options struct {
	// Keep skips the deletion at the end.
	Keep bool
	// Region and Account are those of the stacks that say none.
	// Defaults: ap-northeast-2, 123456789012.
	Region, Account string
	// Seed chooses the course of events; see [region.Options].
	Seed uint64
	// Stubs are the answers of custom resources whose functions cannot run here, by
	// STACK/LOGICALID or by resource type.
	Stubs map[string]cfn.Stub
	// Clock is the wall clock. Default: the system's.
	Clock proof.Clock
	// OnDelete is called before the first stack is deleted. Optional.
	OnDelete func()
	// OnEvent receives every event, one at a time for each Region. Optional.
	OnEvent func(cfn.Event)
}

// deployment is one run.
type deployment struct {
	options Options
	regions *regions
	stacks  []cfn.Stack
	order   *dag.Graph[string]             // of the stacks' ids
	inert   map[string][]cfn.InertResource // by the stacks' ids
	result  []Stack
}

// Run checks all stacks, deploys them, independent ones concurrently, and deletes
// them again. If one is refused, nothing of any is created.
func Run(ctx context.Context, stacks []cfn.Stack, o Options) (out Result) {
	if o.Clock == nil {
		o.Clock = proof.SystemClock()
	}
	start := o.Clock.Now()
	defer func() { out.Took = o.Clock.Now().Sub(start) }()
	lab := clock.NewStepping()
	defer lab.Stop()
	rs := &regions{options: o, clock: lab, open: map[place]*region.Region{}}
	defer func() { out.Left = errors.Join(out.Left, rs.close()) }()
	failed := func(err error) Result { return Result{Stacks: []Stack{{ID: "lab", Err: err}}} }
	if err := rs.start(stacks); err != nil {
		return failed(err)
	}
	d := &deployment{options: o, regions: rs, stacks: stacks, result: make([]Stack, len(stacks)), inert: map[string][]cfn.InertResource{}}
	ready, err := d.check()
	if err != nil {
		return failed(err)
	}
	if ready {
		d.deploy(ctx)
		if !o.Keep {
			if o.OnDelete != nil {
				o.OnDelete()
			}
			d.delete(ctx)
			out.Left = rs.left()
		}
	}
	out.Stacks = d.result
	return out
}

// deploy deploys every stack as soon as those that it depends on are deployed. A
// stack is skipped if one of these failed.
func (d *deployment) deploy(ctx context.Context) {
	index := map[string]int{}
	for i, s := range d.stacks {
		index[s.ID] = i
	}
	// The end of ctx makes each deployment return; none is skipped for it.
	errs := d.order.Walk(context.WithoutCancel(ctx), dag.SkipDependents, func(_ context.Context, id string) error {
		i := index[id]
		d.result[i] = d.deployStack(ctx, d.stacks[i])
		return d.result[i].Err
	})
	for i, s := range d.stacks {
		if errors.Is(errs[s.ID], dag.ErrSkipped) {
			needs := d.order.Dependencies(s.ID)
			failed := slices.IndexFunc(needs, func(id string) bool { return errs[id] != nil })
			d.result[i] = Stack{ID: s.ID, Skipped: needs[failed]}
		}
	}
}

func (d *deployment) deployStack(ctx context.Context, s cfn.Stack) Stack {
	r := d.regions.of(s)
	out := Stack{ID: s.ID, Inert: d.inert[s.ID]}
	out.Region, out.Account = r.Place()
	if s.Empty() {
		out.Empty = true
		return out
	}
	wall, lab := d.options.Clock.Now(), r.Now()
	out.Outcome, out.Err = r.Deploy(ctx, s)
	out.Took, out.Wall = r.Now().Sub(lab), d.options.Clock.Now().Sub(wall)
	out.Events = r.Events(s.Name)
	out.Resources = len(r.Resources(s.Name))
	out.Logs = r.Logs(s.Name)
	return out
}

// delete deletes the stacks, each after those that depend on it.
func (d *deployment) delete(ctx context.Context) {
	for _, id := range slices.Backward(d.order.Order()) {
		i := slices.IndexFunc(d.stacks, func(s cfn.Stack) bool { return s.ID == id })
		d.deleteStack(ctx, d.stacks[i], &d.result[i])
	}
}

// deleteStack deletes a stack that exists, failed or not.
func (d *deployment) deleteStack(ctx context.Context, s cfn.Stack, out *Stack) {
	r := d.regions.of(s)
	info, ok := r.Stack(s.Name)
	if !ok {
		return
	}
	before := len(r.Events(s.Name))
	_, err := r.Delete(ctx, s.Name)
	if events := r.Events(info.ID); len(events) > before {
		out.Deletion = events[before:]
	}
	out.Retained = r.Retained(info.ID)
	if err != nil {
		out.Err = errors.Join(out.Err, fmt.Errorf("delete: %w", err))
	}
}
