package verifier

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// outcome is a way in which a verification can end: changes to the fixture and the
// properties, and a part of the reason.
type outcome struct {
	name    string
	fixture func(*fixture)
	change  func(properties map[string]any)
	reason  string // empty: every claim holds
}

// panicAt panics when the handler logs a certain message. It stands for a bug
// anywhere in the verifier.
type panicAt struct {
	slog.Handler
	message string
}

func (p panicAt) Handle(ctx context.Context, record slog.Record) error {
	if record.Message == p.message {
		panic("a bug at " + p.message)
	}
	return p.Handler.Handle(ctx, record)
}

func (p panicAt) WithAttrs(attrs []slog.Attr) slog.Handler {
	return panicAt{p.Handler.WithAttrs(attrs), p.message}
}

func failing(actions ...string) func(*fixture) {
	return func(w *fixture) {
		earlier := w.aws.Fault
		w.aws.Fault = func(action string, n int, rw http.ResponseWriter, r *http.Request) bool {
			for _, one := range actions {
				if one == action {
					fail := lambdatest.Fail
					if r.Header.Get("X-Amz-Target") != "" {
						fail = lambdatest.FailJSON
					}
					fail(rw, http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded.")
					return true
				}
			}
			return earlier != nil && earlier(action, n, rw, r)
		}
	}
}

func proberSees(claim string, outcome proof.Outcome) func(*fixture) {
	return func(w *fixture) {
		w.aws.Prober = probing(func(probe proof.Probe, seen *proof.Observation) {
			if probe.Claim == claim {
				seen.Outcome, seen.Detail = outcome, "as the test says"
			}
		})
	}
}

func proberGives(answer, functionError string) func(*fixture) {
	return func(w *fixture) {
		w.aws.Prober = func(string, []byte) ([]byte, string) { return []byte(answer), functionError }
	}
}

func with(name string, value any) func(map[string]any) {
	return func(properties map[string]any) { properties[name] = value }
}

var outcomes = []outcome{
	{name: "holds"},
	{name: "refuted", fixture: proberSees("Opens", proof.Refused), reason: "1 of 3 claims refuted"},
	{name: "exposed", fixture: proberSees("Hidden", proof.OK), reason: "1 of 3 claims refuted"},
	{name: "prober cannot measure", fixture: proberSees("Opens", proof.Broken), reason: "1 of 3 claims unproven"},
	{name: "prober crashes", fixture: proberGives(`{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited"}`, "Unhandled"), reason: "Runtime.ExitError: RequestId: 1 Error: Runtime exited"},
	{name: "prober times out", fixture: proberGives(`{"errorMessage":"2026-01-01T00:00:00Z 1 Task timed out after 30.03 seconds"}`, "Unhandled"), reason: "Task timed out after 30.03 seconds"},
	{name: "prober returns HTML", fixture: proberGives(`<html>`, ""), reason: "returned an unusable response"},
	{name: "prober returns null", fixture: proberGives(`null`, ""), reason: "returned an unusable response"},
	{name: "prober returns another claim", fixture: proberGives(`{"Observations":[{"Claim":"X","Outcome":"ok"},{"Claim":"Y","Outcome":"ok"}]}`, ""), reason: "returned an unusable response"},
	{name: "prober is gone", fixture: func(w *fixture) { w.aws.Prober = nil }, reason: "ResourceNotFoundException"},
	{name: "prober throttled", fixture: failing("Invoke"), reason: "could not be invoked"},
	{name: "look-ups throttled", fixture: failing("DescribeVpcEndpoints"), reason: "ec2:DescribeVpcEndpoints: RequestLimitExceeded: Request limit exceeded."},
	{name: "look-ups panic", fixture: func(w *fixture) {
		w.aws.Fault = func(action string, _ int, _ http.ResponseWriter, _ *http.Request) bool {
			if action == "DescribeVpcEndpoints" {
				panic("a bug in the SDK")
			}
			return false
		}
	}, reason: "a bug in the SDK"},
	{name: "nonce cannot be written", fixture: failing("PutParameter"), reason: "every claim holds, but the next update of the stack would not run the proof: its nonce could not be written: ssm:PutParameter: RequestLimitExceeded"},
	{name: "refuted, and nonce cannot be written", fixture: func(w *fixture) {
		proberSees("Opens", proof.Refused)(w)
		failing("PutParameter")(w)
	}, reason: "1 of 3 claims refuted"},
	{name: "no claims", change: with("Claims", []any{}), reason: "Proof: Claims: must be a list of at least one claim, got []"},
	{name: "bad claim", change: with("Claims", []any{map[string]any{"Id": "Opens", "Kind": "opens"}}), reason: `Proof: Claims[0] (Id "Opens")`},
	{name: "bad time limit", change: with("TimeLimit", "soon"), reason: `Proof: TimeLimit: must be whole seconds from 10s to 13m0s, got "soon"`},
	{name: "unknown property", change: with("Clams", []any{}), reason: "Proof: Clams: unknown property, must be one of Call, Claims, Count, "},
}

// TestRequests is the table of request type × outcome × what the stack is doing.
func TestRequests(t *testing.T) {
	t.Parallel()
	phases := []struct {
		status  string
		fixture func(*fixture)
		goes    phase
	}{
		{status: "CREATE_IN_PROGRESS", goes: phaseForward},
		{status: "UPDATE_IN_PROGRESS", goes: phaseForward},
		{status: "UPDATE_ROLLBACK_COMPLETE", goes: phaseForward}, // left by the last update
		{status: "ROLLBACK_IN_PROGRESS", goes: phaseRollback},
		{status: "UPDATE_ROLLBACK_IN_PROGRESS", goes: phaseRollback},
		{status: "UPDATE_ROLLBACK_FAILED", goes: phaseRollback}, // being continued
		{status: "IMPORT_ROLLBACK_IN_PROGRESS", goes: phaseRollback},
		{status: "not to be read", fixture: failing("DescribeStacks"), goes: phaseUnknown},
	}
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestUpdate, cfn.RequestDelete, "Replace", ""} {
		for _, outcome := range outcomes {
			for _, phase := range phases {
				t.Run(fmt.Sprintf("%s/%s/%s", kind, outcome.name, phase.status), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						w := newFixture()
						w.aws.Status = phase.status
						for _, change := range []func(*fixture){outcome.fixture, phase.fixture} {
							if change != nil {
								change(w)
							}
						}
						properties := goodProperties()
						if outcome.change != nil {
							outcome.change(properties)
						}
						event := newEvent(kind, properties)
						answer := w.run(t, t.Context(), event)
						check(t, event, answer, wanted(kind, outcome, phase.goes))
						if kind == cfn.RequestDelete && (len(w.aws.Actions()) > 0 || answer.Data != nil) {
							t.Errorf("a delete called %v, data %v: it must do nothing", w.aws.Actions(), answer.Data)
						}
					})
				})
			}
		}
	}
}

