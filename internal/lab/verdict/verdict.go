// Package verdict reads the verdicts of verifications from the logs of their
// functions, where they stand whole: the attributes of the custom resource, which
// the stack's outputs show, are shortened to CloudFormation's 4,096 bytes.
//
// It knows the form of the lines and nothing of claims.
package verdict

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/trace"
	"provenendpoints/proof"
)

// Verdict is the judgement on one claim.
type Verdict struct {
	// Claim is the claim's id, Kind its kind, What what it is about in a few words.
	Claim, Kind, What string
	// From is the vantage point; empty if nothing was measured.
	From  string
	State proof.State
	// Expected, Seen and Hint are texts for people, as in [proof.Verdict].
	Expected, Seen, Hint string
	// Rounds is how often it was measured.
	Rounds int
	// Measured is what was measured last; the zero value where nothing was.
	Measured Measured
	// Derived is the way of the packets as the verifier has derived it, as in
	// [proof.Verdict].
	Derived string
	// Traces are the ways of the packets that the verdict rests on, as far as the lab has
	// recorded them. They are not in the log.
	Traces []trace.Exchange
}

// Measured is what a vantage point was asked to measure, as in [proof.Measured].
type Measured struct {
	// By is the function that measured: its name or its ARN.
	By, Host  string
	Port      int
	Addresses []netip.Addr
}

// Report is the last verification of one resource.
type Report struct {
	// Resource is the logical id of the custom resource, Request what CloudFormation
	// asked for: Create or Update.
	Resource, Request string
	// RequestID is the id of CloudFormation's request.
	RequestID string
	// Subject says what was verified.
	Subject string
	// Verdicts are in the order of the claims.
	Verdicts []Verdict
}

// Summary is the report in one line, such as "7 of 8 claims hold, 1 refuted".
func (r Report) Summary() string {
	var p proof.Report
	for _, v := range r.Verdicts {
		p.Verdicts = append(p.Verdicts, proof.Verdict{State: v.State})
	}
	return p.Summary()
}

// line is a line of a verifier's log.
type line struct {
	Msg, RequestType, RequestID, Resource, Subject, Text string
	Verdict
}

// deletion is the request at which nothing is verified.
const deletion = "Delete"

// Read finds the last verification of each resource in the texts of logs, by the
// logical ids.
func Read(logs ...string) []Report {
	runs := map[string]*run{}
	for _, log := range logs {
		for text := range strings.Lines(log) {
			l, ok := read(text)
			if !ok {
				continue
			}
			r := runs[l.Resource]
			if r == nil || r.id != l.RequestID {
				if l.Msg != "verdict" && l.Msg != "report" {
					continue // a request that was not verified
				}
				r = &run{id: l.RequestID, Report: Report{Resource: l.Resource, Request: l.RequestType, RequestID: l.RequestID}}
				runs[l.Resource] = r
			}
			r.take(l)
		}
	}
	var out []Report
	for _, r := range runs {
		r.sort()
		out = append(out, r.Report)
	}
	slices.SortFunc(out, func(a, b Report) int { return strings.Compare(a.Resource, b.Resource) })
	return out
}

// read reads a line of a verification.
func read(text string) (l line, ok bool) {
	_, object, found := strings.Cut(text, "{")
	return l, found && json.Unmarshal([]byte("{"+object), &l) == nil && l.Resource != "" && l.RequestType != deletion
}

// ReadLine reads the verdict that a line of a log tells, with the id of the request that
// it belongs to. It is false for all other lines.
func ReadLine(text string) (requestID string, v Verdict, ok bool) {
	if !strings.Contains(text, `"verdict"`) {
		return "", v, false
	}
	l, ok := read(text)
	return l.RequestID, l.Verdict, ok && l.Msg == "verdict"
}

// Of finds the last verification of each resource of one stack, by the stack's ARN. An
// earlier stack of the same name has its lines in the same logs; each line names its stack.
func Of(stackID string, logs ...string) []Report {
	texts := make([]string, len(logs))
	for i, log := range logs {
		var own strings.Builder
		for line := range strings.Lines(log) {
			if strings.Contains(line, stackID) {
				own.WriteString(line)
			}
		}
		texts[i] = own.String()
	}
	return Read(texts...)
}

// run is a verification that is being read.
type run struct {
	Report
	id    string   // of the request
	order []string // the claims' ids, as the report has them
}

// take adds a line. The last verdict on a claim counts.
func (r *run) take(l line) {
	switch l.Msg {
	case "verdict":
		same := func(v Verdict) bool { return v.Claim == l.Claim }
		if i := slices.IndexFunc(r.Verdicts, same); i >= 0 {
			r.Verdicts[i] = l.Verdict
		} else {
			r.Verdicts = append(r.Verdicts, l.Verdict)
		}
	case "derived":
		if i := slices.IndexFunc(r.Verdicts, func(v Verdict) bool { return v.Claim == l.Claim }); i >= 0 {
			r.Verdicts[i].Derived = l.Derived
		}
	case "report":
		r.Subject, r.order = l.Subject, nil
		for text := range strings.Lines(l.Text) {
			if words := strings.Fields(text); len(words) > 1 && isState(words[0]) && !strings.HasPrefix(text, " ") {
				r.order = append(r.order, words[1])
			}
		}
	}
}

func isState(word string) bool {
	return slices.Contains([]proof.State{proof.Holds, proof.Refuted, proof.Unproven}, proof.State(word))
}

// sort brings the verdicts, which come as they are found, into the order of the claims.
func (r *run) sort() {
	place := func(v Verdict) int {
		if i := slices.Index(r.order, v.Claim); i >= 0 {
			return i
		}
		return len(r.order)
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return place(a) - place(b) })
}
