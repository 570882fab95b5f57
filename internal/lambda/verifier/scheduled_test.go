package verifier

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// dueEvent is what a schedule hands over, due now.
func dueEvent(change ...func(map[string]any)) []byte {
	event := map[string]any{
		"Kind": contract.ScheduledKind, "Set": "Network", "Stack": lambdatest.Stack, "Time": time.Now().UTC().Format(time.RFC3339),
		"Memory": "memory", "TimeLimit": 60, "Latest": 600, "Proofs": map[string]any{"S3": goodProperties()},
	}
	delete(event["Proofs"].(map[string]any)["S3"].(map[string]any), "ServiceToken")
	delete(event["Proofs"].(map[string]any)["S3"].(map[string]any), "ServiceTimeout")
	for _, c := range change {
		c(event)
	}
	payload, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	return payload
}

// refuting is a prober to which a name answers that must not.
func refuting() func(string, []byte) ([]byte, string) {
	return probing(func(probe proof.Probe, seen *proof.Observation) {
		if probe.Kind == proof.Unreachable {
			seen.Outcome, seen.Detail = proof.OK, ""
		}
	})
}

// silent is a prober that cannot be asked.
func silent(string, []byte) ([]byte, string) {
	return []byte(`{"errorType":"Down","errorMessage":"no"}`), "Unhandled"
}

// invoke hands an event to a new handler. It must answer nobody.
func (w *fixture) invoke(t *testing.T, payload []byte) {
	t.Helper()
	if _, err := New(w.options()).Invoke(t.Context(), payload); err != nil {
		t.Fatal(err)
	}
	if answers, refused, attempts := w.url.Answers(); len(answers)+len(refused)+attempts > 0 {
		t.Errorf("a scheduled run answered CloudFormation: %v %v", answers, refused)
	}
}

// metrics are the values of the log line that embeds them; nil: there is none.
func (w *fixture) metrics() map[string]float64 {
	var found map[string]float64
	for line := range strings.Lines(w.log.String()) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) != nil || fields["_aws"] == nil {
			continue
		}
		found = map[string]float64{}
		for name, value := range fields {
			if n, ok := value.(float64); ok {
				found[name] = n
			}
		}
	}
	return found
}

func (w *fixture) remembered(t *testing.T) (m memory) {
	t.Helper()
	if err := json.Unmarshal([]byte(w.aws.Watching.Memory()), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func inBubble(t *testing.T, test func(t *testing.T, w *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newFixture()
		w.aws.Status = "CREATE_COMPLETE"
		test(t, w)
	})
}

// A run tells what it found in the log and in metrics, and nobody else of what is as it was.
func TestScheduledRun(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *fixture) {
		w.invoke(t, dueEvent())
		got := w.metrics()
		if got["Holds"] != 3 || got["Refuted"] != 0 || got["Unproven"] != 0 || got["Duration"] <= 0 {
			t.Errorf("metrics %v\n%s", got, w.log.String())
		}
		if _, known := got["Age"]; known {
			t.Error("the first run has an age")
		}
		if n := strings.Count(w.log.String(), `"msg":"verdict"`); n != 3 {
			t.Errorf("%d lines of verdicts, want one for each claim", n)
		}
		if len(w.aws.Watching.Events()) != 0 {
			t.Errorf("told %v", w.aws.Watching.Events())
		}
		time.Sleep(15 * time.Minute)
		w.invoke(t, dueEvent())
		if age := w.metrics()["Age"]; age < 900 || age > 1000 {
			t.Errorf("age %v, want that of the run before", age)
		}
	})
}

