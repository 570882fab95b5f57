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
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/proof"
)

// screen prints for people what CloudFormation's console would show.
type screen struct {
	out                     *bufio.Writer
	width                   int // in characters; 0: no limit
	head, good, bad, subtle *color.Color
}

// newScreen prints to out, in colour if out is a terminal and the environment
// does not ask for none (NO_COLOR). Lines are at most width characters long. Default: as
// wide as the terminal.
func newScreen(out io.Writer, width int) *screen {
	if width == 0 {
		width = widthOf(out)
	}
	s := &screen{
		out: bufio.NewWriter(out), width: width,
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
func (s *screen) result(r outcome, o options) error {
	for _, st := range r.Stacks {
		s.stack(st, o)
	}
	s.reachability(r, o)
	s.summary(r, o)
	return s.out.Flush()
}

func (s *screen) stack(st deployment.Stack, o options) {
	if st.Skipped != "" {
		s.heading(st.ID, s.subtle, fmt.Sprintf("not deployed: it needs %s, which failed", st.Skipped))
		return
	}
	if st.Empty {
		s.heading(st.ID, s.subtle, "skipped: it has no resources")
		return
	}
	if st.Outcome.Status == "" {
		s.heading(st.ID, s.bad, notDeployed(st))
		return
	}
	about := fmt.Sprintf("%s, %s by the lab's clock, %s by the wall's", resources(st), round(st.Took), round(st.Wall))
	if st.Unchanged {
		about = "no updates: it is as the template says"
	}
	s.table(0, []row{{cells: []cell{{st.ID, s.head}, {string(st.Outcome.Status), s.paint(st.Outcome.Status)}, {about, s.subtle}}}})
	if d := st.Outcome.Description; d != "" {
		s.block(0, d)
	}
	if o.Events {
		s.events("Events", st.Events)
	} else {
		s.events("Events", essential(st.Events))
	}
	s.path("Critical path of the creation", st.Path)
	s.inert(st.Inert)
	reports := st.Reports()
	s.outputs(st.Outcome.Outputs, reports)
	s.reports(reports)
	if o.Trace {
		s.traces(reports, st.Traces.Naming())
	}
	s.instances(st, o)
	if o.Logs {
		for _, l := range st.Logs {
			s.title(l.Name)
			s.block(4, l.Text)
		}
	}
	s.deletion(st, o.Events)
	s.path("Critical path of the deletion", st.DeletionPath)
	s.printf("\n")
}

// heading prints what became of a stack that was not deployed.
func (s *screen) heading(id string, paint *color.Color, text string) {
	s.table(0, []row{{cells: []cell{{id, s.head}, {text, paint}}}})
	s.printf("\n")
}

// title begins a part of a stack.
func (s *screen) title(text string) { s.printf("\n  %s\n", s.head.Sprint(text)) }

// resources counts the resources of a stack.
func resources(st deployment.Stack) string {
	if made := st.Made(); made > st.Resources {
		return fmt.Sprintf("%d of %d resources left", st.Resources, made)
	}
	if st.Resources == 1 {
		return "1 resource"
	}
	return fmt.Sprintf("%d resources", st.Resources)
}

// inert lists what is accepted and does nothing in the lab.
func (s *screen) inert(list []cfn.InertResource) {
	if len(list) == 0 {
		return
	}
	s.title("Inert: accepted, and does nothing in the lab")
	var rows []row
	for _, r := range list {
		rows = append(rows, row{cells: []cell{{r.LogicalID, nil}, {r.Type, nil}, {r.Why, nil}}})
	}
	s.table(4, rows)
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
	s.title(title)
	var rows []row
	for _, e := range events {
		r := row{cells: []cell{{e.Time.Format(time.TimeOnly), s.subtle}, {string(e.Status), s.paint(e.Status)}, {e.Type, nil}, {e.LogicalID, nil}}}
		if e.Reason != "" && (e.Status.Failed() || e.OfStack()) {
			r.after = []string{e.Reason}
		}
		rows = append(rows, r)
	}
	s.table(4, rows)
}

// outputs prints the outputs: short ones as a table, those of several lines as blocks
// below it. A report is not among them: it is printed whole from its verdicts.
func (s *screen) outputs(outputs []cfn.Output, reports []verdict.Report) {
	outputs = slices.DeleteFunc(slices.Clone(outputs), func(o cfn.Output) bool {
		return slices.ContainsFunc(reports, func(r verdict.Report) bool {
			return strings.Contains(o.Value, "\n") && strings.HasPrefix(o.Value, r.Subject+": ")
		})
	})
	if len(outputs) == 0 {
		return
	}
	s.title("Outputs")
	var rows []row
	for _, o := range outputs {
		if !strings.Contains(o.Value, "\n") {
			rows = append(rows, row{cells: []cell{{o.Key, nil}, {o.Value, nil}}})
		}
	}
	s.table(4, rows)
	for _, o := range outputs {
		if strings.Contains(o.Value, "\n") {
			s.title(o.Key)
			s.block(4, o.Value)
		}
	}
}

// reports prints the verdicts of each verification.
func (s *screen) reports(reports []verdict.Report) {
	for _, r := range reports {
		s.title("Report")
		s.block(4, r.Subject+": "+r.Summary())
		var rows []row
		for _, v := range r.Verdicts {
			paint := s.bad
			if v.State == proof.Holds {
				paint = s.good
			}
			line := row{cells: []cell{{string(v.State), paint}, {v.Claim, nil}, {v.What, nil}, {v.Seen, nil}}}
			if v.State != proof.Holds {
				line.after = append(line.after, "expected to "+v.Expected)
				if v.Hint != "" {
					line.after = append(line.after, "look first at "+v.Hint)
				}
			}
			rows = append(rows, line)
		}
		s.table(4, rows)
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
	s.printf("\n  %s  %s\n", s.head.Sprint("Deletion"), s.paint(last.Status).Sprint(last.Status))
	for _, kept := range st.Retained {
		s.block(4, fmt.Sprintf("kept, as its DeletionPolicy says: %s %s (%s)", kept.Type, kept.PhysicalID, kept.LogicalID))
	}
}

// paint is the colour of a status, as the console has it.
func (s *screen) paint(status cfn.Status) *color.Color {
	text := string(status)
	switch {
	case status.Failed(), strings.Contains(text, "ROLLBACK"), !strings.Contains(text, "_"):
		return s.bad
	case status.InProgress():
		return nil
	}
	return s.good
}

func (s *screen) printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }
