package main

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/trace"
)

// The JSON document of -json. Durations are in seconds.
type (
	jsonResult struct {
		OK     bool        `json:"ok"`
		Stacks []jsonStack `json:"stacks"`
		// Left names what the stacks left behind.
		Left string `json:"left,omitempty"`
		// Probes are in the order of the command line.
		Probes []jsonProbe `json:"probes,omitempty"`
		// Matrix is who can reach whom, Differences what is not as declared.
		Matrix      []jsonLine `json:"matrix,omitempty"`
		Differences []jsonLine `json:"differences,omitempty"`
		// Causes are why proofs failed, with -why.
		Causes []jsonCause `json:"causes,omitempty"`
		Timing jsonTiming  `json:"timing"`
	}
	jsonTiming struct {
		Compile float64 `json:"compile"`
		Synth   float64 `json:"synth"`
		Lab     float64 `json:"lab"`
	}
	jsonStack struct {
		ID          string            `json:"id"`
		Name        string            `json:"name,omitempty"`
		Description string            `json:"description,omitempty"`
		Status      string            `json:"status,omitempty"`
		Reason      string            `json:"reason,omitempty"`
		Skipped     string            `json:"skippedBecauseOf,omitempty"`
		Region      string            `json:"region,omitempty"`
		Account     string            `json:"account,omitempty"`
		Empty       bool              `json:"empty,omitempty"`
		Refused     []string          `json:"refused,omitempty"`
		Retained    []jsonEvent       `json:"retained,omitempty"`
		Inert       []jsonInert       `json:"inert,omitempty"`
		Seconds     float64           `json:"seconds"`
		Outputs     map[string]string `json:"outputs,omitempty"`
		Events      []jsonEvent       `json:"events,omitempty"`
		Deletion    []jsonEvent       `json:"deletion,omitempty"`
		Path        []jsonSpan        `json:"path,omitempty"`
		DeletePath  []jsonSpan        `json:"deletionPath,omitempty"`
		Logs        map[string]string `json:"logs,omitempty"`
		Update      bool              `json:"update,omitempty"`
		Unchanged   bool              `json:"unchanged,omitempty"`
		Resources   int               `json:"resources"`
		Made        int               `json:"made"`
		Instances   []jsonBoot        `json:"instances,omitempty"`
		Warnings    []string          `json:"warnings,omitempty"`
		Reports     []jsonReport      `json:"reports,omitempty"`
	}
	// jsonProbe is a probe with what became of it.
	jsonProbe struct {
		From  string `json:"from"`
		To    string `json:"to"`
		Not   bool   `json:"not,omitempty"`
		OK    bool   `json:"ok"`
		State string `json:"state,omitempty"`
		Text  string `json:"text"`
		// Traces are the ways of the packets.
		Traces []trace.Exchange `json:"traces,omitempty"`
	}
	// jsonLine is a line of a matrix: the ways, or those that are more and less.
	jsonLine struct {
		Who  string   `json:"who"`
		Verb string   `json:"verb"`
		What string   `json:"what"`
		Can  []string `json:"can,omitempty"`
		More []string `json:"more,omitempty"`
		Less []string `json:"less,omitempty"`
	}
	// jsonBoot is the first start of an instance. Its console is among the logs.
	jsonBoot struct {
		Name    string `json:"name"`
		Running bool   `json:"running,omitempty"`
		Failure string `json:"failure,omitempty"`
	}
	// jsonReport is the last verification of a resource.
	jsonReport struct {
		Resource string        `json:"resource"`
		Request  string        `json:"request"`
		Subject  string        `json:"subject"`
		Summary  string        `json:"summary"`
		Verdicts []jsonVerdict `json:"verdicts"`
	}
	jsonVerdict struct {
		Claim    string `json:"claim"`
		Kind     string `json:"kind"`
		What     string `json:"what"`
		From     string `json:"from,omitempty"`
		State    string `json:"state"`
		Expected string `json:"expected"`
		Seen     string `json:"seen"`
		Hint     string `json:"hint,omitempty"`
		Rounds   int    `json:"rounds"`
		// Traces are the ways of the packets that the verdict rests on.
		Traces []trace.Exchange `json:"traces,omitempty"`
	}
	jsonInert struct {
		LogicalID string `json:"logicalId"`
		Type      string `json:"type"`
		Why       string `json:"why"`
	}
	jsonEvent struct {
		Time       time.Time `json:"time"`
		LogicalID  string    `json:"logicalId"`
		PhysicalID string    `json:"physicalId,omitempty"`
		Type       string    `json:"type"`
		Status     string    `json:"status"`
		Reason     string    `json:"reason,omitempty"`
	}
)