// want is what an answer must say.
type want struct {
	status string
	reason []string
}

func wanted(kind cfn.RequestType, outcome outcome, goes phase) want {
	reason := outcome.reason
	switch kind {
	case cfn.RequestCreate, cfn.RequestUpdate:
	case cfn.RequestDelete:
		return want{status: "SUCCESS"}
	default:
		reason = fmt.Sprintf("RequestType: must be Create, Update or Delete, got %q", string(kind))
	}
	switch {
	case reason == "":
		return want{status: "SUCCESS"}
	case goes == phaseRollback:
		return want{"SUCCESS", []string{"reported as a success because the stack is rolling back: ", reason}}
	case goes == phaseUnknown && kind == cfn.RequestUpdate:
		return want{"FAILED", []string{reason, "continue-update-rollback"}}
	}
	return want{"FAILED", []string{reason}}
}

// check compares an answer with what it must say, and with the event.
func check(t *testing.T, event cfn.Event, answer lambdatest.Answer, want want) {
	t.Helper()
	if answer.Status != want.status {
		t.Errorf("status %s, want %s; reason %q", answer.Status, want.status, answer.Reason)
	}
	for _, part := range want.reason {
		if !strings.Contains(answer.Reason, part) {
			t.Errorf("reason %q\nlacks  %q", answer.Reason, part)
		}
	}
	if len(want.reason) == 0 && answer.Reason != "" {
		t.Errorf("reason %q, want none", answer.Reason)
	}
	if answer.StackID != event.StackID || answer.RequestID != event.RequestID || answer.LogicalResourceID != event.LogicalResourceID {
		t.Errorf("the answer names another request: %+v", answer)
	}
	if id := event.PhysicalResourceID; answer.PhysicalResourceID == "" || id != "" && answer.PhysicalResourceID != id {
		t.Errorf("physical id %q, want %q", answer.PhysicalResourceID, id)
	}
	if event.RequestType == cfn.RequestDelete {
		return
	}
	if answer.Status == string(cfn.StatusFailed) {
		if len(answer.Data) > 0 {
			t.Errorf("a failure has attributes, which nobody reads: %v", answer.Data)
		}
		return
	}
	for _, name := range append(contract.EvidenceIDs(event.ResourceProperties), contract.AttributeReport, contract.AttributeSummary, contract.AttributeLog) {
		if answer.Data[name] == "" {
			t.Errorf("attribute %s is missing: %v", name, answer.Data)
		}
	}
}

