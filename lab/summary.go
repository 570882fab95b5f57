package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/reach"
)

// outcome is everything that a run has found.
type outcome struct {
	deployment.Result
	timing timing
	// differences are those of the matrix from the declared one.
	differences []reach.Difference
	// causes are why proofs failed, with -why.
	causes []explained
}

// failed reports whether the command fails.
func (r outcome) failed(o options) bool {
	return !r.OK() || r.Missed() > 0 || len(r.differences) > 0 || o.Strict && len(r.Warned()) > 0
}

// summary prints how many stacks were deployed. The reasons of failures are the
// last lines.
func (s *screen) summary(r outcome, o options) {
	phases := fmt.Sprintf("lab %s", round(r.Took))
	if r.timing.Synth > 0 {
		phases = fmt.Sprintf("compile %s, synth %s, %s", round(r.timing.Compile), round(r.timing.Synth), phases)
	}
	paint, text := s.good, deployed(r.Result, o)
	if !r.OK() {
		paint, text = s.bad, notOK(r.Result)
	}
	s.table(0, []row{{cells: []cell{{text, paint}, {phases, s.subtle}}}})
	if warned := r.Warned(); len(warned) > 0 {
		s.printf("\n%s\n", s.bad.Sprint("Warnings"+map[bool]string{true: ", which fail with -strict"}[o.Strict]))
		for _, st := range warned {
			for _, warning := range st.Warnings {
				s.block(2, st.ID+": "+warning)
			}
		}
	}
	if n := r.Missed(); n > 0 {
		s.printf("\n%s\n", s.bad.Sprintf("%d of %s did not find what they want", n, probes(len(r.Probed))))
		for _, p := range r.Probed {
			if !p.OK() {
				s.block(2, missed(p))
			}
		}
	}
	if len(r.differences) > 0 {
		s.printf("\n%s\n", s.bad.Sprint("who can reach whom is not what "+o.Expect+" declares"))
		for _, d := range r.differences {
			s.block(2, d.String())
		}
	}
	if r.Left != nil {
		s.printf("\n")
		s.block(0, r.Left.Error())
	}
	s.why(r.causes)
	for _, st := range r.Stacks {
		if reason := st.Reason(); reason != "" {
			s.printf("\n")
			s.block(0, reason)
		}
	}
}

// deployed says what was deployed where nothing failed.
func deployed(r deployment.Result, o options) string {
	updated := map[string]bool{}
	for _, st := range r.Stacks {
		if st.Update && !st.Unchanged {
			updated[st.ID] = true
		}
	}
	n, empty := stacks(r), r.Empty()
	done := all(n) + " deployed"
	switch {
	case empty == n:
		return "nothing to deploy: no stack has resources"
	case empty > 0:
		done = fmt.Sprintf("%s deployed, %d without resources skipped", count(n-empty), empty)
	}
	if len(updated) > 0 {
		done += fmt.Sprintf(", %d updated", len(updated))
	}
	if !o.Keep {
		done += ", and deleted again"
	}
	return done
}

// notOK says how much failed.
func notOK(r deployment.Result) string {
	if r.Failed() == 0 {
		return "something was left behind"
	}
	if refused := r.Refused(); refused > 0 {
		text := fmt.Sprintf("nothing was deployed: %d of %s refused", refused, count(stacks(r)))
		if lacksTypes(r) {
			text += "; -accept TYPE takes a type that the lab does not have as inert"
		}
		return text
	}
	return fmt.Sprintf("%d of %s failed", r.Failed(), count(stacks(r)))
}

// lacksTypes reports whether something was refused because the lab does not have its type.
func lacksTypes(r deployment.Result) bool {
	for _, st := range r.Stacks {
		var refusal *cfn.Refusal
		if errors.As(st.Err, &refusal) && slices.ContainsFunc(refusal.Findings, func(f string) bool { return strings.Contains(f, ": resource type AWS::") }) {
			return true
		}
	}
	return false
}

// stacks counts the stacks, of which an updated one has several results.
func stacks(r deployment.Result) int {
	ids := map[string]bool{}
	for _, st := range r.Stacks {
		ids[st.ID] = true
	}
	return len(ids)
}

// missed says what a probe found that wants something else.
func missed(p deployment.ProbeResult) string {
	if p.Err != nil {
		return p.String()
	}
	want := reach.Open
	if p.Not {
		want = reach.Filtered
	}
	return fmt.Sprintf("%s; want %s", p, want)
}

// count and all word a number of stacks.
func count(n int) string {
	if n == 1 {
		return "1 stack"
	}
	return fmt.Sprintf("%d stacks", n)
}

func all(n int) string {
	switch n {
	case 1:
		return count(n)
	case 2:
		return "both stacks"
	}
	return "all " + count(n)
}

func probes(n int) string {
	if n == 1 {
		return "1 probe"
	}
	return fmt.Sprintf("%d probes", n)
}

// round rounds a duration to the digits that a person reads.
func round(d time.Duration) time.Duration {
	if d < 10*time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second)
}

// lastLines are the last lines of a text, with how many are before them.
func lastLines(text string, n int) (lines []string, before int) {
	lines = strings.Split(strings.TrimRight(text, "\n"), "\n")
	if text == "" {
		return nil, 0
	}
	if before = len(lines) - n; before > 0 {
		return lines[before:], before
	}
	return lines, 0
}
