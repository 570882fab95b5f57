// Package events is the API of EventBridge. The lab's package eventbridge has what it
// puts events on.
package events

import (
	"context"
	"encoding/json"
	"fmt"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/eventbridge"
)

// putEvents is docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html.
type putEvents struct{ Entries []entry }

type entry struct {
	Source, DetailType, Detail, EventBusName string
	Resources                                []string
}

type result struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// maxEntries is how many events one call takes.
const maxEntries = 10

// account is what the operations work on.
type account struct {
	bus   *eventbridge.Bus
	scope awsid.Scope
}

var events = api.TargetAPI[account]{Name: "events", Target: "AWSEvents"}

// Service is EventBridge of an account.
func Service(bus *eventbridge.Bus, scope awsid.Scope) api.Service {
	return events.Service(account{bus, scope})
}

func init() {
	api.RegisterTarget(&events, api.TargetOperation[account, putEvents]{
		Name: "PutEvents", Run: put,
		Resource: func(a account, _ putEvents) string { return a.scope.ARN("events", "event-bus/default") },
		Keys: func(_ account, q putEvents) map[string]string {
			if len(q.Entries) == 0 {
				return nil
			}
			return map[string]string{"events:source": q.Entries[0].Source, "events:detail-type": q.Entries[0].DetailType}
		},
	})
}

func put(_ context.Context, a account, q putEvents) (any, error) {
	if len(q.Entries) == 0 || len(q.Entries) > maxEntries {
		return nil, awserr.New("ValidationException", "1 to %d entries are allowed, got %d", maxEntries, len(q.Entries))
	}
	out := struct {
		FailedEntryCount int
		Entries          []result
	}{}
	for _, e := range q.Entries {
		switch {
		case e.EventBusName != "" && e.EventBusName != "default":
			return nil, awserr.New("ResourceNotFoundException", "the lab has the default bus alone, got %s", e.EventBusName)
		case e.Source != q.Entries[0].Source || e.DetailType != q.Entries[0].DetailType:
			// The condition keys have one value each.
			return nil, awserr.New("ValidationException", "the lab wants one source and one type in a call")
		}
		r := result{}
		if reason := malformed(e); reason != "" {
			out.FailedEntryCount++
			r.ErrorCode, r.ErrorMessage = "MalformedDetail", reason
		} else {
			r.EventID = a.bus.Put(eventbridge.Event{Source: e.Source, DetailType: e.DetailType, Resources: e.Resources, Detail: json.RawMessage(e.Detail)})
		}
		out.Entries = append(out.Entries, r)
	}
	return out, nil
}

// malformed is why an event is not taken.
func malformed(e entry) string {
	var detail map[string]any
	if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil {
		return fmt.Sprintf("Detail is malformed: %v", err)
	}
	if e.Source == "" || e.DetailType == "" {
		return "Source and DetailType are required"
	}
	return ""
}
