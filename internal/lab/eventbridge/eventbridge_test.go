package eventbridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
)

var scope = awsid.Scope{Region: "r", Account: "1"}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The cases follow docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
func TestPatterns(t *testing.T) {
	t.Parallel()
	event := `{"source":"aws.ec2","resources":["a","b"],"detail":{"eventName":"CreateRoute","count":2,"on":true,"by":{"arn":"alice"}}}`
	for pattern, want := range map[string]bool{
		`{"source":["aws.ec2"]}`:                                                           true,
		`{"source":["aws.s3","aws.ec2"]}`:                                                  true,
		`{"source":["aws.s3"]}`:                                                            false,
		`{"resources":["b"]}`:                                                              true,
		`{"resources":["c"]}`:                                                              false,
		`{"detail":{"eventName":[{"prefix":"Create"}]}}`:                                   true,
		`{"detail":{"eventName":[{"prefix":"Delete"},{"suffix":"Route"}]}}`:                true,
		`{"detail":{"eventName":[{"anything-but":["CreateRoute"]}]}}`:                      false,
		`{"detail":{"eventName":[{"equals-ignore-case":"createroute"}]}}`:                  true,
		`{"detail":{"errorCode":[{"exists":false}]}}`:                                      true,
		`{"detail":{"errorCode":[{"exists":true}]}}`:                                       false,
		`{"detail":{"count":[2],"on":[true],"by":{"arn":["alice"]}}}`:                      true,
		`{"detail":{"count":["2"]}}`:                                                       false,
		`{"detail":{"by":{"arn":["bob"]}}}`:                                                false,
		`{"detail":{"none":{"arn":["bob"]}}}`:                                              false,
		`{"source":["aws.ec2"],"detail":{"eventName":["DeleteRoute"]}}`:                    false,
		`{"detail":{"eventName":[{"prefix":"Create"}],"errorCode":[{"exists":false}]}}`:    true,
		`{"detail":{"eventName":[{"anything-but":"DeleteRoute"}],"none":[{"prefix":""}]}}`: false,
	} {
		p, err := ParsePattern(object(t, pattern))
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		} else if got := p.Matches(object(t, event)); got != want {
			t.Errorf("%s: %v, want %v", pattern, got, want)
		}
	}
	for _, pattern := range []string{`{"a":[{"numeric":[">",1]}]}`, `{"$or":[]}`, `{"a":"b"}`, `{"a":{"b":[{"cidr":"10.0.0.0/8"}]}}`} {
		if _, err := ParsePattern(object(t, pattern)); err == nil {
			t.Errorf("%s is taken", pattern)
		}
	}
}

