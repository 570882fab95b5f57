package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fatih/color"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
)

// screen prints for people what CloudFormation's console would show.
type screen struct {
	out                     *bufio.Writer
	head, good, bad, subtle *color.Color
}

// newScreen prints to out, in colour if out is a terminal and the environment
// does not ask for none (NO_COLOR).
func newScreen(out io.Writer) *screen {
	s := &screen{
		out:  bufio.NewWriter(out),
		head: color.New(color.Bold), good: color.New(color.FgGreen),
		bad: color.New(color.FgRed, color.Bold), subtle: color.New(color.Faint),
	}
	for _, c := range []*color.Color{s.head, s.good, s.bad, s.subtle} {
		if isTerminal(out) && !color.NoColor {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return s
}

// result prints each stack, then the summary. The reason of a failure comes last.
func (s *screen) result(r deployment.Result, t timing, o options) error {
	for _, st := range r.Stacks {
		s.stack(st, o)
	}
	s.summary(r, t, o)
	return s.out.Flush()
}

func (s *screen) stack(st deployment.Stack, o options) {
	if st.Skipped != "" {
		s.printf("%s  not deployed: it needs %s, which failed\n\n", s.head.Sprint(st.ID), st.Skipped)
		return
	}
	if st.Empty {
		s.printf("%s  skipped: it has no resources\n\n", s.head.Sprint(st.ID))
		return
	}
	status := string(st.Outcome.Status)
	if status == "" {
		s.printf("%s  %s\n\n", s.head.Sprint(st.ID), s.bad.Sprint(notDeployed(st)))
		return
	}
	s.printf("%s  %s  %s\n", s.head.Sprint(st.ID), s.status(cfn.Status(status)),
		s.subtle.Sprintf("%d resources, %s by the lab's clock, %s by the wall's", st.Resources, round(st.Took), round(st.Wall)))
	if d := st.Outcome.Description; d != "" {
		s.printf("%s\n", s.subtle.Sprint(d))
	}
	if o.Events {
		s.events("Events", st.Events)
	} else {
		s.events("Events", essential(st.Events))
	}
	s.inert(st.Inert)
	s.outputs(st.Outcome.Outputs)
	if o.Logs {
		for _, l := range st.Logs {
			s.printf("\n  %s\n", s.head.Sprint(l.Name))
			s.block("    ", l.Text)
		}
	}
	s.deletion(st, o.Events)
	s.printf("\n")
}

// inert lists what is accepted and does nothing in the lab.
func (s *screen) inert(list []cfn.InertResource) {
	if len(list) == 0 {
		return
	}
	s.printf("\n  %s\n", s.head.Sprint("Inert: accepted, and does nothing in the lab"))
	for _, r := range list {
		s.printf("    %s (%s): %s\n", r.LogicalID, r.Type, r.Why)
	}
}

// notDeployed says why nothing of a stack was created.
func notDeployed(st deployment.Stack) string {
	if st.Unused {
		return "not deployed: another stack is refused"
	}
	return "refused: nothing was created"
}

// essential removes the events of work in progress and of deletions. Of each
// resource the end of its creation or update remains.
func essential(events []cfn.Event) []cfn.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e cfn.Event) bool {
		return !e.OfStack() && (e.Status.InProgress() || e.Status == cfn.DeleteComplete)
	})
}

// events prints a table of events, oldest first. Reasons, which are long, come
// under their line.
func (s *screen) events(title string, events []cfn.Event) {
	if len(events) == 0 {
		return
	}
	s.printf("\n  %s\n", s.head.Sprint(title))
	var status, typ int
	for _, e := range events {
		status, typ = max(status, len(e.Status)), max(typ, len(e.Type))
	}
	for _, e := range events {
		s.printf("    %s  %s%s  %-*s  %s\n", s.subtle.Sprint(e.Time.Format(time.TimeOnly)),
			s.status(e.Status), strings.Repeat(" ", status-len(e.Status)), typ, e.Type, e.LogicalID)
		if e.Reason != "" && (e.Status.Failed() || e.OfStack()) {
			s.block("              ", e.Reason)
		}
	}
}