// Each change of a verdict is one event: refuted at once, unproven when it lasts, and
// that it holds again.
func TestVerdictsChange(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *fixture) {
		steps := []struct {
			prober func(string, []byte) ([]byte, string)
			told   string // the changes of Hidden
		}{
			{probing(nil), ""},
			{refuting(), "holds refuted"},
			{refuting(), ""},
			{silent, ""}, // what cannot be measured does not refute the refutation
			{probing(nil), "refuted holds"},
			{silent, ""}, // once is no news
			{probing(nil), ""},
			{silent, ""},
			{silent, "holds unproven"},
			{silent, ""},
			{probing(nil), "unproven holds"},
		}
		for i, step := range steps {
			before := len(w.aws.Watching.Events())
			w.aws.Prober = step.prober
			w.invoke(t, dueEvent())
			told := ""
			for _, e := range w.aws.Watching.Events()[before:] {
				if e["Claim"] == "Hidden" {
					told = strings.TrimSpace(told + " " + e["Previous"].(string) + " " + e["State"].(string))
				}
			}
			if told != step.told {
				t.Errorf("step %d: told %q, want %q", i, told, step.told)
			}
			time.Sleep(10 * time.Minute)
		}
		first := w.aws.Watching.Events()[0]
		if reason, _ := first["Reason"].(string); first["Stack"] != lambdatest.Stack || !strings.Contains(reason, "192.0.2.1") || !strings.Contains(reason, "Look first at") {
			t.Errorf("the event does not say why: %v", first)
		}
	})
}

// While the stack is deployed, its deployment proves it: a run says nothing.
func TestNoRunDuringADeployment(t *testing.T) {
	t.Parallel()
	for _, prober := range []func(string, []byte) ([]byte, string){probing(nil), refuting()} {
		inBubble(t, func(t *testing.T, w *fixture) {
			w.aws.Status, w.aws.Prober = "UPDATE_IN_PROGRESS", prober
			w.invoke(t, dueEvent())
			if w.metrics() != nil || len(w.aws.Watching.Events()) > 0 || w.remembered(t).Owner != "" {
				t.Errorf("metrics %v, events %v, memory %s", w.metrics(), w.aws.Watching.Events(), w.aws.Watching.Memory())
			}
		})
	}
	// A deployment that begins while a run is under way explains what it finds.
	inBubble(t, func(t *testing.T, w *fixture) {
		w.aws.Prober = refuting()
		w.aws.Fault = func(action string, n int, _ http.ResponseWriter, _ *http.Request) bool {
			if action == "DescribeStacks" && n == 2 {
				w.aws.Status = "UPDATE_IN_PROGRESS"
			}
			return false
		}
		w.invoke(t, dueEvent())
		if w.metrics() != nil || len(w.aws.Watching.Events()) > 0 {
			t.Errorf("metrics %v, events %v", w.metrics(), w.aws.Watching.Events())
		}
	})
}

// A run that would begin too late leaves it to the next, and so does one while another
// is under way. A run whose process ended takes its own place when Lambda begins it again.
func TestOneRunAtATime(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *fixture) {
		late := dueEvent()
		time.Sleep(11 * time.Minute)
		w.invoke(t, late)
		if w.metrics() != nil || !strings.Contains(w.log.String(), "late") {
			t.Errorf("a late run ran\n%s", w.log.String())
		}
		now := time.Now().UTC()
		other := memory{Owner: "another", Until: now.Add(time.Minute)}
		w.aws.Watching.Remember(other.encode())
		w.invoke(t, dueEvent())
		if w.metrics() != nil || w.remembered(t).Owner != "another" {
			t.Error("two runs at a time")
		}
		own := memory{Owner: "schedule " + now.Format(time.RFC3339), Until: now.Add(time.Minute)}
		w.aws.Watching.Remember(own.encode())
		w.invoke(t, dueEvent())
		if w.metrics() == nil {
			t.Error("a run that was begun again did not run")
		}
	})
}

// Of two runs that read the same memory, the second to write sees the first.
func TestRunsBeginAtTheSameMoment(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *fixture) {
		once := true
		w.aws.Watching.OnPut = func(watching *lambdatest.Watching) {
			if once {
				once = false
				watching.Remember(memory{Owner: "faster", Until: time.Now().Add(time.Minute)}.encode())
			}
		}
		w.invoke(t, dueEvent())
		if w.metrics() != nil {
			t.Errorf("it ran beside the faster one\n%s", w.log.String())
		}
	})
}

