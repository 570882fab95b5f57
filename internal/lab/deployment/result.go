package deployment

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/verdict"
)

// Result is what happened to all stacks.
type Result struct {
	// Stacks are in the order of the deployments: one that is updated is there once for
	// each.
	Stacks []Stack
	// Probed is what became of the probes.
	Probed []ProbeResult
	// Matrix is who can reach whom; nil unless it was asked for and measured.
	Matrix *reach.Matrix
	// Left is an error that names what the stacks left behind; nil if nothing.
	Left error
	// Took is how long everything took, on the wall clock.
	Took time.Duration
}

// Stack is what happened to one stack.
type Stack struct {
	ID string
	// Region and Account are where it was deployed.
	Region, Account string
	// Empty stacks have no resources and are not deployed.
	Empty bool
	// Update reports whether the stack existed before, Unchanged whether there was
	// nothing to update.
	Update, Unchanged bool
	// Boots are the first starts of its instances, Warnings what is not as anybody can
	// want it: user data that failed, targets that are not healthy. There are none
	// without [Options] Settle.
	Boots    []region.Boot
	Warnings []string
	// Unused stacks were not deployed because another one is refused.
	Unused bool
	// Inert is what is accepted and does nothing in the lab.
	Inert []cfn.InertResource
	// Retained is what its deletion kept, as its template says.
	Retained []cfn.Event
	Outcome  cfn.Outcome
	// Events are those of the deployment, oldest first, Deletion those of the deletion.
	Events, Deletion []cfn.Event
	// Path and DeletionPath are the critical paths of the stack's creation and of its
	// deletion. There are none without [Options] Paths.
	Path, DeletionPath []cfn.Span
	// Resources is the number of resources that exist after the deployment or its
	// rollback.
	Resources int
	// Err is why the stack could not be deployed or deleted.
	Err error
	// Skipped is the id of the stack that had to be deployed first and was not.
	Skipped string
	// Took is how long the deployment took on the lab's clock, Wall on the wall clock.
	Took, Wall time.Duration
	// Picture is the network after the deployment, or as it was when the first resource
	// failed. It is there with [Options] Pictures alone.
	Picture *picture.Model
	// Logs are the functions' logs and the instances' consoles, by name.
	Logs []region.Log
	// Traces are the ways of the packets that the verdicts rest on, without [Options]
	// Traces none.
	Traces region.Traces
}

// OK reports whether everything was deployed, verified and deleted, and left
// nothing behind.
func (r Result) OK() bool { return r.Failed() == 0 && r.Left == nil }

// Failed returns the number of stacks that failed.
func (r Result) Failed() int { return r.count(Stack.Failed) }

// Refused returns the number of stacks that were refused. If there is one, nothing
// was created.
func (r Result) Refused() int {
	return r.count(func(s Stack) bool { _, ok := errors.AsType[*cfn.Refusal](s.Err); return ok && s.Outcome.Status == "" })
}

// Empty returns the number of stacks without resources.
func (r Result) Empty() int { return r.count(func(s Stack) bool { return s.Empty }) }

func (r Result) count(is func(Stack) bool) int {
	var n int
	for _, s := range r.Stacks {
		if is(s) {
			n++
		}
	}
	return n
}

// Warned returns the stacks about which there is a warning, as they are after the last
// deployment of each.
func (r Result) Warned() []Stack {
	var out []Stack
	for i, s := range r.Stacks {
		again := slices.ContainsFunc(r.Stacks[i+1:], func(o Stack) bool { return o.ID == s.ID })
		if len(s.Warnings) > 0 && !again {
			out = append(out, s)
		}
	}
	return out
}

// Missed returns the number of probes that did not find what they want.
func (r Result) Missed() int {
	n := 0
	for _, p := range r.Probed {
		if !p.OK() {
			n++
		}
	}
	return n
}

// Made returns the number of resources that the deployment had to do with: those that
// exist after it, and those that were made and rolled back.
func (s Stack) Made() int {
	seen := map[string]bool{}
	for _, e := range s.Events {
		if !e.OfStack() {
			seen[e.LogicalID] = true
		}
	}
	return max(len(seen), s.Resources)
}

// Reports are the last verifications of the stack's resources, whole, from the logs,
// with the ways of the packets.
func (s Stack) Reports() []verdict.Report {
	texts := make([]string, len(s.Logs))
	for i, l := range s.Logs {
		texts[i] = l.Text
	}
	return s.Traces.Explain(verdict.Read(texts...))
}

// Failed reports whether the stack could not be deployed or deleted.
func (s Stack) Failed() bool { return s.Err != nil || s.Skipped != "" }

// Reason is why the stack failed: the reason of the resource that failed first,
// or the error. It is empty if the stack did not fail itself.
func (s Stack) Reason() string {
	if s.Err == nil {
		return ""
	}
	if f, ok := s.firstFailure(); ok {
		return fmt.Sprintf("%s failed at %s (%s):\n%s", s.ID, f.LogicalID, f.Type, f.Reason)
	}
	return s.Err.Error()
}

// firstFailure is the failure of the resource that failed first, if one did.
func (s Stack) firstFailure() (cfn.Event, bool) {
	failure, ok := errors.AsType[*cfn.Failure](s.Err)
	if !ok || len(failure.Failures) == 0 {
		return cfn.Event{}, false
	}
	return failure.Failures[0], true
}