// writeJSON writes the result as one document.
func writeJSON(out io.Writer, r outcome, o options) error {
	t := r.timing
	doc := jsonResult{OK: !r.failed(o), Stacks: []jsonStack{}, Timing: jsonTiming{
		Compile: t.Compile.Seconds(), Synth: t.Synth.Seconds(), Lab: r.Took.Seconds(),
	}}
	if r.Left != nil {
		doc.Left = r.Left.Error()
	}
	for _, s := range r.Stacks {
		j := jsonStack{
			ID: s.ID, Name: s.Outcome.Name, Description: s.Outcome.Description, Status: string(s.Outcome.Status),
			Reason: s.Reason(), Skipped: s.Skipped, Seconds: s.Took.Seconds(),
			Events: jsonEvents(s.Events), Deletion: jsonEvents(s.Deletion),
			Path: jsonSpans(s.Path), DeletePath: jsonSpans(s.DeletionPath),
			Outputs: map[string]string{}, Logs: map[string]string{},
			Update: s.Update, Unchanged: s.Unchanged, Resources: s.Resources, Made: s.Made(), Warnings: s.Warnings,
			Instances: jsonBoots(s.Boots), Reports: jsonReports(s.Reports()),
			Region: s.Region, Account: s.Account, Empty: s.Empty, Retained: jsonEvents(s.Retained),
		}
		for _, r := range s.Inert {
			j.Inert = append(j.Inert, jsonInert(r))
		}
		if refusal, ok := errors.AsType[*cfn.Refusal](s.Err); ok {
			j.Refused = refusal.Findings
		}
		for _, o := range s.Outcome.Outputs {
			j.Outputs[o.Key] = o.Value
		}
		for _, l := range s.Logs {
			j.Logs[l.Name] = l.Text
		}
		doc.Stacks = append(doc.Stacks, j)
	}
	for _, p := range r.Probed {
		j := jsonProbe{From: p.Probe.From, To: p.Probe.To, Not: p.Not, OK: p.OK(), Text: p.String()}
		if p.Err == nil {
			j.State = string(p.State())
		}
		for _, a := range p.Attempts {
			if a.Trace != nil {
				j.Traces = append(j.Traces, *a.Trace)
			}
		}
		doc.Probes = append(doc.Probes, j)
	}
	if r.Matrix != nil {
		for _, l := range r.Matrix.Lines {
			doc.Matrix = append(doc.Matrix, jsonLine{Who: l.Who, Verb: l.Verb, What: l.What, Can: l.Can})
		}
	}
	for _, d := range r.differences {
		doc.Differences = append(doc.Differences, jsonLine{Who: d.Who, Verb: d.Verb, What: d.What, More: d.More, Less: d.Less})
	}
	doc.Causes = jsonCauses(r.causes)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func jsonEvents(events []cfn.Event) []jsonEvent {
	var out []jsonEvent
	for _, e := range events {
		out = append(out, jsonEvent{e.Time, e.LogicalID, e.PhysicalID, e.Type, string(e.Status), e.Reason})
	}
	return out
}

func jsonBoots(boots []deployment.Boot) []jsonBoot {
	var out []jsonBoot
	for _, b := range boots {
		j := jsonBoot{Name: b.Name, Running: deployment.StillRuns(b)}
		if b.Err != nil && !j.Running {
			j.Failure = b.Err.Error()
		}
		out = append(out, j)
	}
	return out
}

func jsonReports(reports []verdict.Report) []jsonReport {
	var out []jsonReport
	for _, r := range reports {
		j := jsonReport{r.Resource, r.Request, r.Subject, r.Summary(), []jsonVerdict{}}
		for _, v := range r.Verdicts {
			j.Verdicts = append(j.Verdicts, jsonVerdict{v.Claim, v.Kind, v.What, v.From, string(v.State), v.Expected, v.Seen, v.Hint, v.Rounds, v.Traces})
		}
		out = append(out, j)
	}
	return out
}
