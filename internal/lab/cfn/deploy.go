package cfn

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Deploy creates the stack, or updates it if it exists. Before it touches
// anything it may return a [*Refusal], [ErrNoUpdates], or an error because of the
// status that the stack is in. If the operation was carried out and failed, the
// error is a [*Failure], and the stack has been rolled back as far as possible.
//
// If ctx ends, the operation stops where it is, without a rollback. The stack
// can still be deleted.
func (e *Engine) Deploy(ctx context.Context, st Stack) (Outcome, error) {
	s, end, err := e.begin(st.Name, true)
	if err != nil {
		return Outcome{}, err
	}
	defer end()
	if err := e.pause(ctx, Step{Stack: st.Name, Action: Begin}); err != nil {
		return Outcome{}, err
	}
	exists := s.id != "" && s.status != ReviewInProgress
	if s.id == "" {
		s.id = e.stackARN(st.Name, e.opts.NewID())
	} else if exists && !updatable(s.status) {
		return e.outcome(s, nil), fmt.Errorf("Stack:%s is in %s state and can not be updated.", s.id, s.status)
	} else if err := checkPaused(s, st); err != nil {
		return e.outcome(s, nil), err
	}
	p, findings := e.compile(st, s.id, false)
	if p != nil && exists {
		findings = e.checkUpdate(s, p)
	}
	switch {
	case len(findings) > 0:
		return Outcome{}, &Refusal{Stack: st.Name, Findings: findings}
	case !exists:
		return e.create(ctx, s, p)
	case p.fingerprint == s.plan.fingerprint && !s.status.Failed() && !p.nests():
		return e.outcome(s, nil), ErrNoUpdates
	}
	return e.update(ctx, s, p)
}

// Inspection is what a template shows before anything of it is created.
type Inspection struct {
	// Exports are the names that it exports, Imports those that it imports.
	Exports, Imports []string
	// Outputs are the outputs of other stacks that it uses without an export.
	Outputs []StackOutput
	// Inert is what is accepted and does nothing in the lab.
	Inert []InertResource
}

// InertResource is a resource that is accepted and does nothing in the lab.
type InertResource struct {
	LogicalID, Type string
	// Why says what does nothing.
	Why string
}

// Check returns what would make Deploy refuse a new stack, without touching
// anything: nil or a [*Refusal]. It assumes that the exports and outputs of other
// stacks exist, so that all stacks of an assembly can be checked before the first is
// deployed.
func (e *Engine) Check(st Stack) error {
	_, err := e.Inspect(st)
	return err
}

// Inspect is [Engine.Check] and describes a stack that is not refused.
func (e *Engine) Inspect(st Stack) (Inspection, error) {
	p, findings := e.compile(st, e.stackARN(st.Name, checkedID), true)
	if len(findings) > 0 {
		return Inspection{}, &Refusal{Stack: st.Name, Findings: findings}
	}
	i := Inspection{Imports: sortedKeys(p.imports)}
	for _, o := range p.outputs {
		if o.export != "" {
			i.Exports = append(i.Exports, o.export)
		}
	}
	for _, id := range sortedKeys(p.inert) {
		i.Inert = append(i.Inert, InertResource{id, p.nodes[id].typ, p.inert[id]})
	}
	for of := range p.outputsUsed {
		i.Outputs = append(i.Outputs, of)
	}
	return i, nil
}

// checkedID is the last part of the ARN of a stack that is only checked.
const checkedID = "00000000-0000-0000-0000-000000000000"

func (e *Engine) stackARN(name, id string) string {
	return e.scope().ARN("cloudformation", "stack/"+name+"/"+id)
}

// stackName is the form of stack names:
// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
var stackName = regexp.MustCompile(`^[A-Za-z][-A-Za-z0-9]{0,127}$`)

// maxStackName is the longest name, in characters.
const maxStackName = 128

// begin starts an operation on a stack; end ends it. If there is no such stack,
// it is nil or, with make, a new one without an id. The engine does not list it yet.
func (e *Engine) begin(name string, make bool) (s *stack, end func(), err error) {
	if !stackName.MatchString(name) {
		return nil, nil, fmt.Errorf("%q is not a stack's name: letters, digits and hyphens, beginning with a letter, at most 128", name)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.operating[name] {
		return nil, nil, fmt.Errorf("stack %s has an operation in progress", name)
	}
	s = e.stacks[name]
	if s == nil && make {
		s = &stack{name: name, resources: map[string]*resource{}}
	}
	e.operating[name] = true
	return s, func() {
		e.mu.Lock()
		delete(e.operating, name)
		e.mu.Unlock()
	}, nil
}

// updatable reports whether an update may start from a status.
func updatable(s Status) bool {
	switch s {
	case CreateComplete, UpdateComplete, UpdateRollbackComplete, CreateFailed, UpdateFailed:
		return true
	}
	return false
}

// checkUpdate returns what the plan asks for and an update cannot do.
func (e *Engine) checkUpdate(s *stack, p *plan) Findings {
	var f Findings
	for _, id := range p.graph.Order() {
		if old := s.resources[id]; old != nil && old.typ != p.nodes[id].typ {
			f = append(f, fmt.Sprintf("%s: its type cannot change from %s to %s in an update", id, old.typ, p.nodes[id].typ))
		}
	}
	for _, o := range s.outputs {
		kept := slices.ContainsFunc(p.outputs, func(n plannedOutput) bool { return n.export == o.Export })
		if users := e.importers(o.Export); o.Export != "" && !kept && len(users) > 0 {
			f = append(f, fmt.Sprintf("export %s cannot be deleted as it is in use by %s", o.Export, strings.Join(users, ", ")))
		}
	}
	return f
}

// outcome describes the stack after an operation, which may be nil.
func (e *Engine) outcome(s *stack, o *operation) Outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := Outcome{StackInfo: s.info(), Inert: e.inertNow(s)}
	if o != nil {
		out.Failures = slices.Clone(o.failures)
	}
	return out
}

// failure describes the stack after an operation that failed. If no resource
// failed, an output did, and the reason is that of the rollback.
func (e *Engine) failure(s *stack, o *operation) (Outcome, error) {
	out := e.outcome(s, o)
	if len(out.Failures) == 0 {
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