func TestTransform(t *testing.T) {
	t.Parallel()
	e := Event{Source: "aws.ec2", DetailType: "D", Detail: json.RawMessage(`{"eventName":"Create\"Route","n":3}`)}
	target := Target{Paths: map[string]string{"call": "$.detail.eventName", "n": "$.detail.n", "by": "$.detail.by.arn"}, Template: `{"Call":"<call>","N":<n>,"By":"<by>"}`}
	if got, want := string(target.payload(e, scope)), `{"Call":"Create\"Route","N":3,"By":""}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(Target{Input: `"x"`}.payload(e, scope)); got != `"x"` {
		t.Errorf("got %s", got)
	}
	if got := object(t, string(Target{}.payload(e, scope))); got["source"] != "aws.ec2" || got["detail-type"] != "D" {
		t.Errorf("got %v", got)
	}
	if CheckPaths(map[string]string{"a": "$.a[0]"}) == nil {
		t.Error("a path that the lab does not have is taken")
	}
}

func TestCron(t *testing.T) {
	t.Parallel()
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Skip(err)
	}
	from := time.Date(2026, 11, 26, 10, 7, 30, 0, time.UTC) // a Thursday
	for text, want := range map[string]string{
		"rate(15 minutes)":            "2026-11-26T10:22:30Z",
		"rate(1 hour)":                "2026-11-26T11:07:30Z",
		"cron(0/15 * * * ? *)":        "2026-11-26T10:15:00Z",
		"cron(7,8 10 * * ? *)":        "2026-11-26T10:08:00Z",
		"cron(0 6 * * ? *)":           "2026-11-27T06:00:00Z",
		"cron(30 8 ? * MON-WED *)":    "2026-11-30T08:30:00Z",
		"cron(0 0 1 JAN,JUL ? *)":     "2027-01-01T00:00:00Z",
		"cron(0 0 29 2 ? *)":          "2028-02-29T00:00:00Z",
		"cron(0 12 ? * 1 2026-2027)":  "2026-11-29T12:00:00Z",
		"cron(0 12 * * ? 2020)":       "0001-01-01T00:00:00Z",
		"Seoul cron(0 6 * * ? *)":     "2026-11-26T21:00:00Z",
		"Seoul cron(0 19 26 11 ? *)":  "2027-11-26T10:00:00Z",
		"Seoul cron(10 19 26 11 ? *)": "2026-11-26T10:10:00Z",
	} {
		expression, inSeoul := strings.CutPrefix(text, "Seoul ")
		e, err := ParseExpression(expression)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if inSeoul {
			e.zone = seoul
		}
		if got := e.next(from).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"rate(0 minutes)", "rate(1 week)", "cron(0 6 * * * *)", "cron(0 6 L * ? *)", "cron(61 6 * * ? *)", "cron(0 6 ? * ? *)", "cron(0 6 * *)", "at(2026-11-26T10:00:00)", "x"} {
		if _, err := ParseExpression(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// calls are the invocations of functions, by time since the start.
type calls struct {
	mu    sync.Mutex
	clock *clock.Clock
	start time.Time
	made  []string
}

func (c *calls) invoke(by, function string, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, fmt.Sprintf("%v %s %s %s", c.clock.Now().Sub(c.start).Round(time.Second), by, function, payload))
	if function == "refused" {
		return errors.New("no")
	}
	return nil
}

func newBus(t *testing.T) (*calls, Options) {
	t.Helper()
	c := clock.NewStepping()
	t.Cleanup(c.Stop)
	made := &calls{clock: c, start: c.Now()}
	return made, Options{Scope: scope, Clock: c, Invoke: made.invoke, InvokeAs: made.invoke}
}

func TestBus(t *testing.T) {
	made, o := newBus(t)
	b := NewBus(o)
	defer b.Close()
	pattern, _ := ParsePattern(object(t, `{"source":["mine"]}`))
	for _, r := range []Rule{
		{Name: "a", ARN: "arn:a", Pattern: pattern, Targets: []Target{{Function: "f", Input: `1`}, {Function: "refused", Input: `2`}}},
		{Name: "b", ARN: "arn:b", Expression: "rate(1 minute)", Targets: []Target{{Function: "g", Input: `3`}}},
		{Name: "c", ARN: "arn:c", Pattern: pattern, Disabled: true, Targets: []Target{{Function: "h"}}},
	} {
		if err := b.PutRule(r); err != nil {
			t.Fatal(err)
		}
	}
	b.Put(Event{Source: "other", DetailType: "D", Detail: json.RawMessage(`{}`)})
	b.Put(Event{Source: "mine", DetailType: "D", Detail: json.RawMessage(`{}`)})
	_ = made.clock.Sleep(t.Context(), 90*time.Second)
	b.DeleteRule("b")
	b.Put(Event{Source: "mine", DetailType: "D", Detail: json.RawMessage(`{}`)})
	b.DeleteRule("a") // before the event is delivered
	_ = made.clock.Sleep(t.Context(), time.Hour)
	want := []string{"1s arn:a f 1", "1s arn:a refused 2", "1m0s arn:b g 3"}
	if !slices.Equal(made.made, want) {
		t.Errorf("got %q, want %q", made.made, want)
	}
	if failed := b.Failed(); len(failed) != 1 || failed[0].By != "a" || len(b.Events()) != 3 {
		t.Errorf("failed %v, events %v", failed, b.Events())
	}
}

func TestSchedules(t *testing.T) {
	made, o := newBus(t)
	s := NewSchedules(o)
	defer s.Close()
	if err := s.Put(Schedule{Name: "a", Expression: "rate(10 minutes)", Target: "f", Role: "role", Input: `<aws.scheduler.attempt-number>`}); err != nil {
		t.Fatal(err)
	}
	_ = made.clock.Sleep(t.Context(), 25*time.Minute)
	// A change begins anew.
	if err := s.Put(Schedule{Name: "a", Expression: "rate(1 hour)", Target: "g", Role: "role", Input: `x`}); err != nil {
		t.Fatal(err)
	}
	_ = made.clock.Sleep(t.Context(), 70*time.Minute)
	s.Delete("a")
	_ = made.clock.Sleep(t.Context(), 5*time.Hour)
	want := []string{"0s role f 1", "10m0s role f 1", "20m0s role f 1", "25m0s role g x", "1h25m0s role g x"}
	if !slices.Equal(made.made, want) {
		t.Errorf("got %q, want %q", made.made, want)
	}
	if _, err := s.Get("a"); err == nil || len(s.Names()) != 0 {
		t.Error("a schedule that was deleted is there")
	}
}
