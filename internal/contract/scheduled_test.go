package contract

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func scheduledEvent(t *testing.T) map[string]any {
	t.Helper()
	raw, err := full().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{
		"Kind": ScheduledKind, "Set": "Network", "Stack": "arn:aws:cloudformation:r:1:stack/Network/1", "Time": "2026-11-26T10:00:00Z",
		"Memory": "memory", "TimeLimit": 120, "Latest": 600, "Proofs": map[string]any{"S3": raw},
	}
}

// A schedule's event holds the same proofs as the resources.
func TestDecodeScheduled(t *testing.T) {
	t.Parallel()
	payload, _ := json.Marshal(scheduledEvent(t))
	s, proofs, err := DecodeScheduled(payload)
	if err != nil || s.Set != "Network" || s.TimeLimit != 120 {
		t.Fatalf("%+v, error %v", s, err)
	}
	if diff := cmp.Diff(map[string]Properties{"S3": full()}, proofs); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeScheduledErrors(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]struct {
		value any
		want  string
	}{
		"Set":       {"", "Set: required, got none"},
		"Stack":     {"", "Stack: required, got none"},
		"Memory":    {"", "Memory: required, got none"},
		"Time":      {"now", `Time: must be a time as 2006-01-02T15:04:05Z, got "now"`},
		"TimeLimit": {0, "TimeLimit: must be whole seconds from 10s to 13m0s, got 0s"},
		"Latest":    {-1, "Latest: must be whole seconds above 0, got -1"},
		"Proofs":    {map[string]any{}, "Proofs: must be at least one, got none"},
		"Else":      {1, `unknown field "Else"`},
	} {
		event := scheduledEvent(t)
		event[field] = c.value
		payload, _ := json.Marshal(event)
		if _, _, err := DecodeScheduled(payload); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", field, err, c.want)
		}
	}
	event := scheduledEvent(t)
	event["Proofs"] = map[string]any{"S 3": map[string]any{"Clams": 1}}
	payload, _ := json.Marshal(event)
	_, _, err := DecodeScheduled(payload)
	for _, want := range []string{`names of letters and digits, got "S 3"`, "Proofs.S 3: Subject: required", "Clams: unknown property"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %s in one line", err, want)
		}
	}
}

// What has a response URL is CloudFormation's, whatever else it says.
func TestKindOf(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{
		`{"Kind": "EndpointProofRun"}`:                            ScheduledKind,
		`{"Kind": "EndpointProofChange"}`:                         ChangeKind,
		`{"Kind": "EndpointProofRun", "ResponseURL": "https://"}`: "",
		`{"RequestType": "Create", "ResponseURL": "https://"}`:    "",
		`{}`: "", `[]`: "", `{"Kind": 1}`: "", `nonsense`: "",
	} {
		if got := KindOf([]byte(payload)); got != want {
			t.Errorf("%s: got %q, want %q", payload, got, want)
		}
	}
}

func TestDecodeChange(t *testing.T) {
	t.Parallel()
	c, err := DecodeChange([]byte(`{"Kind":"EndpointProofChange","Schedule":"s","Memory":"m","Call":"CreateRoute","By":"arn","At":"2026-11-26T10:00:00Z"}`))
	if diff := cmp.Diff(Change{ChangeKind, "s", "m", "CreateRoute", "arn", "2026-11-26T10:00:00Z"}, c); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	for _, payload := range []string{`{"Kind":"EndpointProofChange"}`, `{"Schedule":"s","Memory":"m","Else":1}`, `[]`} {
		if _, err := DecodeChange([]byte(payload)); err == nil {
			t.Errorf("%s is taken", payload)
		}
	}
}
