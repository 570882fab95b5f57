package cfn

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const token = "arn:aws:lambda:ap-northeast-2:123456789012:function:f"

// reply answers a request; extra are further fields, such as `,"Data":{}`.
func reply(ev customRequest, status, physical, extra string) string {
	return fmt.Sprintf(`{"Status":%q,"StackId":%q,"RequestId":%q,"LogicalResourceId":%q,"PhysicalResourceId":%q%s}`,
		status, ev.StackId, ev.RequestId, ev.LogicalResourceId, physical, extra)
}

// recorder is a function that notes its requests.
type recorder struct {
	mu     sync.Mutex
	events []customRequest
	answer func(customRequest) string // empty: no answer
}

func (r *recorder) run(ev customRequest, put func(string)) {
	r.mu.Lock()
	r.events = append(r.events, ev)
	answer := r.answer
	r.mu.Unlock()
	if body := answer(ev); body != "" {
		put(body)
	}
}

func (r *recorder) set(answer func(customRequest) string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// all are the requests so far, in the order in which they were sent.
func (r *recorder) all() []customRequest {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// kinds are the requests so far, as "Create C physical".
func (r *recorder) kinds() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, e := range r.events {
		out = append(out, strings.TrimSpace(e.RequestType+" "+e.LogicalResourceId+" "+e.PhysicalResourceId))
	}
	return out
}

func customHarness(t *testing.T, answer func(customRequest) string) (*harness, *recorder) {
	b, r := newHarness(t), &recorder{answer: answer}
	b.signals.functions[token] = r.run
	return b, r
}

func custom(id, properties string) string {
	return fmt.Sprintf(`%q:{"Type":"Custom::Proof","Properties":{"ServiceToken":%q%s}}`, id, token, properties)
}

func succeed(ev customRequest) string {
	return reply(ev, "SUCCESS", "same", `,"Data":{"Seen":"10.0.0.1"}`)
}

func TestCustomResourceProtocol(t *testing.T) {
	t.Parallel()
	b, r := customHarness(t, succeed)
	template := func(port string) string {
		return `{"Resources":{` + custom("C", `,"Port":`+port+`,"On":true,"List":[1,{"Deep":false}]`) + `},
			"Outputs":{"Seen":{"Value":{"Fn::GetAtt":"C.Seen"}},"Id":{"Value":{"Ref":"C"}}}}`
	}
	out := b.must(template("443"))
	if d := cmp.Diff([]Output{{Key: "Id", Value: "same"}, {Key: "Seen", Value: "10.0.0.1"}}, out.Outputs); d != "" {
		t.Error(d)
	}
	b.must(template("444"))
	if _, err := b.Delete(context.Background(), "S"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"Create C", "Update C same", "Delete C same"}, r.kinds()); d != "" {
		t.Fatal(d)
	}
	props := func(port string) any {
		return map[string]any{"ServiceToken": token, "Port": port, "On": "true", "List": []any{"1", map[string]any{"Deep": "false"}}}
	}
	want := customRequest{
		RequestType: "Update", ServiceToken: token, ResponseURL: "mem://C/2", StackId: out.ID,
		RequestId: r.all()[1].RequestId, LogicalResourceId: "C", PhysicalResourceId: "same", ResourceType: "Custom::Proof",
		ResourceProperties: props("444"), OldResourceProperties: props("443"),
	}
	if d := cmp.Diff(want, r.all()[1]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(props("444"), r.all()[2].ResourceProperties); d != "" {
		t.Errorf("properties of the Delete: %s", d)
	}
	if r.all()[0].RequestId == r.all()[1].RequestId || r.all()[0].OldResourceProperties != nil {
		t.Errorf("%+v", r.all())
	}
	if len(b.signals.boxes) != 0 {
		t.Errorf("URLs still alive: %v", b.signals.boxes)
	}
}

func TestCustomResourceFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(customRequest) string
		want   string // %s is the request's id
		delete string // the physical id of the Delete that follows
	}{
		"failed": {
			func(ev customRequest) string {
				return reply(ev, "FAILED", "p", `,"Reason":"2 of 7 claims are refuted"`)
			},
			"Received response status [FAILED] from custom resource. Message returned: 2 of 7 claims are refuted (RequestId: %s)", "p",
		},
		"too long": {
			func(ev customRequest) string {
				frame := len(reply(ev, "SUCCESS", "p", `,"Data":{"x":""}`))
				return reply(ev, "SUCCESS", "p", `,"Data":{"x":"`+strings.Repeat("x", 4097-frame)+`"}`)
			},
			"Response object is too long.", "S-C-000000000002",
		},
		"status": {
			func(ev customRequest) string { return reply(ev, "FAILURE", "p", "") },
			"Invalid Response object: 'FAILURE' is not a valid ResponseStatus", "S-C-000000000002",
		},
		"no physical id":   {func(ev customRequest) string { return reply(ev, "SUCCESS", "", "") }, "Invalid PhysicalResourceId", "S-C-000000000002"},
		"long physical id": {func(ev customRequest) string { return reply(ev, "SUCCESS", strings.Repeat("p", 1025), "") }, "Invalid PhysicalResourceId", "S-C-000000000002"},
		"data":             {func(ev customRequest) string { return reply(ev, "SUCCESS", "p", `,"Data":"x"`) }, "Data returned must be an object", "p"},
		"not JSON":         {func(customRequest) string { return `<html>` }, "Invalid Response object: invalid character '<' looking for beginning of value", "S-C-000000000002"},
		"other request": {
			func(ev customRequest) string { ev.RequestId = "x"; return reply(ev, "SUCCESS", "p", "") },
			`Invalid Response object: RequestId is "x", not that of the request`, "S-C-000000000002",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, r := customHarness(t, func(ev customRequest) string {
				if ev.RequestType == "Delete" {
					return reply(ev, "SUCCESS", ev.PhysicalResourceId, "")
				}
				return c.answer(ev)
			})
			out, err := b.deploy(`{"Resources":{` + custom("C", "") + `}}`)
			if err == nil || out.Status != RollbackComplete {
				t.Fatalf("%v, %+v", err, out)
			}
			want := strings.ReplaceAll(c.want, "%s", r.all()[0].RequestId)
			if got := out.Failures[0].Reason; got != want {
				t.Errorf("reason %q, want %q", got, want)
			}
			kinds := r.kinds()
			if len(kinds) != 2 || !strings.HasPrefix(kinds[1], "Delete C "+c.delete) {
				t.Errorf("requests %q", kinds)
			}
		})
	}
}

