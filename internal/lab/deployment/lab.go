package deployment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/dag"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/region"
	"provenendpoints/proof"
)

// Lab is Regions with stacks in them: they can be deployed, updated by further
// deployments, looked into and deleted. One call at a time. Close it.
type Lab struct {
	options Options
	clock   *clock.Clock
	regions *regions
	stacks  []cfn.Stack         // as they were deployed last
	needs   map[string][]string // ids of stacks, by the stacks' ids
	surveys reach.Surveys       // nil: none is open
}

// New makes a lab without stacks.
func New(o Options) *Lab {
	if o.Clock == nil {
		o.Clock = proof.SystemClock()
	}
	c := clock.NewStepping()
	return &Lab{
		options: o, clock: c, needs: map[string][]string{},
		regions: &regions{options: o, clock: c, open: map[place]*region.Region{}},
	}
}

// Close ends everything in the lab, without deleting the stacks first.
func (l *Lab) Close() error {
	defer l.clock.Stop()
	return errors.Join(l.unsurvey(), l.regions.close())
}

// Clock is the time of everything in the lab. It stands still while anything in the
// process works.
func (l *Lab) Clock() *clock.Clock { return l.clock }

// Region returns the Region of a stack by the stack's id or name, and the stack.
func (l *Lab) Region(stack string) (*region.Region, cfn.Stack, bool) {
	s, ok := cfn.Assembly{Stacks: l.stacks}.Stack(stack)
	if !ok {
		return nil, s, false
	}
	return l.regions.of(s), s, true
}

// Stacks returns the stacks as they were deployed last, in the order of their first
// deployment.
func (l *Lab) Stacks() []cfn.Stack { return slices.Clone(l.stacks) }

// Deploy checks all stacks, and creates or updates them, independent ones concurrently.
// If one is refused, nothing of any is created or changed. Stacks of earlier
// deployments that are not among them stay as they are. The error is not about
// any single stack.
func (l *Lab) Deploy(ctx context.Context, stacks []cfn.Stack) ([]Stack, error) {
	if err := l.unsurvey(); err != nil {
		return nil, err
	}
	if err := l.regions.start(stacks); err != nil {
		return nil, err
	}
	d := &deployment{Lab: l, chosen: stacks, result: make([]Stack, len(stacks)), inert: map[string][]cfn.InertResource{}}
	ready, err := d.check()
	if err != nil || !ready {
		return d.result, err
	}
	if err := l.regions.publish(stacks); err != nil {
		return nil, err
	}
	for _, s := range stacks {
		l.needs[s.ID] = d.order.Dependencies(s.ID)
		if i := slices.IndexFunc(l.stacks, func(o cfn.Stack) bool { return o.ID == s.ID }); i >= 0 {
			l.stacks[i] = s
		} else {
			l.stacks = append(l.stacks, s)
		}
	}
	d.deploy(ctx)
	return d.result, nil
}

// Survey looks into the Regions: who can reach whom. It is closed by the next
// deployment or deletion.
func (l *Lab) Survey() reach.Surveys {
	if l.surveys != nil {
		return l.surveys
	}
	var places []place
	names := map[place][]string{}
	for _, s := range l.stacks {
		at := l.regions.placeOf(s)
		if _, exists := l.regions.of(s).Stack(s.Name); !exists {
			continue
		}
		if names[at] == nil {
			places = append(places, at)
		}
		names[at] = append(names[at], s.Name)
	}
	for _, at := range places {
		prefix := ""
		if len(places) > 1 {
			prefix = at.region + "/"
			if slices.ContainsFunc(places, func(o place) bool { return o.region == at.region && o.account != at.account }) {
				prefix = at.account + "/" + prefix
			}
		}
		l.surveys = append(l.surveys, reach.New(l.regions.open[at], prefix, names[at]...))
	}
	return l.surveys
}

// unsurvey takes out what the surveys have put into the Regions.
func (l *Lab) unsurvey() error {
	open := l.surveys
	l.surveys = nil
	return open.Close()
}

// Deleted is what happened to a stack that was deleted.
type Deleted struct {
	ID string
	// Events are those of the deletion, Retained those about what it kept, as its
	// template says.
	Events, Retained []cfn.Event
	Path             []cfn.Span // with [Options] Paths
	Err              error
}

// Delete deletes all stacks that exist, failed or not, at once, but each after those that depend
// on it.
func (l *Lab) Delete(ctx context.Context) []Deleted {
	if err := l.unsurvey(); err != nil {
		return []Deleted{{ID: "lab", Err: err}}
	}
	order, err := l.deletionOrder()
	if err != nil {
		return []Deleted{{ID: "lab", Err: err}}
	}
	var mu sync.Mutex
	deleted := map[string]Deleted{}
	// The end of ctx makes each deletion return; none is skipped for it.
	order.Walk(context.WithoutCancel(ctx), dag.SkipDependents, func(_ context.Context, id string) error {
		i := slices.IndexFunc(l.stacks, func(s cfn.Stack) bool { return s.ID == id })
		d, existed := l.deleteStack(ctx, l.stacks[i])
		mu.Lock()
		defer mu.Unlock()
		if existed {
			deleted[id] = d
		}
		return nil // the rest goes all the same
	})
	var out []Deleted
	for _, id := range order.Order() {
		if d, existed := deleted[id]; existed {
			out = append(out, d)
		}
	}
	return out
}

// deletionOrder is the order of the stacks' deletion: each after those that depend on
// it. Where updates have left a circle, one goes after the other.
func (l *Lab) deletionOrder() (*dag.Graph[string], error) {
	ids := make([]string, len(l.stacks))
	for i, s := range l.stacks {
		ids[len(ids)-1-i] = s.ID
	}
	after := map[string][]string{}
	for id, needs := range l.needs {
		for _, needed := range needs {
			after[needed] = append(after[needed], id)
		}
	}
	order, err := dag.New(ids, after)
	if err == nil {
		return order, nil
	}
	after = map[string][]string{}
	for i, id := range ids[1:] {
		after[id] = []string{ids[i]}
	}
	return dag.New(ids, after)
}

func (l *Lab) deleteStack(ctx context.Context, s cfn.Stack) (d Deleted, existed bool) {
	r := l.regions.of(s)
	info, ok := r.Stack(s.Name)
	if !ok {
		return d, false
	}
	d.ID = s.ID
	before := len(r.Events(s.Name))
	_, err := r.Delete(ctx, s.Name)
	if events := r.Events(info.ID); len(events) > before {
		d.Events = events[before:]
	}
	d.Retained = r.Retained(info.ID)
	if l.options.Paths && err == nil {
		if _, edges, err := r.Edges(s); err == nil {
			d.Path = cfn.CriticalPath(d.Events, edges, true)
		}
	}
	if err != nil {
		d.Err = fmt.Errorf("delete: %w", err)
	}
	return d, true
}

// Left is an error that names what the deleted stacks left behind and were not to
// retain; nil if nothing.
func (l *Lab) Left() error { return l.regions.left() }