// The alarms need no memory.
func TestRunWithoutMemory(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *fixture) {
		w.aws.Prober = refuting()
		w.aws.Fault = func(action string, _ int, out http.ResponseWriter, _ *http.Request) bool {
			if action == "GetParameter" {
				out.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
				out.WriteHeader(http.StatusBadRequest)
			}
			return action == "GetParameter"
		}
		w.invoke(t, dueEvent())
		if got := w.metrics(); got["Refuted"] != 1 || len(w.aws.Watching.Events()) != 0 {
			t.Errorf("metrics %v, events %v", got, w.aws.Watching.Events())
		}
	})
}

// An event that could not be told is told by the next run.
func TestUntoldIsToldLater(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *fixture) {
		w.aws.Prober = refuting()
		refuse := true
		w.aws.Fault = func(action string, _ int, out http.ResponseWriter, _ *http.Request) bool {
			if action != "PutEvents" || !refuse {
				return false
			}
			out.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
			out.WriteHeader(http.StatusBadRequest)
			return true
		}
		w.invoke(t, dueEvent())
		refuse = false
		time.Sleep(15 * time.Minute)
		w.invoke(t, dueEvent())
		if events := w.aws.Watching.Events(); len(events) != 1 || events[0]["State"] != "refuted" {
			t.Errorf("told %v", events)
		}
	})
}

// Changes are proved a minute after the first of them, all in one run, which names the
// calls.
func TestChanges(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *fixture) {
		w.aws.Prober = refuting()
		// As CDK writes it, without escapes.
		w.aws.Watching.Input = strings.Replace(string(dueEvent(func(e map[string]any) { e["Time"] = "due" })), `"due"`, `"`+contract.ScheduledTime+`"`, 1)
		start := time.Now()
		done := make(chan struct{})
		for i, name := range []string{"CreateRoute", "DeleteRoute", "AuthorizeSecurityGroupIngress"} {
			go func() {
				time.Sleep(time.Duration(i) * 10 * time.Second)
				payload, _ := json.Marshal(contract.Change{Kind: contract.ChangeKind, Schedule: "schedule", Memory: "memory", Call: name, By: "arn:alice"})
				_, _ = New(w.options()).Invoke(context.Background(), payload)
				done <- struct{}{}
			}()
		}
		for range 3 {
			<-done
		}
		if n := strings.Count(w.log.String(), `"_aws"`); n != 1 {
			t.Errorf("%d runs, want one\n%s", n, w.log.String())
		}
		if took := time.Since(start); took < contract.Debounce || took > 5*time.Minute {
			t.Errorf("told after %s", took)
		}
		events := w.aws.Watching.Events()
		if len(events) != 1 {
			t.Fatalf("told %v", events)
		}
		text, _ := json.Marshal(events[0]["Changes"])
		for _, want := range []string{"CreateRoute", "DeleteRoute", "AuthorizeSecurityGroupIngress", "arn:alice"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the event does not name %s: %s", want, text)
			}
		}
		if left := w.remembered(t).Changes; len(left) != 0 {
			t.Errorf("changes that were told are kept: %v", left)
		}
	})
}

// What a schedule hands over and cannot be read is in the log, and nothing runs.
func TestUnusableEvents(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{`{"Kind":"EndpointProofRun"}`, `{"Kind":"EndpointProofChange"}`} {
		inBubble(t, func(t *testing.T, w *fixture) {
			w.invoke(t, []byte(payload))
			if !strings.Contains(w.log.String(), "unusable") || len(w.aws.Actions()) != 0 {
				t.Errorf("%s: %s", payload, w.log.String())
			}
		})
	}
}

// The memory fits its parameter, however much does not hold.
func TestMemoryFits(t *testing.T) {
	t.Parallel()
	m := memory{Open: map[string]openState{}, Ended: time.Now()}
	for i := range 300 {
		m.Open[strings.Repeat("Claim", 10)+string(rune('A'+i%26))+strings.Repeat("x", i/26)] = openRefuted
	}
	for range 20 {
		m.Changes = append(m.Changes, change{Call: strings.Repeat("c", 100), By: strings.Repeat("b", 100)})
	}
	var again memory
	text := m.encode()
	if err := json.Unmarshal([]byte(text), &again); err != nil || len(text) > contract.MaxMemory || len(again.Open) < 30 {
		t.Errorf("%d bytes with %d claims, error %v", len(text), len(again.Open), err)
	}
}
