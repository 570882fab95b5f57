// Package events is the API of EventBridge. The lab's package eventbridge has what it
// puts events on.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

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

// The calls that describe rules
// (docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html and its siblings).
func init() {
	api.RegisterTarget(&events, api.TargetOperation[account, listRules]{
		Name: "ListRules", Resource: func(a account, _ listRules) string { return a.scope.ARN("events", "rule/*") },
		Run: func(_ context.Context, a account, q listRules) (any, error) {
			found := []map[string]any{}
			for _, r := range a.bus.All() {
				if strings.HasPrefix(r.Name, q.NamePrefix) {
					found = append(found, described(r))
				}
			}
			return map[string]any{"Rules": found}, nil
		},
	})
	api.RegisterTarget(&events, api.TargetOperation[account, aRule]{
		Name: "DescribeRule", Resource: func(a account, q aRule) string { return a.scope.ARN("events", "rule/"+q.Name) },
		Run: func(_ context.Context, a account, q aRule) (any, error) {
			r, err := a.rule(q.Name)
			return described(r), err
		},
	})
	api.RegisterTarget(&events, api.TargetOperation[account, targetsOf]{
		Name: "ListTargetsByRule", Resource: func(a account, q targetsOf) string { return a.scope.ARN("events", "rule/"+q.Rule) },
		Run: func(_ context.Context, a account, q targetsOf) (any, error) {
			r, err := a.rule(q.Rule)
			found := []map[string]any{}
			for n, t := range r.Targets {
				x := map[string]any{"Id": fmt.Sprint("Target", n), "Arn": t.Function}
				if t.Input != "" {
					x["Input"] = t.Input
				}
				if t.Template != "" {
					x["InputTransformer"] = map[string]any{"InputPathsMap": t.Paths, "InputTemplate": t.Template}
				}
				found = append(found, x)
			}
			return map[string]any{"Targets": found}, err
		},
	})
}

type (
	listRules struct {
		NamePrefix, EventBusName, NextToken string
		Limit                               int
	}
	aRule     struct{ Name, EventBusName string }
	targetsOf struct {
		Rule, EventBusName, NextToken string
		Limit                         int
	}
)

func (a account) rule(name string) (eventbridge.Rule, error) {
	for _, r := range a.bus.All() {
		if r.Name == name {
			return r, nil
		}
	}
	return eventbridge.Rule{}, awserr.New("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", name)
}

func described(r eventbridge.Rule) map[string]any {
	x := map[string]any{"Name": r.Name, "Arn": r.ARN, "State": "ENABLED", "EventBusName": "default"}
	if r.Disabled {
		x["State"] = "DISABLED"
	}
	if r.Expression != "" {
		x["ScheduleExpression"] = r.Expression
	}
	if r.Pattern != nil {
		if text, err := json.Marshal(r.Pattern); err == nil {
			x["EventPattern"] = string(text)
		}
	}
	return x
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
