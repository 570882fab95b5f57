// Package deployment deploys stacks into new Regions of the lab, updates them, waits
// until their instances have started, tries who can reach whom, deletes them again, and
// returns what happened. It prints nothing.
//
// [Run] does all of that once. A [Lab] is what it is done with, step by step.
package deployment

import (
	"context"
	"errors"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/dag"
	"provenendpoints/proof"
)

// Options say how to deploy. The zero value deploys and deletes.
type Options struct {
	// Keep skips the deletion at the end.
	Keep bool
	// Settle waits, before anything is judged or deleted, until what is complete answers,
	// user data has ended and targets are healthy; see [Lab.Settle].
	Settle bool
	// Then are further deployments, which update the stacks one after the other.
	Then [][]cfn.Stack
	// Probes are made after the last deployment. With Matrix everybody is tried from
	// everywhere.
	Probes []Probe
	Matrix bool
	// Region and Account are those of the stacks that say none.
	// Defaults: ap-northeast-2, 123456789012.
	Region, Account string
	// Seed chooses the course of events; see [region.Options].
	Seed uint64
	// Stubs are the answers of custom resources whose functions cannot run here, by
	// STACK/LOGICALID or by resource type.
	Stubs map[string]cfn.Stub
	// Accept are resource types that the lab does not have and takes as inert.
	Accept []string
	// Clock is the wall clock. Default: the system's.
	Clock proof.Clock
	// Paths asks for the critical paths, Traces for the ways of the packets that verdicts
	// rest on.
	Paths, Traces bool
	// Captures is a folder that gets a capture file for each interface, in folders for
	// each account and Region if there are several. Default: none.
	Captures string
	// Pictures asks for models of pictures of the stacks' networks.
	Pictures bool
	// OnStep is called before each step but the first deployment, with its name.
	// Optional.
	OnStep func(name string)
	// OnEvent receives every event, one at a time for each Region. Optional.
	OnEvent func(cfn.Event)
}

// deployment is one deployment of stacks into a lab.
type deployment struct {
	*Lab
	chosen []cfn.Stack
	order  *dag.Graph[string]             // of the stacks' ids
	inert  map[string][]cfn.InertResource // by the stacks' ids
	result []Stack
}

// deploy deploys every stack as soon as those that it depends on are deployed. A
// stack is skipped if one of these failed.
func (d *deployment) deploy(ctx context.Context) {
	index := map[string]int{}
	for i, s := range d.chosen {
		index[s.ID] = i
	}
	// The end of ctx makes each deployment return; none is skipped for it.
	errs := d.order.Walk(context.WithoutCancel(ctx), dag.SkipDependents, func(_ context.Context, id string) error {
		i := index[id]
		d.result[i] = d.deployStack(ctx, d.chosen[i])
		return d.result[i].Err
	})
	for i, s := range d.chosen {
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
	_, out.Update = r.Stack(s.Name)
	before := len(r.Events(s.Name))
	wall, lab := d.options.Clock.Now(), r.Now()
	out.Outcome, out.Err = r.Deploy(ctx, s)
	out.Inert = slices.Concat(out.Inert, out.Outcome.Inert)
	if errors.Is(out.Err, cfn.ErrNoUpdates) {
		out.Err, out.Unchanged = nil, true
	}
	out.Took, out.Wall = r.Now().Sub(lab), d.options.Clock.Now().Sub(wall)
	out.Events = r.Events(s.Name)[before:]
	if d.options.Paths && out.Outcome.Status == cfn.CreateComplete {
		if _, edges, err := r.Edges(s); err == nil { // it was deployed, so it compiles
			out.Path = cfn.CriticalPath(out.Events, edges, false)
		}
	}
	for _, resource := range r.Resources(s.Name) {
		if resource.Status != cfn.DeleteComplete {
			out.Resources++
		}
	}
	out.Logs = r.AllLogs(s.Name)
	out.Traces = r.Traces(s.Name)
	return out
}
