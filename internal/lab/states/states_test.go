package states

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
)

// functions answer tasks: by the function's name, one answer after the other, the last one
// again and again. An answer with an errorType is an error.
type functions map[string][]string

func (f functions) invoke(_ context.Context, role, function string, payload []byte) ([]byte, bool, error) {
	name := function[strings.LastIndex(function, ":")+1:]
	answers, ok := f[name]
	if !ok || role != "role" {
		return nil, false, errors.New("there is no function " + name)
	}
	if len(answers) > 1 {
		f[name] = answers[1:]
	}
	if answers[0] == "echo" {
		return payload, false, nil
	}
	return []byte(answers[0]), strings.Contains(answers[0], "errorType"), nil
}

// run runs a machine to its end.
func run(t *testing.T, f functions, definition, input string) (Execution, time.Duration) {
	t.Helper()
	c := clock.NewSkipping()
	t.Cleanup(c.Stop)
	m := New(Options{Scope: awsid.Scope{Region: "eu-west-1", Account: "123456789012"}, Clock: c, Invoke: f.invoke})
	const arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:M"
	if err := m.Put(arn, "role", definition); err != nil {
		t.Fatal(err)
	}
	e, err := m.Start(arn, "", input)
	if err != nil {
		t.Fatal(err)
	}
	m.work.Wait()
	e, err = m.Execution(e.ARN)
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	return e, e.Stopped.Sub(e.Started).Round(time.Second)
}

const function = "arn:aws:lambda:eu-west-1:123456789012:function:"

// waiter is what CDK's provider framework emits.
const waiter = `{"StartAt":"A","States":{
	"A":{"End":true,"Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":10,"MaxAttempts":3,"BackoffRate":1}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}],"Type":"Task","Resource":"` + function + `done"},
	"B":{"End":true,"Type":"Task","Resource":"` + function + `late"}}}`

func TestExecutions(t *testing.T) {
	t.Parallel()
	notYet := `{"errorType":"Retry","errorMessage":"{}"}`
	for _, test := range []struct {
		name              string
		functions         functions
		definition, input string
		status, output    string
		took              time.Duration
	}{
		{"waits until it is so", functions{"done": {notYet, notYet, `{"ok":true}`}}, waiter, `{}`, Succeeded, `{"ok":true}`, 20 * time.Second},
		{"gives up", functions{"done": {notYet}, "late": {"echo"}}, waiter, `{"a":1}`, Succeeded, `{"Cause":"{\"errorType\":\"Retry\",\"errorMessage\":\"{}\"}","Error":"Retry"}`, 30 * time.Second},
		{"fails where nothing catches", functions{"done": {notYet}, "late": {`{"errorType":"X"}`}}, waiter, `{}`, Failed, "", 30 * time.Second},
		{"backs off", functions{"f": {notYet, notYet, notYet, `1`}}, `{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"` + function + `f","End":true,"Retry":[{"ErrorEquals":["Retry"],"IntervalSeconds":2,"BackoffRate":3,"MaxDelaySeconds":10}]}}}`, `{}`, Succeeded, `1`, 18 * time.Second},
		{"paths", functions{"f": {"echo"}}, `{"StartAt":"A","States":{
			"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"` + function + `f","Payload":{"x.$":"$.a[1].b","id.$":"$$.Execution.Input.a[0]"}},"ResultSelector":{"got.$":"$.Payload"},"ResultPath":"$.r.s","Next":"B"},
			"B":{"Type":"Pass","OutputPath":"$.r","End":true}}}`, `{"a":[7,{"b":"y"}]}`, Succeeded, `{"s":{"got":{"id":7,"x":"y"}}}`, 0},
		{"discards a result", functions{"f": {`5`}}, `{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"` + function + `f","ResultPath":null,"End":true}}}`, `{"a":1}`, Succeeded, `{"a":1}`, 0},
		{"chooses and waits", nil, `{"StartAt":"C","States":{
			"C":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.n","NumericGreaterThan":1},{"Not":{"Variable":"$.s","IsPresent":true}}],"Next":"W"}],"Default":"F"},
			"W":{"Type":"Wait","SecondsPath":"$.n","Next":"S"},"S":{"Type":"Succeed"},"F":{"Type":"Fail","Error":"E","Cause":"c"}}}`, `{"n":40}`, Succeeded, `{"n":40}`, 40 * time.Second},
		{"fails by Fail", nil, `{"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[{"Variable":"$.n","StringEquals":"x","Next":"F"}]},"F":{"Type":"Fail"}}}`, `{"n":"y"}`, Failed, "", 0},
		{"takes too long", functions{"f": {`5`}}, `{"StartAt":"W","TimeoutSeconds":5,"States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}`, `{}`, TimedOut, "", 5 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e, took := run(t, test.functions, test.definition, test.input)
			if e.Status != test.status || e.Output != test.output || took != test.took {
				t.Errorf("%s %s after %s (%s %s), want %s %s after %s", e.Status, e.Output, took, e.Error, e.Cause, test.status, test.output, test.took)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ definition, want string }{
		"a type":    {`{"StartAt":"A","States":{"A":{"Type":"Map","End":true}}}`, "state A: the lab has no states of the type Map"},
		"a field":   {`{"StartAt":"A","States":{"A":{"Type":"Task","Credentials":{},"End":true}}}`, `unknown field "Credentials"`},
		"a service": {`{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","End":true}}}`, "the lab has tasks of functions alone"},
		"JSONata":   {`{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","End":true}}}`, "no state machines in JSONata"},
		"the start": {`{"StartAt":"B","States":{"A":{"Type":"Pass","End":true}}}`, `there is no state "B" to start at`},
		"a next":    {`{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}`, `there is no state "B"`},
		"a rule":    {`{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.a","TimestampEquals":"x","Next":"A"}]}}}`, "no comparison TimestampEquals"},
		"no JSON":   {`{`, "cannot run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse(c.definition); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestFillRefusesIntrinsicFunctions(t *testing.T) {
	t.Parallel()
	var template any
	if err := json.Unmarshal([]byte(`{"a":[{"x.$":"States.Format('{}', $.a)"}]}`), &template); err != nil {
		t.Fatal(err)
	}
	if _, err := fill(template, map[string]any{}, nil); err == nil || !strings.Contains(err.Error(), "intrinsic functions") {
		t.Error(err)
	}
}
