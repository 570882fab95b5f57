package deployment

import (
	"context"
	"errors"
	"fmt"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/topology"
)

// Probe asks whether something can be reached.
type Probe struct {
	// From is a place, To is TARGET:PORT or TARGET:ping; see [reach.Surveys.Probe].
	From, To string
	// Not wants that no packets get there and back.
	Not bool
}

// String is the probe as it is written on the command line.
func (p Probe) String() string {
	not := ""
	if p.Not {
		not = "! "
	}
	return not + p.From + " " + p.To
}

// ProbeResult is what became of a probe.
type ProbeResult struct {
	Probe
	reach.Probed
	// Err is why nothing could be tried: nobody is called like that.
	Err error
}

// OK reports whether the probe found what it wants: that the target is open, or,
// with Not, that it is filtered.
func (p ProbeResult) OK() bool {
	if p.Err != nil {
		return false
	}
	if p.Not {
		return p.State() == reach.Filtered
	}
	return p.State() == reach.Open
}

// String says in a sentence what became of the probe.
func (p ProbeResult) String() string {
	if p.Err != nil {
		return fmt.Sprintf("%s: %v", p.Probe, p.Err)
	}
	return p.Probed.String()
}

// Run checks all stacks, deploys them, updates them with further deployments, looks
// into them, and deletes them again. If one is refused, nothing of any is created. After
// a failure there are no further deployments and probes.
func Run(ctx context.Context, stacks []cfn.Stack, o Options) (out Result) {
	l := New(o)
	start := l.options.Clock.Now()
	defer func() { out.Took = l.options.Clock.Now().Sub(start) }()
	defer func() { out.Left = errors.Join(out.Left, l.Close()) }()
	for i, step := range append([][]cfn.Stack{stacks}, o.Then...) {
		if i > 0 {
			l.step("updating the stacks")
		}
		results, err := l.Deploy(ctx, step)
		if err != nil {
			results = []Stack{{ID: "lab", Err: err}}
		}
		if o.Settle && err == nil {
			l.step("waiting for the instances")
			l.Settle(ctx, results)
		}
		if o.Pictures {
			l.draw(results)
		}
		out.Stacks = append(out.Stacks, results...)
		if out.Failed() > 0 {
			break
		}
	}
	if out.Failed() == 0 && (len(o.Probes) > 0 || o.Matrix) {
		l.step("trying who can reach whom")
		if err := l.look(ctx, &out); err != nil {
			out.Stacks = append(out.Stacks, Stack{ID: "lab", Err: err})
		}
	}
	if o.Keep {
		return out
	}
	l.step("deleting the stacks")
	for _, d := range l.Delete(ctx) {
		out.attach(d)
	}
	out.Left = l.Left()
	return out
}

// step tells the name of the next step.
func (l *Lab) step(name string) {
	if l.options.OnStep != nil {
		l.options.OnStep(name)
	}
}

// draw adds the pictures of the stacks to what happened to them.
func (l *Lab) draw(results []Stack) {
	for i, s := range results {
		r, stack, ok := l.Region(s.ID)
		if !ok || s.Empty || s.Unused || s.Skipped != "" {
			continue
		}
		info, exists := r.Stack(stack.Name)
		if !exists {
			continue
		}
		m, failed := l.regions.snapshots.Of(info.ID)
		if !failed {
			m = topology.Of(r, info.ID, topology.Options{})
		}
		results[i].Picture = &m
	}
}

// look makes the probes and measures the matrix.
func (l *Lab) look(ctx context.Context, out *Result) error {
	survey := l.Survey()
	for _, p := range l.options.Probes {
		probed, err := survey.Probe(ctx, p.From, p.To)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		out.Probed = append(out.Probed, ProbeResult{p, probed, err})
	}
	if l.options.Matrix {
		m, err := survey.Measure(ctx)
		if err != nil {
			return fmt.Errorf("try who can reach whom: %w", err)
		}
		out.Matrix = &m
	}
	return nil
}

// attach notes a deletion at the last deployment of its stack.
func (r *Result) attach(d Deleted) {
	for i := len(r.Stacks) - 1; i >= 0; i-- {
		if s := &r.Stacks[i]; s.ID == d.ID {
			s.Deletion, s.Retained, s.DeletionPath = d.Events, d.Retained, d.Path
			if d.Err != nil {
				s.Err = errors.Join(s.Err, d.Err)
			}
			return
		}
	}
	r.Stacks = append(r.Stacks, Stack{ID: d.ID, Err: d.Err, Deletion: d.Events, Retained: d.Retained})
}