func TestCustomResourceResponseOf4096BytesIsTaken(t *testing.T) {
	t.Parallel()
	b, _ := customHarness(t, func(ev customRequest) string {
		frame := reply(ev, "SUCCESS", "p", `,"Data":{"x":""}`)
		return strings.Replace(frame, `"x":""`, `"x":"`+strings.Repeat("x", 4096-len(frame))+`"`, 1)
	})
	b.must(`{"Resources":{` + custom("C", "") + `}}`)
}

func TestCustomResourceServiceTimeout(t *testing.T) {
	t.Parallel()
	for property, want := range map[string]time.Duration{"": time.Hour, `,"ServiceTimeout":90`: 90 * time.Second, `,"ServiceTimeout":"5"`: 5 * time.Second} {
		b, r := customHarness(t, nil)
		b.clock.armed = make(chan time.Duration, 2)
		asked := make(chan struct{})
		r.set(func(ev customRequest) string {
			if ev.RequestType == "Delete" {
				return reply(ev, "SUCCESS", ev.PhysicalResourceId, "")
			}
			close(asked)
			return ""
		})
		done := make(chan Outcome)
		go func() {
			out, _ := b.deploy(`{"Resources":{` + custom("C", property) + `}}`)
			done <- out
		}()
		if got := <-b.clock.armed; got != want {
			t.Errorf("ServiceTimeout is %v, want %v", got, want)
		}
		<-asked
		b.clock.Advance(want - time.Second)
		select {
		case <-done:
			t.Fatal("it ended before its time")
		default:
		}
		b.clock.Advance(time.Second)
		out := <-done
		reason := "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [" +
			r.all()[0].RequestId + "]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version."
		if out.Status != RollbackComplete || out.Failures[0].Reason != reason {
			t.Errorf("%+v", out)
		}
	}
}

