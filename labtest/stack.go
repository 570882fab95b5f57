package labtest

import (
	"fmt"
	"strings"
	"time"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/proof"
)

// Stack is a stack of a lab, as it is at the moment of each call.
type Stack struct {
	lab    *Lab
	region *region.Region
	name   string
}

// Stack returns a stack by its id or name; "" is the only one. If there is none, the test
// fails and ends.
func (l *Lab) Stack(name string) *Stack {
	l.t.Helper()
	if all := l.lab.Stacks(); name == "" && len(all) == 1 {
		name = all[0].ID
	}
	r, s, ok := l.lab.Region(name)
	if !ok {
		l.fatal(fmt.Errorf("there is no stack %q", name))
	}
	return &Stack{l, r, s.Name}
}

// Status is CloudFormation's, such as CREATE_COMPLETE; empty if the stack does not exist.
func (s *Stack) Status() string {
	info, _ := s.region.Stack(s.name)
	return string(info.Status)
}

// Outputs are the stack's outputs by their keys.
func (s *Stack) Outputs() map[string]string {
	info, _ := s.region.Stack(s.name)
	out := map[string]string{}
	for _, o := range info.Outputs {
		out[o.Key] = o.Value
	}
	return out
}

// PhysicalIDs are the physical ids of the stack's resources by their logical ids.
func (s *Stack) PhysicalIDs() map[string]string {
	out := map[string]string{}
	for _, r := range s.region.Resources(s.name) {
		out[r.LogicalID] = r.PhysicalID
	}
	return out
}

// Event is one of CloudFormation's.
type Event struct {
	Time                                        time.Time
	LogicalID, PhysicalID, Type, Status, Reason string
}

// Events are the stack's events, oldest first, of all its operations.
func (s *Stack) Events() []Event {
	var out []Event
	for _, e := range s.region.Events(s.name) {
		out = append(out, Event{e.Time, e.LogicalID, e.PhysicalID, e.Type, string(e.Status), e.Reason})
	}
	return out
}

// Verdict is the judgement on one claim of a verification (Custom::EndpointProof).
type Verdict struct {
	// Resource is the logical id of the verification, Claim the claim's id, Kind its
	// kind, What what it is about in a few words.
	Resource, Claim, Kind, What string
	// From is the vantage point; empty if nothing was measured.
	From  string
	State proof.State
	// Expected, Seen and Hint are texts for people, as in [proof.Verdict].
	Expected, Seen, Hint string
}

// Verdicts are those of the last run of each verification, in the order of the
// claims; none if the stack has no verification. Those of a stack that was rolled
// back are among them.
func (s *Stack) Verdicts() []Verdict {
	var texts []string
	for _, text := range s.Logs() {
		texts = append(texts, text)
	}
	var out []Verdict
	for _, report := range verdict.Read(texts...) {
		for _, v := range report.Verdicts {
			out = append(out, Verdict{report.Resource, v.Claim, v.Kind, v.What, v.From, v.State, v.Expected, v.Seen, v.Hint})
		}
	}
	return out
}

// Logs are the functions' logs by the names of their log groups, and the instances'
// consoles by the logical and the physical id, as in "Web (i-0a1b2c3d4e5f60718)". Those
// of resources that were deleted and of nested stacks are among them.
func (s *Stack) Logs() map[string]string {
	out := map[string]string{}
	for _, log := range s.region.AllLogs(s.name) {
		out[log.Name] = log.Text
	}
	return out
}

// Console is the console of an instance by its logical id. If there is none, the test
// fails and ends.
func (s *Stack) Console(instance string) string {
	s.lab.t.Helper()
	for name, text := range s.Logs() {
		if id, _, _ := strings.Cut(name, " ("); id == instance && strings.HasSuffix(name, ")") {
			return text
		}
	}
	s.lab.fatal(fmt.Errorf("stack %s has no instance %q", s.name, instance))
	return ""
}