// outputs prints the outputs: short ones as a table, longer ones, such as a
// report, as blocks below it.
func (s *screen) outputs(outputs []cfn.Output) {
	if len(outputs) == 0 {
		return
	}
	s.printf("\n  %s\n", s.head.Sprint("Outputs"))
	var width int
	for _, o := range outputs {
		if !strings.Contains(o.Value, "\n") {
			width = max(width, len(o.Key))
		}
	}
	for _, o := range outputs {
		if !strings.Contains(o.Value, "\n") {
			s.printf("    %-*s  %s\n", width, o.Key, o.Value)
		}
	}
	for _, o := range outputs {
		if strings.Contains(o.Value, "\n") {
			s.printf("\n  %s\n", s.head.Sprint(o.Key))
			s.block("    ", o.Value)
		}
	}
}

// deletion prints one line about the deletion. It prints the events only if the
// deletion failed or all events are asked for.
func (s *screen) deletion(st deployment.Stack, all bool) {
	if len(st.Deletion) == 0 {
		return
	}
	last := st.Deletion[len(st.Deletion)-1]
	if all || last.Status != cfn.DeleteComplete {
		s.events("Deletion", st.Deletion)
		return
	}
	s.printf("\n  %s  %s\n", s.head.Sprint("Deletion"), s.status(last.Status))
	for _, kept := range st.Retained {
		s.printf("    kept, as its DeletionPolicy says: %s %s (%s)\n", kept.Type, kept.PhysicalID, kept.LogicalID)
	}
}

// summary prints how many stacks were deployed. The reasons of failures are the
// last lines.
func (s *screen) summary(r deployment.Result, t timing, o options) {
	failed, refused := r.Failed(), r.Refused()
	phases := fmt.Sprintf("lab %s", round(r.Took))
	if t.Synth > 0 {
		phases = fmt.Sprintf("compile %s, synth %s, %s", round(t.Compile), round(t.Synth), phases)
	}
	if failed == 0 && r.Left == nil {
		done := all(len(r.Stacks)) + " deployed"
		switch empty := r.Empty(); {
		case empty == len(r.Stacks):
			done = "nothing to deploy: no stack has resources"
		case empty > 0:
			done = fmt.Sprintf("%s deployed, %d without resources skipped", count(len(r.Stacks)-empty), empty)
		}
		if !o.Keep && r.Empty() < len(r.Stacks) {
			done += ", and deleted again"
		}
		s.printf("%s  %s\n", s.good.Sprint(done), s.subtle.Sprint(phases))
		return
	}
	verdict := fmt.Sprintf("%d of %s failed", failed, count(len(r.Stacks)))
	if refused > 0 {
		verdict = fmt.Sprintf("nothing was deployed: %d of %s refused", refused, count(len(r.Stacks)))
	}
	s.printf("%s  %s\n", s.bad.Sprint(verdict), s.subtle.Sprint(phases))
	if r.Left != nil {
		s.printf("\n")
		s.block("", r.Left.Error())
	}
	for _, st := range r.Stacks {
		if reason := st.Reason(); reason != "" {
			s.printf("\n")
			s.block("", reason)
		}
	}
}

// status colours a status as the console does.
func (s *screen) status(status cfn.Status) string {
	text := string(status)
	switch {
	case status.Failed(), strings.Contains(text, "ROLLBACK"), !strings.Contains(text, "_"):
		return s.bad.Sprint(text)
	case status.InProgress():
		return text
	}
	return s.good.Sprint(text)
}

// block prints the lines of a text, each with the indent before it.
func (s *screen) block(indent, text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		s.printf("%s%s\n", indent, strings.TrimRight(line, "\n"))
	}
}

func (s *screen) printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }

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

// round rounds a duration to the digits that a person reads.
func round(d time.Duration) time.Duration {
	if d < 10*time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second)
}
