package functions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/functions"
)

// nowhere is a network that connects nothing.
type nowhere struct{}

func (nowhere) Dial(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("nowhere")
}
func (nowhere) Nameservers() []netip.AddrPort { return nil }

// newService makes a service on a clock that skips what it would wait for.
func newService(t *testing.T, fault func(functions.Invocation) functions.Fault) *functions.Service {
	t.Helper()
	c := clock.NewSkipping()
	s := functions.New(functions.Options{Scope: awsid.Scope{Region: "ap-northeast-2", Account: "123456789012"}, Clock: c, Fault: fault})
	t.Cleanup(func() { s.Close(); c.Stop() })
	return s
}

// handler makes a program of a handler function as lambda.Start takes it.
func handler(f any) functions.Program {
	return func(functions.Environment) (lambda.Handler, error) { return lambda.NewHandler(f), nil }
}

func create(t *testing.T, s *functions.Service, c functions.Config) string {
	t.Helper()
	if c.Name == "" {
		c.Name = "f"
	}
	if c.Networks == nil {
		c.Networks = []functions.Network{nowhere{}}
	}
	arn, err := s.Create(c)
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

func TestDeadlineIsOnTheLabsClock(t *testing.T) {
	t.Parallel()
	s := newService(t, nil)
	create(t, s, functions.Config{Timeout: time.Hour, Program: handler(func(ctx context.Context) (bool, error) {
		deadline, ok := functions.Deadline(ctx)
		left := deadline.Sub(s.Clock.Now())
		return ok && left > 0 && left <= time.Hour, nil
	})})
	if a, err := s.Invoke(t.Context(), "f", nil); err != nil || string(a.Payload) != "true" {
		t.Errorf("%s, %v", a.Payload, err)
	}
}

type thing struct{ Text string }

func TestInvokeReportsAsLambdaDoes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		handler   any
		fault     functions.Fault
		failed    bool
		kind, has string
	}{
		"answer": {handler: func(in thing) (thing, error) { return thing{in.Text + "!"}, nil }, has: `{"Text":"hello!"}`},
		"error":  {handler: func() error { return errors.New("no luck") }, failed: true, kind: "errorString", has: "no luck"},
		"panic": {handler: func(in thing) error { panic("out of it: " + in.Text) }, failed: true,
			kind: "string", has: "out of it: hello"},
		"bad event": {handler: func(in []int) error { return nil }, failed: true, kind: "UnmarshalTypeError", has: "cannot unmarshal"},
		"timeout": {handler: func(ctx context.Context) error { <-ctx.Done(); return nil }, failed: true,
			kind: "Sandbox.Timedout", has: "Task timed out after 30.00 seconds"},
		"crash": {handler: func() error { return nil }, fault: functions.Fault{Crash: true}, failed: true,
			kind: "Runtime.ExitError", has: "Runtime exited with error: exit status 2"},
		"hang": {handler: func() error { return nil }, fault: functions.Fault{Hang: true}, failed: true,
			kind: "Sandbox.Timedout", has: "Task timed out"},
		"delay over the timeout": {handler: func() error { return nil }, fault: functions.Fault{Delay: time.Hour}, failed: true,
			kind: "Sandbox.Timedout", has: "Task timed out"},
		"garbage": {handler: func() error { return nil }, fault: functions.Fault{Answer: []byte("<html>")}, has: "<html>"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t, func(functions.Invocation) functions.Fault { return test.fault })
			arn := create(t, s, functions.Config{Program: handler(test.handler), Timeout: 30 * time.Second})
			a, err := s.Invoke(t.Context(), arn, []byte(`{"Text":"hello"}`))
			if err != nil {
				t.Fatal(err)
			}
			if (a.FunctionError == "Unhandled") != test.failed || !strings.Contains(string(a.Payload), test.has) {
				t.Errorf("answer %s, function error %q", a.Payload, a.FunctionError)
			}
			if !test.failed {
				return
			}
			var object struct{ ErrorType string }
			if err := json.Unmarshal(a.Payload, &object); err != nil || object.ErrorType != test.kind {
				t.Errorf("error type %q (%v), want %q", object.ErrorType, err, test.kind)
			}
		})
	}
}

func TestInvokeRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t, func(i functions.Invocation) functions.Fault {
		return functions.Fault{Throttle: i.Function == "throttled"}
	})
	none := 0
	create(t, s, functions.Config{Name: "throttled", Program: handler(func() error { return nil })})
	create(t, s, functions.Config{Name: "reserved", Program: handler(func() error { return nil }), Reserved: &none})
	for name, want := range map[string]string{
		"throttled": "TooManyRequestsException: Rate Exceeded.",
		"reserved":  "TooManyRequestsException: Rate Exceeded.",
		"missing":   "ResourceNotFoundException: Function not found: missing",
	} {
		if _, err := s.Invoke(t.Context(), name, nil); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestEventsAreRetriedAsLambdaDoes(t *testing.T) {
	t.Parallel()
	one := 1
	tests := map[string]struct {
		config functions.EventConfig
		fault  func(functions.Invocation) functions.Fault
		want   int32
		within time.Duration
	}{
		"default": {want: 3, within: 3 * time.Minute},
		"one":     {config: functions.EventConfig{Retries: &one}, want: 2, within: time.Minute},
		"age":     {config: functions.EventConfig{Age: 90 * time.Second}, want: 2, within: time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t, test.fault)
			var runs atomic.Int32
			over := make(chan struct{})
			create(t, s, functions.Config{Program: handler(func() error {
				if runs.Add(1) == test.want {
					close(over) // once more would panic
				}
				return errors.New("again")
			})})
			if err := s.ConfigureEvents("f", test.config); err != nil {
				t.Fatal(err)
			}
			started := s.Clock.Now()
			if err := s.InvokeEvent("f", []byte(`{}`)); err != nil {
				t.Fatal(err)
			}
			<-over
			if took := s.Clock.Now().Sub(started); took < test.within {
				t.Errorf("%d runs within %v, want at least %v", test.want, took, test.within)
			}
			if err := s.Clock.Sleep(t.Context(), 10*time.Minute); err != nil || runs.Load() != test.want {
				t.Errorf("%d runs (%v), want %d", runs.Load(), err, test.want)
			}
		})
	}
}

func TestThrottledEventsComeThrough(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	s := newService(t, func(functions.Invocation) functions.Fault {
		return functions.Fault{Throttle: tries.Add(1) < 4}
	})
	got := make(chan string, 1)
	create(t, s, functions.Config{Program: handler(func(in thing) error { got <- in.Text; return nil })})
	if err := s.InvokeEvent("f", []byte(`{"Text":"late"}`)); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "late" || tries.Load() != 4 {
		t.Errorf("got %q at try %d", text, tries.Load())
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	s := newService(t, nil)
	logging := func(e functions.Environment) (lambda.Handler, error) {
		return lambda.NewHandler(func() { e.Log.Info("worked", "where", e.LogStream) }), nil
	}
	create(t, s, functions.Config{Name: "open", Program: logging, LogGroup: "group"})
	create(t, s, functions.Config{Name: "mute", Program: logging, MayLog: func() bool { return false }})
	for _, name := range []string{"open", "mute"} {
		if _, err := s.Invoke(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
	}
	lines := s.Logs("group")
	if len(lines) != 4 {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	for i, want := range []string{"START RequestId: ", `"msg":"worked","where":"` + lines[1].Stream, "END RequestId: ", "REPORT RequestId: "} {
		if !strings.Contains(lines[i].Text, want) {
			t.Errorf("line %d: %s, want %s", i, lines[i].Text, want)
		}
	}
	if got := s.Logs("/aws/lambda/mute"); len(got) != 0 {
		t.Errorf("a role without permission wrote %v", got)
	}
}

func TestUpdateAndDelete(t *testing.T) {
	t.Parallel()
	s := newService(t, nil)
	say := func(text string) functions.Program {
		return handler(func() (string, error) { return text, nil })
	}
	config := functions.Config{Name: "f", Program: say("one"), Networks: []functions.Network{nowhere{}}}
	create(t, s, config)
	if _, err := s.Create(config); err == nil || !strings.Contains(err.Error(), "ResourceConflictException") {
		t.Errorf("a second function of the same name: %v", err)
	}
	config.Program = say("two")
	config.Subnets = []string{"subnet-1"}
	if err := s.Update(config); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Config(s.ARN("f")); err != nil || got.Timeout != 3*time.Second || got.LogGroup != "/aws/lambda/f" || len(got.Subnets) != 1 {
		t.Errorf("configuration %+v, %v", got, err)
	}
	if _, err := s.Config("other"); err == nil {
		t.Error("a function that is not there has a configuration")
	}
	if a, err := s.Invoke(t.Context(), "f", nil); err != nil || string(a.Payload) != `"two"` {
		t.Errorf("after the update: %s, %v", a.Payload, err)
	}
	if err := s.Delete("f"); err != nil || len(s.Names()) != 0 {
		t.Errorf("delete: %v, left %v", err, s.Names())
	}
	if err := s.Delete("f"); err == nil {
		t.Error("a function was deleted twice")
	}
}

func TestDeletionAndCloseEndWhatRuns(t *testing.T) {
	t.Parallel()
	s := newService(t, nil)
	running := make(chan struct{}, 2)
	hang := handler(func(ctx context.Context) error { running <- struct{}{}; <-ctx.Done(); return nil })
	config := functions.Config{Name: "f", Program: hang, Timeout: 1000 * time.Hour, Networks: []functions.Network{nowhere{}}}
	create(t, s, config)
	answers := make(chan string, 2)
	call := func() {
		a, err := s.Invoke(context.Background(), "f", nil)
		answers <- fmt.Sprint(string(a.Payload), err)
	}
	go call()
	<-running
	if err := s.Update(config); err != nil {
		t.Fatal(err)
	}
	go call()
	<-running
	if err := s.Delete("f"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if a := <-answers; !strings.Contains(a, "the function was deleted") {
			t.Errorf("answer %s", a)
		}
	}
	s.Close()
	if err := s.InvokeEvent("f", nil); err == nil {
		t.Error("an event was taken after the end")
	}
}
