package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Kinds of events that start the verifier without CloudFormation. An event of
// CloudFormation has no Kind.
const (
	// ScheduledKind is that of [Scheduled], ChangeKind that of [Change].
	ScheduledKind = "EndpointProofRun"
	ChangeKind    = "EndpointProofChange"
)

// ScheduledTime is what the scheduler replaces by the time at which a run is due
// (docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html).
const ScheduledTime = "<aws.scheduler.scheduled-time>"

// Limits of the proof that goes on.
const (
	// DefaultScheduledLimit is the default time limit of a scheduled run. What the
	// claims are about is in place, so that less is awaited than in a deployment:
	// what passes within it is not told.
	DefaultScheduledLimit = 2 * time.Minute
	// MinEvery is the shortest time between two scheduled runs: room for the default
	// time limit, and for the answer.
	MinEvery = 5 * time.Minute
	// LatestBegin is how late a scheduled run may begin at most. After that the next one tells.
	LatestBegin = 15 * time.Minute
	// Debounce is how long a change waits for others before they are proved together.
	Debounce = time.Minute
	// MaxMemory is the most bytes that a standard parameter of Systems Manager holds
	// (docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html).
	MaxMemory = 4096
)

// What the verifier says of itself, which alarms and rules refer to.
const (
	// Namespace is that of the metrics, SetDimension their one dimension.
	Namespace    = "ProvenEndpoints"
	SetDimension = "Stack"
	// The metrics: how many claims are in which state, how long the run took, and how
	// long before its end the run before it ended, both in seconds.
	MetricHolds, MetricRefuted, MetricUnproven = "Holds", "Refuted", "Unproven"
	MetricDuration, MetricAge                  = "Duration", "Age"
	// EventSource and EventType are those of the events about verdicts.
	EventSource = "provenendpoints"
	EventType   = "Endpoint Proof Verdict Change"
)

// Scheduled is what a schedule hands to the verifier: the proofs of a set, which are
// run together.
type Scheduled struct {
	// Kind is [ScheduledKind].
	Kind string
	// Set names the set, for metrics: the stack's name. Stack is the stack's ARN.
	Set, Stack string
	// Time is when the run is due (RFC 3339).
	Time string
	// Memory is the name of the parameter in which the verifier remembers the last run.
	Memory string
	// TimeLimit is how long a claim that does not hold is measured again, Latest how late
	// the run may begin. Whole seconds.
	TimeLimit, Latest int
	// Proofs are the properties of the proofs, as [Properties.Encode] writes them, by
	// names of letters and digits.
	Proofs map[string]map[string]any
}

// Change is what a rule hands to the verifier: somebody changed the surroundings.
type Change struct {
	// Kind is [ChangeKind].
	Kind string
	// Schedule is the name of the schedule that says what is proved, Memory that of the
	// parameter.
	Schedule, Memory string
	// Call is the name of the call that changed something, or the status of the stack;
	// By is who made it, At when (RFC 3339). Any may be empty.
	Call, By, At string
}

// KindOf is the Kind of an event; empty: it is CloudFormation's, or nobody's.
func KindOf(payload []byte) string {
	var event struct{ Kind, ResponseURL string }
	if json.Unmarshal(payload, &event) != nil || event.ResponseURL != "" {
		return ""
	}
	return event.Kind
}

// DecodeScheduled reads a scheduled event. It is as strict as [Decode].
func DecodeScheduled(payload []byte) (Scheduled, map[string]Properties, error) {
	var s Scheduled
	if err := decodeStrictly(payload, &s); err != nil {
		return s, nil, err
	}
	var errs []error
	require := func(field, value string) {
		if value == "" {
			errs = append(errs, fmt.Errorf("%s: required, got none", field))
		}
	}
	require("Set", s.Set)
	require("Stack", s.Stack)
	require("Memory", s.Memory)
	if _, err := time.Parse(time.RFC3339, s.Time); err != nil {
		errs = append(errs, fmt.Errorf("Time: must be a time as 2006-01-02T15:04:05Z, got %s", show(s.Time)))
	}
	limit := time.Duration(s.TimeLimit) * time.Second
	if limit < MinTimeLimit || limit > MaxTimeLimit {
		errs = append(errs, fmt.Errorf("TimeLimit: must be whole seconds from %s to %s, got %s", MinTimeLimit, MaxTimeLimit, limit))
	}
	if s.Latest <= 0 {
		errs = append(errs, fmt.Errorf("Latest: must be whole seconds above 0, got %d", s.Latest))
	}
	if len(s.Proofs) == 0 {
		errs = append(errs, errors.New("Proofs: must be at least one, got none"))
	}
	proofs := map[string]Properties{}
	for _, name := range slices.Sorted(maps.Keys(s.Proofs)) {
		if !proofName.MatchString(name) {
			errs = append(errs, fmt.Errorf("Proofs: must have names of letters and digits, got %s", show(name)))
		}
		p, err := Decode(s.Proofs[name])
		if err != nil {
			err = fmt.Errorf("Proofs.%s: %w", printable(name), err)
		}
		proofs[name], errs = p, append(errs, err)
	}
	return s, proofs, oneLine(errors.Join(errs...))
}

// DecodeChange reads an event about a change.
func DecodeChange(payload []byte) (Change, error) {
	var c Change
	if err := decodeStrictly(payload, &c); err != nil {
		return c, err
	}
	if c.Schedule == "" || c.Memory == "" {
		return c, errors.New("Schedule, Memory: required, got none")
	}
	return c, nil
}

func decodeStrictly(payload []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func oneLine(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
}