// TestPanic makes the verifier panic at several points.
func TestPanic(t *testing.T) {
	t.Parallel()
	const broke = "the verifier panicked, so nothing was verified: a bug at "
	tests := []struct {
		at, status string
		fixture    func(*fixture)
		want       want
	}{
		{"report", "UPDATE_IN_PROGRESS", nil, want{"FAILED", []string{broke + "report"}}},
		{"report", "UPDATE_ROLLBACK_IN_PROGRESS", nil, want{"SUCCESS", []string{broke + "report"}}},
		{"stack status", "UPDATE_IN_PROGRESS", nil, want{"SUCCESS", nil}},
		{"stack status", "UPDATE_IN_PROGRESS", proberSees("Opens", proof.Refused), want{"FAILED", []string{"1 of 3 claims refuted", "continue-update-rollback"}}},
		{"the verification failed", "UPDATE_IN_PROGRESS", proberSees("Opens", proof.Refused), want{"FAILED", []string{broke + "the verification failed"}}},
	}
	for _, test := range tests {
		t.Run(test.at+"/"+test.status+"/"+test.want.status, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				w.aws.Status = test.status
				if test.fixture != nil {
					test.fixture(w)
				}
				options := w.options()
				options.Log = slog.New(panicAt{options.Log.Handler(), test.at})
				event := newEvent(cfn.RequestUpdate, goodProperties())
				if err := New(options).Handle(t.Context(), event); err != nil {
					t.Fatal(err)
				}
				check(t, event, w.answer(t), test.want)
			})
		})
	}
}

func TestPhysicalIDIsStable(t *testing.T) {
	t.Parallel()
	create := newEvent(cfn.RequestCreate, nil)
	id := physicalID(create)
	create.RequestID, create.ResponseURL = "another", "https://another"
	if again := physicalID(create); again != id {
		t.Errorf("id %s, then %s: it must not change", id, again)
	}
	other := create
	other.LogicalResourceID = "Other"
	if physicalID(other) == id {
		t.Error("two resources have one id")
	}
	update := create
	update.RequestType, update.PhysicalResourceID = cfn.RequestUpdate, id
	if got := physicalID(update); got != id {
		t.Errorf("an update changed the id from %s to %s: CloudFormation would replace the resource", id, got)
	}
}

// A malformed event that has a ResponseURL is answered.
func TestMalformedEvents(t *testing.T) {
	t.Parallel()
	base := `"ResponseURL":"` + responseURL + `","StackId":"` + lambdatest.Stack + `","LogicalResourceId":"Proof","RequestId":"request-1"`
	tests := []struct{ name, payload, status, reason, err string }{
		{"no json", `{`, "", "", "the event has no ResponseURL"},
		{"empty", `{}`, "", "", "the event has no ResponseURL"},
		{"null", `null`, "", "", "the event has no ResponseURL"},
		{"delete of nothing", `{` + base + `,"RequestType":"Delete"}`, "SUCCESS", "", ""},
		{"delete, properties of the wrong type", `{` + base + `,"RequestType":"Delete","ResourceProperties":"x","PhysicalResourceId":"p"}`, "SUCCESS", "", ""},
		{"create, properties of the wrong type", `{` + base + `,"RequestType":"Create","ResourceProperties":["x"]}`, "FAILED", "the event is not a custom resource request: json: cannot unmarshal array", ""},
		{"create without properties", `{` + base + `,"RequestType":"Create"}`, "FAILED", "Claims: must be a list of at least one claim, got none", ""},
		{"request type of the wrong type", `{` + base + `,"RequestType":7}`, "FAILED", "the event is not a custom resource request", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				_, err := New(w.options()).Invoke(t.Context(), []byte(test.payload))
				if test.err != "" {
					if err == nil || !strings.Contains(err.Error(), test.err) {
						t.Errorf("error %v, want %q", err, test.err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				answer := w.answer(t)
				if answer.Status != test.status || !strings.Contains(answer.Reason, test.reason) {
					t.Errorf("%s: %q\nwant %s: %q", answer.Status, answer.Reason, test.status, test.reason)
				}
			})
		})
	}
}