func TestCustomResourceWhoseFunctionIsGoneIsNotDeleted(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	out, err := b.deploy(`{"Resources":{` + custom("C", "") + `}}`)
	if err == nil || out.Status != RollbackComplete || out.Failures[0].Reason != "Function not found: "+token {
		t.Errorf("%v, %+v", err, out)
	}
}

func TestCustomResourceAttributeThatIsMissing(t *testing.T) {
	t.Parallel()
	b, r := customHarness(t, succeed)
	out, err := b.deploy(`{"Resources":{` + custom("C", "") + `,` + aThing("A", `{"V":{"Fn::GetAtt":["C","Unseen"]}}`) + `}}`)
	if err == nil {
		t.Fatal("no failure")
	}
	want := "CustomResource attribute error: Vendor response doesn't contain Unseen attribute in object " + out.ID + "|C|" + r.all()[0].RequestId
	if f := out.Failures[0]; f.LogicalID != "A" || f.Status != CreateFailed || f.Reason != want {
		t.Errorf("%+v", f)
	}
}

func TestCustomResourceIsCancelledAndDeletedWhenASiblingFails(t *testing.T) {
	t.Parallel()
	var b *harness
	asked := make(chan struct{})
	b, r := customHarness(t, func(ev customRequest) string {
		if ev.RequestType == "Create" {
			close(asked)
			return ""
		}
		return reply(ev, "SUCCESS", ev.PhysicalResourceId, "")
	})
	b.world.faults["create A"] = fmt.Errorf("no")
	hold := make(chan struct{})
	b.world.holds["create A"] = hold
	go func() { <-asked; close(hold) }()
	out, _ := b.deploy(things(aThing("A", `{}`), custom("C", "")))
	if out.Status != RollbackComplete || !slices.Contains(b.lines(), "CREATE_FAILED | Custom::Proof | C | Resource creation cancelled") {
		t.Errorf("%+v", out)
	}
	kinds := r.kinds()
	if len(kinds) != 2 || !strings.HasPrefix(kinds[1], "Delete C S-C-") {
		t.Error(kinds)
	}
}

func TestCustomResourceEventIsPlainJSON(t *testing.T) {
	t.Parallel()
	text := encodeJSON(customRequest{RequestType: "Create", ResponseURL: "https://x/?a=1&b=<2>", ResourceProperties: map[string]any{}})
	if !strings.Contains(text, "a=1&b=<2>") || strings.Contains(text, "Old") || strings.Contains(text, "Physical") || !json.Valid([]byte(text)) {
		t.Error(text)
	}
}

// A custom resource whose function lacks what the engine's surroundings do not have does
// nothing: it is named, and has no attributes. Any other failure stays one.
func TestCustomResourcesThatTurnOutToBeInert(t *testing.T) {
	t.Parallel()
	b, _ := customHarness(t, func(ev customRequest) string {
		if ev.LogicalResourceId == "Wrong" {
			return reply(ev, "FAILED", "p", `,"Reason":"wrong"`)
		}
		return reply(ev, "FAILED", "p", `,"Reason":"it has no call X"`)
	})
	b.opts.Limits = func(reason string) string {
		if reason == "it has no call X" {
			return "it calls X"
		}
		return ""
	}
	out := b.must(`{"Resources":{` + custom("C", "") + `},"Outputs":{"Id":{"Value":{"Ref":"C"}}}}`)
	if d := cmp.Diff([]InertResource{{LogicalID: "C", Type: "Custom::Proof", Why: "it calls X"}}, out.Inert); d != "" {
		t.Error(d)
	}
	if _, err := b.deploy(`{"Resources":{` + custom("C", "") + `},"Outputs":{"Seen":{"Value":{"Fn::GetAtt":"C.Seen"}}}}`); err == nil || !strings.Contains(err.Error(), "Vendor response doesn't contain Seen attribute") || !strings.Contains(err.Error(), "it calls X; a stub can give it attributes") {
		t.Errorf("an attribute of it: %v", err)
	}
	if _, err := b.deploy(`{"Resources":{` + custom("Wrong", "") + `}}`); err == nil || !strings.Contains(err.Error(), "Message returned: wrong") {
		t.Errorf("another failure: %v", err)
	}
}
