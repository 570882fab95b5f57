package cfn

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/dag"
)

// Deploy creates the stack, or updates it if it exists. Before anything is
// touched it may return a [*Refusal], [ErrNoUpdates], or an error because of the
// status that the stack is in. An operation that was carried out and failed is a
// [*Failure]; the stack has then been rolled back as far as possible.
//
// If ctx ends, the operation stops where it is, without a rollback; the stack
// can still be deleted.
func (e *Engine) Deploy(ctx context.Context, st Stack) (Outcome, error) {
	s, release, err := e.acquire(st.Name, true)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	fresh := s.id == ""
	if fresh {
		s.id = fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/%s", e.opts.Partition, e.opts.Region, e.opts.Account, st.Name, e.opts.NewID())
	} else if !updatable(s.status) {
		return e.outcome(s, nil), fmt.Errorf("Stack:%s is in %s state and can not be updated.", s.id, s.status)
	}
	p, findings := e.compile(st, s.id, false)
	if p != nil && !fresh {
		findings = e.forbidden(s, p)
	}
	if len(findings) > 0 {
		return Outcome{}, &Refusal{Stack: st.Name, Findings: findings}
	}
	if fresh {
		return e.create(ctx, s, p)
	}
	if p.fingerprint == s.plan.fingerprint {
		return e.outcome(s, nil), ErrNoUpdates
	}
	return e.update(ctx, s, p)
}

// Check finds what would make Deploy refuse a new stack, without touching
// anything: nil or a [*Refusal]. Exports of other stacks count as there, so that
// all stacks of an assembly can be checked before the first is deployed.
func (e *Engine) Check(st Stack) error {
	if _, findings := e.compile(st, "arn:"+st.Name, true); len(findings) > 0 {
		return &Refusal{Stack: st.Name, Findings: findings}
	}
	return nil
}

// acquire starts an operation on a stack. A stack that does not exist is made,
// without an id and unseen by others, or is nil.
func (e *Engine) acquire(name string, make bool) (*stack, func(), error) {
	if !stackName.MatchString(name) {
		return nil, nil, fmt.Errorf("%q is not a stack's name: letters, digits and hyphens, beginning with a letter, at most 128", name)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy[name] {
		return nil, nil, fmt.Errorf("stack %s has an operation in progress", name)
	}
	s := e.stacks[name]
	if s == nil && make {
		s = &stack{name: name, live: map[string]*live{}}
	}
	e.busy[name] = true
	return s, func() {
		e.mu.Lock()
		delete(e.busy, name)
		e.mu.Unlock()
	}, nil
}

// updatable are the statuses from which an update may start.
func updatable(s Status) bool {
	return s == CreateComplete || s == UpdateComplete || s == UpdateRollbackComplete
}

// forbidden finds what an update may not do.
func (e *Engine) forbidden(s *stack, p *plan) Findings {
	var f Findings
	for _, id := range p.graph.Order() {
		if old := s.live[id]; old != nil && old.typ != p.nodes[id].typ {
			f = append(f, fmt.Sprintf("%s: its type cannot change from %s to %s in an update", id, old.typ, p.nodes[id].typ))
		}
	}
	for _, o := range s.outputs {
		kept := slices.ContainsFunc(p.outputs, func(n planOutput) bool { return n.export == o.Export })
		if users := e.importers(o.Export); o.Export != "" && !kept && len(users) > 0 {
			f = append(f, fmt.Sprintf("export %s cannot be deleted as it is in use by %s", o.Export, strings.Join(users, ", ")))
		}
	}
	return f
}

// create carries out the creation of a stack.
func (e *Engine) create(ctx context.Context, s *stack, p *plan) (Outcome, error) {
	e.mu.Lock()
	s.plan, s.created = p, e.opts.Clock.Now()
	e.stacks[s.name] = s
	e.mu.Unlock()
	e.setStatus(s, CreateInProgress, "User Initiated")
	o := e.operation(s, p)
	errs := p.graph.Walk(ctx, dag.CancelAll, o.apply)
	why := o.why()
	if len(errs) == 0 {
		outputs, err := o.values()
		if err == nil {
			e.mu.Lock()
			s.outputs = outputs
			e.mu.Unlock()
			e.setStatus(s, CreateComplete, "")
			return e.outcome(s, o), nil
		}
		why = err.Error() + "."
	}
	if ctx.Err() != nil {
		return e.interrupted(ctx, s, o, CreateFailed)
	}
	e.setStatus(s, RollbackInProgress, why+" Rollback requested by user.")
	var all []*live
	for _, l := range s.live {
		all = append(all, l)
	}
	left := e.remove(ctx, s, all, func(l *live) bool { return l.deletion == "Retain" })
	status, reason := RollbackComplete, ""
	if ctx.Err() != nil {
		return e.interrupted(ctx, s, o, RollbackFailed)
	}
	if len(left) > 0 {
		status, reason = RollbackFailed, undeleted(left)
		o.blame(left)
	}
	e.setStatus(s, status, reason)
	return e.failure(s, o)
}

// outcome describes the stack after an operation, which may be nil.
func (e *Engine) outcome(s *stack, o *operation) Outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := Outcome{StackInfo: s.info()}
	if o != nil {
		out.Failures = slices.Clone(o.failures)
	}
	return out
}

func (e *Engine) failure(s *stack, o *operation) (Outcome, error) {
	out := e.outcome(s, o)
	if len(out.Failures) == 0 { // no resource failed: an output did
		for _, ev := range slices.Backward(e.Events(s.id)) {
			if ev.OfStack() && (ev.Status == RollbackInProgress || ev.Status == UpdateRollbackInProgress) {
				out.Reason = ev.Reason
				break
			}
		}
	}
	return out, &Failure{out}
}

// interrupted leaves a stack where its operation stopped.
func (e *Engine) interrupted(ctx context.Context, s *stack, o *operation, status Status) (Outcome, error) {
	e.setStatus(s, status, "The operation was interrupted.")
	return e.outcome(s, o), fmt.Errorf("stack %s: interrupted in %s: %w", s.name, status, context.Cause(ctx))
}
