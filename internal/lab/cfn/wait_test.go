package cfn

import (
	"context"
	"strings"
	"testing"
	"time"
)

const waiting = `{"Resources":{
	"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"},
	"Host":{"Type":"Test::Thing","Properties":{"UserData":{"Fn::Base64":{"Fn::Sub":"report to ${Handle}"}}}},
	"Wait":{"Type":"AWS::CloudFormation::WaitCondition","DependsOn":"Host","Properties":{"Handle":{"Ref":"Handle"},"Timeout":"300","Count":COUNT}}
},"Outputs":{"Data":{"Value":{"Fn::GetAtt":["Wait","Data"]}}}}`

func waitTemplate(count string) string { return strings.Replace(waiting, "COUNT", count, 1) }

// url is the handle's URL.
func (b *harness) url() string {
	for _, r := range b.Resources("S") {
		if r.LogicalID == "Handle" {
			return r.PhysicalID
		}
	}
	b.t.Fatal("no handle")
	return ""
}

func TestWaitConditionTakesSignalsFromTheHandlesCreationOn(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.world.begun = make(chan string, 4)
	hold := make(chan struct{})
	b.world.holds["create Host"] = hold
	done := make(chan Outcome)
	go func() { done <- b.must(waitTemplate("2")) }()
	<-b.world.begun
	url := b.url()
	b.signals.put(url, `{"Status":"SUCCESS","UniqueId":"a","Data":"ping: 3 of 3","Reason":"done"}`)
	b.signals.put(url, `{"Status":"SUCCESS","UniqueId":"a","Data":"again"}`)
	close(hold)
	b.signals.put(url, `{"Status":"SUCCESS","UniqueId":"b","Data":"<2>"}`)
	out := <-done
	if got := out.Outputs[0].Value; got != `{"a":"ping: 3 of 3","b":"<2>"}` {
		t.Error(got)
	}
	for _, r := range b.Resources("S") {
		if r.LogicalID == "Wait" && r.PhysicalID != out.ID+"/Handle" {
			t.Error(r.PhysicalID)
		}
	}
	out, err := b.deploy(strings.Replace(waitTemplate("2"), "300", "301", 1))
	if err == nil || out.Status != UpdateRollbackComplete || out.Failures[0].Reason != "Update to resource type AWS::CloudFormation::WaitCondition is not supported." {
		t.Errorf("an update: %v, %+v", err, out)
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil || b.signals.put(url, "{}") {
		t.Errorf("%v; the URL is still alive", err)
	}
}

func TestWaitConditionFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body, want string
		advance    time.Duration
	}{
		"failure":  {`{"Status":"FAILURE","UniqueId":"i-1","Reason":"no route"}`, "WaitCondition received failed message: 'no route' for uniqueId: i-1", 0},
		"garbage":  {`oops`, "Unparsable WaitCondition data", 0},
		"no id":    {`{"Status":"SUCCESS"}`, "Unparsable WaitCondition data", 0},
		"status":   {`{"Status":"OK","UniqueId":"x"}`, "Unparsable WaitCondition data", 0},
		"too late": {"", "WaitCondition timed out. Received 0 conditions when expecting 1", 300 * time.Second},
		"too few":  {`{"Status":"SUCCESS","UniqueId":"x"}`, "WaitCondition timed out. Received 1 conditions when expecting 2", 300 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newHarness(t)
			b.clock.armed = make(chan time.Duration, 1)
			count := "1"
			if name == "too few" {
				count = "2"
			}
			done := make(chan Outcome)
			go func() { out, _ := b.deploy(waitTemplate(count)); done <- out }()
			if got := <-b.clock.armed; got != 300*time.Second {
				t.Error(got)
			}
			if c.body != "" {
				b.signals.put(b.url(), c.body)
			}
			if name == "too few" { // the signal must have been counted before the time is over
				handle := b.waitHandles.byURL[b.url()]
				for counted := false; !counted; {
					handle.mu.Lock()
					counted = len(handle.signals) == 1
					changed := handle.changed
					handle.mu.Unlock()
					if !counted {
						<-changed
					}
				}
			}
			b.clock.Advance(c.advance)
			if out := <-done; out.Status != RollbackComplete || out.Failures[0].Reason != c.want {
				t.Errorf("%+v, want %s", out.Failures, c.want)
			}
		})
	}
}

func TestWaitConditionRefusals(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	for from, to := range map[string]string{
		`"Timeout":"300"`: `"Timeout":"43201"`, `"Count":1`: `"Count":0`, `"Timeout":"300",`: "",
	} {
		_, err := b.deploy(strings.Replace(waitTemplate("1"), from, to, 1))
		if _, ok := err.(*Refusal); !ok {
			t.Errorf("%s: %v", to, err)
		}
	}
}
