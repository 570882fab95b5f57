package states

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
)

// Failure is how an execution or a task fails: an error's name and its cause.
type Failure struct{ Name, Cause string }

// Error returns both.
func (f Failure) Error() string { return f.Name + ": " + f.Cause }

// run runs an execution to its end and returns its output.
func (m *machine) run(ctx context.Context, input any, about map[string]any) (any, error) {
	name := m.definition.StartAt
	for {
		s := m.definition.States[name]
		about["State"] = map[string]any{"Name": name}
		output, next, err := m.step(ctx, s, input, about)
		switch {
		case err != nil:
			return nil, err
		case next == "":
			return output, nil
		}
		name, input = next, output
	}
}

// step runs a state, with its retries, and returns its output and the next state; "": there
// is none.
func (m *machine) step(ctx context.Context, s State, input any, about map[string]any) (output any, next string, err error) {
	tries := make([]int, len(s.Retry))
	for {
		output, next, err := m.once(ctx, s, input, about)
		var f Failure
		if err == nil || !errors.As(err, &f) {
			return output, next, err
		}
		again := slices.IndexFunc(s.Retry, func(r Retrier) bool { return covers(r.ErrorEquals, f.Name) })
		if again >= 0 && tries[again] < or(s.Retry[again].MaxAttempts, 3) {
			if err := m.owner.Clock.Sleep(ctx, s.Retry[again].pause(tries[again])); err != nil {
				return nil, "", err
			}
			tries[again]++
			continue
		}
		for _, c := range s.Catch {
			if covers(c.ErrorEquals, f.Name) {
				at := "$"
				if c.ResultPath != nil {
					at = string(*c.ResultPath)
				}
				if at == "" {
					return input, c.Next, nil
				}
				output, err := put(at, input, map[string]any{"Error": f.Name, "Cause": f.Cause})
				return output, c.Next, err
			}
		}
		return nil, "", err
	}
}

// pause is that before the next attempt; n is how many there were.
func (r Retrier) pause(n int) time.Duration {
	seconds := or(r.IntervalSeconds, 1) * math.Pow(or(r.BackoffRate, 2), float64(n))
	if r.MaxDelaySeconds != nil {
		seconds = min(seconds, *r.MaxDelaySeconds)
	}
	return time.Duration(seconds * float64(time.Second))
}

// covers reports whether a list of errors has one. States.ALL stands for all that can be
// caught (docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
func covers(list []string, name string) bool {
	return slices.Contains(list, name) || slices.Contains(list, "States.ALL") || slices.Contains(list, "States.TaskFailed") && name != "States.Timeout"
}

func or[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// once runs a state once.
func (m *machine) once(ctx context.Context, s State, raw any, about map[string]any) (output any, next string, err error) {
	broken := func(err error) (any, string, error) {
		return nil, "", Failure{"States.Runtime", err.Error()}
	}
	input := raw
	if s.InputPath != nil && *s.InputPath == "" {
		input = map[string]any{}
	} else if s.InputPath != nil {
		if input, err = get(string(*s.InputPath), raw, about); err != nil {
			return broken(err)
		}
	}
	switch s.Type {
	case "Choice":
		for _, c := range s.Choices {
			is, err := matches(c, input)
			if err != nil {
				return broken(err)
			}
			if is {
				to, _ := c["Next"].(string)
				return input, to, nil
			}
		}
		if s.Default == "" {
			return nil, "", Failure{"States.NoChoiceMatched", "no rule matches and there is no Default"}
		}
		return input, s.Default, nil
	case "Fail":
		return nil, "", Failure{s.Error, s.Cause}
	case "Wait":
		if err := m.wait(ctx, s, input, about); err != nil {
			return nil, "", err
		}
		return input, s.Next, nil
	case "Succeed":
		return input, "", nil
	}
	if s.Parameters != nil {
		if input, err = fill(s.Parameters, input, about); err != nil {
			return broken(err)
		}
	}
	result := input
	switch {
	case s.Type == "Task":
		if result, err = m.task(ctx, s, input); err != nil {
			return nil, "", err
		}
	case s.Result != nil:
		result = s.Result
	}
	if s.ResultSelector != nil {
		if result, err = fill(s.ResultSelector, result, about); err != nil {
			return broken(err)
		}
	}
	output = result
	if s.ResultPath != nil && *s.ResultPath == "" {
		output = raw
	} else if s.ResultPath != nil {
		if output, err = put(string(*s.ResultPath), raw, result); err != nil {
			return broken(err)
		}
	}
	if s.OutputPath != nil && *s.OutputPath == "" {
		output = map[string]any{}
	} else if s.OutputPath != nil {
		if output, err = get(string(*s.OutputPath), output, about); err != nil {
			return broken(err)
		}
	}
	return output, s.Next, nil
}

// wait lets the time of a Wait state pass.
func (m *machine) wait(ctx context.Context, s State, input any, about map[string]any) error {
	clock := m.owner.Clock
	seconds := or(s.Seconds, 0)
	at := s.Timestamp
	if s.SecondsPath != "" {
		v, err := get(s.SecondsPath, input, about)
		n, ok := v.(float64)
		if err != nil || !ok {
			return Failure{"States.Runtime", "SecondsPath leads to no number"}
		}
		seconds = n
	}
	if s.TimestampPath != "" {
		v, err := get(s.TimestampPath, input, about)
		if at, _ = v.(string); err != nil {
			return Failure{"States.Runtime", err.Error()}
		}
	}
	if at != "" {
		until, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return Failure{"States.Runtime", err.Error()}
		}
		return clock.Sleep(ctx, until.Sub(clock.Now()))
	}
	return clock.Sleep(ctx, time.Duration(seconds*float64(time.Second)))
}

// task invokes a function. An error of the function is that of the task, by its type.
func (m *machine) task(ctx context.Context, s State, input any) (any, error) {
	function, payload := s.Resource, input
	optimized := strings.HasSuffix(s.Resource, lambdaInvoke)
	if optimized {
		given, _ := input.(map[string]any)
		function, _ = given["FunctionName"].(string)
		payload = given["Payload"]
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return nil, Failure{"States.Runtime", err.Error()}
	}
	if s.TimeoutSeconds != nil {
		limited, stop := m.owner.Clock.WithTimeout(ctx, time.Duration(*s.TimeoutSeconds*float64(time.Second)))
		defer stop()
		ctx = limited
	}
	answer, failed, err := m.owner.Invoke(ctx, m.role, function, text)
	switch {
	case ctx.Err() != nil && s.TimeoutSeconds != nil:
		return nil, Failure{"States.Timeout", ""}
	case err != nil:
		return nil, Failure{"Lambda.AWSLambdaException", err.Error()}
	case failed:
		var e struct{ ErrorType string }
		_ = json.Unmarshal(answer, &e) // one that is none has no type
		if e.ErrorType == "" {
			e.ErrorType = "Lambda.Unknown"
		}
		return nil, Failure{e.ErrorType, string(answer)}
	}
	var out any
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, Failure{"States.Runtime", err.Error()}
	}
	if optimized {
		out = map[string]any{"ExecutedVersion": "$LATEST", "Payload": out, "StatusCode": float64(200)}
	}
	return out, nil
}
