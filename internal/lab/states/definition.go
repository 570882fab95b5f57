package states

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Definition is a state machine.
type Definition struct {
	Comment, StartAt, Version, QueryLanguage string
	TimeoutSeconds                           *float64
	States                                   map[string]State
}

// State is one of its states. The fields are those of the language
// (docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html).
type State struct {
	Type, Comment string
	Next          string
	End           bool

	// Of tasks: the ARN of a function, or of the optimized integration of Lambda.
	Resource       string
	TimeoutSeconds *float64
	Retry          []Retrier
	Catch          []Catcher

	// Paths and templates of input and output. A path that is null is "".
	InputPath, OutputPath, ResultPath *Path
	Parameters, ResultSelector        any

	Result any // of Pass

	// Of Wait.
	Seconds                *float64
	SecondsPath, Timestamp string
	TimestampPath          string

	// Of Choice.
	Choices []map[string]any
	Default string

	// Of Fail.
	Error, Cause string
}

// Retrier says when a state is tried again.
type Retrier struct {
	ErrorEquals     []string
	IntervalSeconds *float64 // default 1
	MaxAttempts     *int     // default 3
	BackoffRate     *float64 // default 2
	MaxDelaySeconds *float64
	JitterStrategy  string // NONE and FULL: the lab waits for the whole interval
	Comment         string
}

// Catcher says where an error leads to.
type Catcher struct {
	ErrorEquals []string
	Next        string
	ResultPath  *Path
	Comment     string
}

// Path is a reference path such as $.a[0].b; null and "" select nothing.
type Path string

// UnmarshalJSON takes null for the path that selects nothing.
func (p *Path) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*p = ""
		return nil
	}
	return json.Unmarshal(text, (*string)(p))
}

// lambdaInvoke is the optimized integration of Lambda
// (docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html).
const lambdaInvoke = ":states:::lambda:invoke"

// Parse reads a definition. The error names what the lab does not have. A text of which
// parts are not known yet may have any resource in their place.
func Parse(text string) (Definition, error) {
	var d Definition
	// Null is not the same as nothing for paths: encoding/json skips null of pointers.
	text = strings.NewReplacer(`"ResultPath":null`, `"ResultPath":""`, `"InputPath":null`, `"InputPath":""`, `"OutputPath":null`, `"OutputPath":""`).Replace(compact(text))
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return d, fmt.Errorf("the lab cannot run the state machine: %w", err)
	}
	if d.QueryLanguage != "" && d.QueryLanguage != "JSONPath" {
		return d, fmt.Errorf("the lab has no state machines in %s", d.QueryLanguage)
	}
	if _, ok := d.States[d.StartAt]; !ok {
		return d, fmt.Errorf("SCHEMA_VALIDATION_FAILED: there is no state %q to start at", d.StartAt)
	}
	for _, name := range slices.Sorted(maps.Keys(d.States)) {
		if err := d.check(d.States[name]); err != nil {
			return d, fmt.Errorf("state %s: %w", name, err)
		}
	}
	return d, nil
}

func compact(text string) string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil {
		return text // the decoder says what is wrong
	}
	return out.String()
}

func (d Definition) check(s State) error {
	switch s.Type {
	case "Task":
		if !strings.Contains(s.Resource, ":lambda:") {
			return fmt.Errorf("the lab has tasks of functions alone, not %s", s.Resource)
		}
		if strings.HasSuffix(s.Resource, ".waitForTaskToken") {
			return fmt.Errorf("the lab has no task tokens")
		}
	case "Pass", "Wait", "Succeed", "Fail", "Choice":
	default:
		return fmt.Errorf("the lab has no states of the type %s", s.Type)
	}
	next := []string{s.Next, s.Default}
	for _, c := range s.Catch {
		next = append(next, c.Next)
	}
	for _, c := range s.Choices {
		to, _ := c["Next"].(string)
		next = append(next, to)
		if _, err := matches(c, map[string]any{}); err != nil {
			return err
		}
	}
	for _, name := range next {
		if _, ok := d.States[name]; name != "" && !ok {
			return fmt.Errorf("SCHEMA_VALIDATION_FAILED: MISSING_TRANSITION_TARGET: there is no state %q", name)
		}
	}
	return nil
}
