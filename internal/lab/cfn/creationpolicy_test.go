package cfn

import (
	"testing"
	"time"
)

// A resource with a CreationPolicy is created when as many different signals came as it
// asks for; what refers to it comes after that.
func TestCreationPolicy(t *testing.T) {
	t.Parallel()
	const template = `{"Parameters":{"N":{"Type":"Number","Default":"2"}},"Resources":{
		"A":{"Type":"Test::Thing","CreationPolicy":{"ResourceSignal":{"Count":{"Ref":"N"},"Timeout":"PT1H2M3S"}}},
		"B":{"Type":"Test::Thing","Properties":{"X":{"Ref":"A"}}}}}`
	type signal struct {
		id      string
		success bool
	}
	for name, c := range map[string]struct {
		signals []signal
		advance time.Duration
		status  Status
		reason  string
	}{
		"enough":   {signals: []signal{{"i-1", true}, {"i-2", true}}, status: CreateComplete},
		"twice":    {signals: []signal{{"i-1", true}, {"i-1", true}, {"i-2", true}}, status: CreateComplete},
		"failure":  {signals: []signal{{"i-1", true}, {"i-2", false}}, status: RollbackComplete, reason: "Received 1 FAILURE signal(s) out of 2. Unable to satisfy 100% MinSuccessfulInstancesPercent requirement"},
		"too few":  {signals: []signal{{"i-1", true}}, advance: 4000 * time.Second, status: RollbackComplete, reason: "Failed to receive 1 resource signal(s) within the specified duration"},
		"too late": {advance: 4000 * time.Second, status: RollbackComplete, reason: "Failed to receive 2 resource signal(s) within the specified duration"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newHarness(t)
			b.clock.armed = make(chan time.Duration, 1)
			done := make(chan Outcome)
			go func() { out, _ := b.deploy(template); done <- out }()
			if got := <-b.clock.armed; got != time.Hour+2*time.Minute+3*time.Second {
				t.Error(got)
			}
			for _, s := range c.signals {
				if err := b.Signal("S", "A", s.id, s.success); err != nil {
					t.Error(err)
				}
			}
			if err := b.Signal("S", "B", "i-1", true); err == nil {
				t.Error("B takes signals")
			}
			b.clock.Advance(c.advance)
			out := <-done
			if out.Status != c.status {
				t.Errorf("%s, want %s", out.Status, c.status)
			}
			if c.reason != "" && out.Failures[0].Reason != c.reason {
				t.Errorf("%s, want %s", out.Failures[0].Reason, c.reason)
			}
		})
	}
}

// A wait condition needs no handle where its CreationPolicy waits.
func TestWaitConditionWithCreationPolicy(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.clock.armed = make(chan time.Duration, 1)
	done := make(chan Outcome)
	go func() {
		out, err := b.deploy(`{"Resources":{"W":{"Type":"AWS::CloudFormation::WaitCondition","CreationPolicy":{"ResourceSignal":{}}}}}`)
		if err != nil {
			t.Error(err)
			close(b.clock.armed)
		}
		done <- out
	}()
	if got := <-b.clock.armed; got != 5*time.Minute {
		t.Error(got)
	}
	if err := b.Signal("S", "W", "x", true); err != nil {
		t.Error(err)
	}
	if out := <-done; out.Status != CreateComplete {
		t.Error(out.Status)
	}
}
