package main

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
)

// The JSON document of -json. Durations are in seconds.
type (
	jsonResult struct {
		OK     bool        `json:"ok"`
		Stacks []jsonStack `json:"stacks"`
		// Left names what the stacks left behind.
		Left   string     `json:"left,omitempty"`
		Timing jsonTiming `json:"timing"`
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
		Logs        map[string]string `json:"logs,omitempty"`
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
func writeJSON(out io.Writer, r deployment.Result, t timing) error {
	doc := jsonResult{OK: r.OK(), Stacks: []jsonStack{}, Timing: jsonTiming{
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
			Outputs: map[string]string{}, Logs: map[string]string{},
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
