package cfn

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"provenendpoints/internal/lab/dag"
)

// stackName is the form of stack names:
// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
var stackName = regexp.MustCompile(`^[A-Za-z][-A-Za-z0-9]{0,127}$`)

// Delete deletes a stack and everything in it, dependents first, in whatever
// state it is. A stack that does not exist is deleted already.
func (e *Engine) Delete(ctx context.Context, name string) (Outcome, error) {
	s, release, err := e.acquire(name, false)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if s == nil {
		return Outcome{}, nil
	}
	for _, o := range s.outputs {
		if o.Export == "" {
			continue
		}
		users := slices.DeleteFunc(e.importers(o.Export), func(u string) bool { return u == name })
		if len(users) > 0 {
			return e.outcome(s, nil), fmt.Errorf("Export %s cannot be deleted as it is in use by %s", o.Export, strings.Join(users, ", "))
		}
	}
	e.setStatus(s, DeleteInProgress, "User Initiated")
	if s.stuck != nil {
		e.strand(s, s.stuck.o, s.stuck.leftovers)
		s.stuck = nil
	}
	o := e.operation(s, s.plan)
	all := slices.Clone(s.orphans)
	for _, l := range s.live {
		all = append(all, l)
	}
	left := e.remove(ctx, s, all, func(l *live) bool { return l.deletion != "Delete" })
	e.mu.Lock()
	s.orphans = slices.DeleteFunc(slices.Clone(left), func(l *live) bool { return s.live[l.id] == l })
	e.mu.Unlock()
	if ctx.Err() != nil {
		return e.interrupted(ctx, s, o, DeleteFailed)
	}
	if len(left) > 0 {
		e.setStatus(s, DeleteFailed, undeleted(left))
		o.blame(left)
		return e.failure(s, o)
	}
	e.mu.Lock()
	s.outputs = nil
	delete(e.stacks, s.name)
	e.gone = append(e.gone, s)
	e.mu.Unlock()
	e.setStatus(s, DeleteComplete, "")
	return e.outcome(s, o), nil
}

// blame adds the resources that failed to be deleted to the failures.
func (o *operation) blame(left []*live) {
	for _, l := range left {
		if l.status == DeleteFailed {
			o.failures = append(o.failures, Event{
				Time: o.e.opts.Clock.Now(), Stack: o.s.name, StackID: o.s.id, LogicalID: l.id, PhysicalID: l.physical, Type: l.typ, Status: l.status, Reason: l.reason,
			})
		}
	}
}

// undeleted words a stack's reason for *_FAILED after deletions.
func undeleted(left []*live) string {
	var ids []string
	for _, l := range left {
		if l.status == DeleteFailed {
			ids = append(ids, l.id)
		}
	}
	slices.Sort(ids)
	return fmt.Sprintf("The following resource(s) failed to delete: [%s].", strings.Join(ids, ", "))
}

// remove deletes physical resources, each after those that use it, and returns
// those that are still there: what failed, and what waits for it. What keep
// says is left alone, and counts as gone.
func (e *Engine) remove(ctx context.Context, s *stack, gone []*live, keep func(*live) bool) []*live {
	slices.SortFunc(gone, func(a, b *live) int { return strings.Compare(a.id, b.id) })
	users := map[*live][]*live{} // the deletion of a resource waits for its users
	for _, l := range gone {
		for _, u := range l.uses {
			users[u] = append(users[u], l)
		}
	}
	graph, err := dag.New(gone, users)
	if err != nil {
		panic(fmt.Sprintf("cfn: resources of stack %s use one another: %v", s.name, err)) // no template has a cycle
	}
	errs := graph.Walk(ctx, dag.SkipDependents, func(ctx context.Context, l *live) error {
		return e.removeOne(ctx, s, l, keep(l))
	})
	return slices.DeleteFunc(slices.Clone(gone), func(l *live) bool { return errs[l] == nil })
}

func (e *Engine) removeOne(ctx context.Context, s *stack, l *live, keep bool) error {
	forget := func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if s.live[l.id] == l {
			delete(s.live, l.id)
		}
	}
	switch {
	case l.physical == "": // its creation failed before anything was made
		forget()
		return nil
	case keep:
		e.setResource(s, l, DeleteSkipped, "")
		forget()
		return nil
	}
	e.setResource(s, l, DeleteInProgress, "")
	r := Request{
		Stack: s.name, StackID: s.id, LogicalID: l.id, Type: l.typ, PhysicalID: l.physical, Properties: l.props,
		Region: e.opts.Region, Account: e.opts.Account, Assets: s.plan.stack.Assets,
	}
	if err := l.rt.Delete(ctx, r); err != nil {
		e.setResource(s, l, DeleteFailed, err.Error())
		return err
	}
	e.setResource(s, l, DeleteComplete, "")
	forget()
	return nil
}
