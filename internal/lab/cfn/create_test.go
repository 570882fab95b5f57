package cfn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreateRunsInDependencyOrder(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	out := b.must(`{"Description":"d","Resources":{` +
		aThing("C", `{"B":{"Fn::GetAtt":["B","Name"]}}`) + "," +
		aThing("B", `{"A":{"Ref":"A"}}`) + "," +
		aThing("A", `{}`) + "," +
		aThing("Z", `{}`, `"DependsOn":["C"]`) +
		`},"Outputs":{"Name":{"Value":{"Fn::Sub":"${C.Name}!"},"Description":"the name","Export":{"Name":"exp"}}}}`)
	if d := cmp.Diff([]string{"create A", "create B", "create C", "create Z"}, b.world.calls); d != "" {
		t.Error(d)
	}
	want := []Output{{Key: "Name", Value: "C-3.name!", Description: "the name", Export: "exp"}}
	if d := cmp.Diff(want, out.Outputs); d != "" {
		t.Error(d)
	}
	if out.Status != CreateComplete || out.Description != "d" || out.ID != "arn:aws:cloudformation:ap-northeast-2:123456789012:stack/S/00000000-0000-4000-8000-000000000001" {
		t.Errorf("%+v", out)
	}
	if d := cmp.Diff([]string{
		"CREATE_IN_PROGRESS | AWS::CloudFormation::Stack | S | User Initiated",
		"CREATE_IN_PROGRESS A", "CREATE_COMPLETE A",
		"CREATE_IN_PROGRESS B", "CREATE_COMPLETE B",
		"CREATE_IN_PROGRESS C", "CREATE_COMPLETE C",
		"CREATE_IN_PROGRESS Z", "CREATE_COMPLETE Z",
		"CREATE_COMPLETE | AWS::CloudFormation::Stack | S",
	}, b.lines()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]any{"B": "B-2.name"}, b.world.things["C-3"]); d != "" {
		t.Error(d)
	}
}

func TestCreateRunsIndependentResourcesAtTheSameTime(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.world.begun = make(chan string)
	for _, id := range []string{"create A", "create B"} {
		b.world.holds[id] = make(chan struct{})
	}
	done := make(chan error)
	go func() {
		_, err := b.deploy(things(aThing("A", `{}`), aThing("B", `{}`)))
		done <- err
	}()
	<-b.world.begun // neither can end before both have begun
	<-b.world.begun
	close(b.world.holds["create A"])
	close(b.world.holds["create B"])
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestEventsAreToldInTheirOrder(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	var many []string
	for i := range 100 {
		many = append(many, aThing(fmt.Sprintf("A%d", i), `{}`))
	}
	b.must(things(many...))
	if d := cmp.Diff(b.Events("S"), b.emitted); d != "" || len(b.emitted) != 202 {
		t.Errorf("%d events emitted: %s", len(b.emitted), d)
	}
}

func TestCreateFailureRollsBack(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.world.begun = make(chan string, 10)
	b.world.faults["create Bad"] = errors.New("quota exceeded")
	b.world.holds["create Bad"] = make(chan struct{})
	b.world.holds["create Slow"] = make(chan struct{}) // ends with its context only
	var out Outcome
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		out, err = b.deploy(things(
			aThing("A", `{}`),
			aThing("Bad", `{"A":{"Ref":"A"}}`),
			aThing("Slow", `{"A":{"Ref":"A"}}`),
			aThing("Never", `{"On":{"Ref":"Bad"}}`),
		))
	}()
	for range 3 {
		<-b.world.begun
	}
	close(b.world.holds["create Bad"])
	<-done
	var f *Failure
	if !errors.As(err, &f) || f.Status != RollbackComplete || out.Status != RollbackComplete {
		t.Fatalf("%v, %+v", err, out)
	}
	if err.Error() != "stack S is in ROLLBACK_COMPLETE\n  Bad (Test::Thing): quota exceeded" {
		t.Error(err)
	}
	if len(f.Failures) != 1 || f.Failures[0].LogicalID != "Bad" || f.Failures[0].Time.IsZero() || f.Failures[0].StackID != f.ID {
		t.Errorf("%+v", f.Failures)
	}
	lines := b.lines()
	for _, want := range []string{
		"CREATE_FAILED Bad | quota exceeded",
		"CREATE_FAILED Slow | Resource creation cancelled",
		"ROLLBACK_IN_PROGRESS | AWS::CloudFormation::Stack | S | The following resource(s) failed to create: [Bad, Slow]. Rollback requested by user.",
		"DELETE_COMPLETE A",
		"ROLLBACK_COMPLETE | AWS::CloudFormation::Stack | S",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no event %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if slices.Contains(b.world.calls, "create Never") || len(b.world.ids()) != 0 || len(b.Resources("S")) != 0 {
		t.Errorf("calls %v, left %v, %v", b.world.calls, b.world.ids(), b.Resources("S"))
	}

	// A stack that was rolled back can only be deleted, and then made again.
	_, err = b.deploy(things(aThing("A", `{}`)))
	if want := "Stack:" + out.ID + " is in ROLLBACK_COMPLETE state and can not be updated."; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if out, err := b.Delete(context.Background(), "S"); err != nil || out.Status != DeleteComplete {
		t.Errorf("%v, %+v", err, out)
	}
	if _, ok := b.Stack("S"); ok {
		t.Error("a deleted stack is found by its name")
	}
	if s, ok := b.Stack(out.ID); !ok || s.Status != DeleteComplete {
		t.Error("a deleted stack is not found by its ARN")
	}
	if again := b.must(things(aThing("A", `{}`))); again.ID == out.ID {
		t.Error("the new stack has the old one's ARN")
	}
}

func TestRollbackDeletesWhatAFailedCreationLeft(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.world.faults["create A"] = partial{errors.New("half made")}
	if _, err := b.deploy(things(aThing("A", `{}`))); err == nil {
		t.Fatal("no failure")
	}
	if len(b.world.ids()) != 0 || !slices.Contains(b.world.calls, "delete A") {
		t.Errorf("left %v, calls %v", b.world.ids(), b.world.calls)
	}
}

func TestRollbackFailed(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.world.faults["create B"] = errors.New("no")
	b.world.faults["delete A"] = errors.New("in use")
	out, err := b.deploy(things(aThing("A", `{}`), aThing("B", `{"A":{"Ref":"A"}}`)))
	if out.Status != RollbackFailed || out.Reason != "The following resource(s) failed to delete: [A]." {
		t.Errorf("%+v", out)
	}
	if want := "stack S is in ROLLBACK_FAILED\n  B (Test::Thing): no\n  A (Test::Thing): in use"; err.Error() != want {
		t.Error(err)
	}
	delete(b.world.faults, "delete A")
	if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
		t.Errorf("%v, left %v", err, b.world.ids())
	}
}

func TestDeletionPolicies(t *testing.T) {
	t.Parallel()
	template := func(more ...string) string {
		return things(append(more, aThing("Keep", `{}`, `"DeletionPolicy":"Retain"`), aThing("Gone", `{}`),
			aThing("Except", `{}`, `"DeletionPolicy":"RetainExceptOnCreate"`))...)
	}
	for name, c := range map[string]struct {
		fail bool
		want string
	}{"after a failed creation": {true, "Keep"}, "with the stack": {false, "Except Keep"}} {
		b := newHarness(t)
		if c.fail {
			b.world.faults["create Last"] = errors.New("no")
			_, err := b.deploy(template(aThing("Last", `{}`, `"DependsOn":["Keep","Gone","Except"]`)))
			if err == nil {
				t.Fatal("no failure")
			}
		} else {
			b.must(template())
			if _, err := b.Delete(context.Background(), "S"); err != nil {
				t.Fatal(err)
			}
		}
		var left []string
		for _, id := range b.world.ids() {
			name, _, _ := strings.Cut(id, "-")
			left = append(left, name)
		}
		if got := strings.Join(left, " "); got != c.want {
			t.Errorf("%s: left %q, want %q", name, got, c.want)
		}
		if !slices.Contains(b.lines(), "DELETE_SKIPPED Keep") {
			t.Errorf("%s: no DELETE_SKIPPED", name)
		}
	}
}

func TestOutputThatCannotBeMadeFailsTheStack(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	out, err := b.deploy(`{"Resources":{` + aThing("A", `{}`) + `},"Outputs":{"O":{"Value":{"Fn::GetAtt":["A","List"]}}}}`)
	if out.Status != RollbackComplete || err == nil || !strings.Contains(err.Error(), "Output O must be a string, not a list") {
		t.Errorf("%v, %+v", err, out)
	}
}

func TestInterruptedCreationStopsAndCanBeDeleted(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.world.begun = make(chan string, 10)
	b.world.holds["create B"] = make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := b.Deploy(ctx, Stack{Name: "S", Template: []byte(things(aThing("A", `{}`), aThing("B", `{"A":{"Ref":"A"}}`)))})
		done <- err
	}()
	<-b.world.begun
	<-b.world.begun
	if _, err := b.deploy(things(aThing("A", `{}`))); err == nil || err.Error() != "stack S has an operation in progress" {
		t.Errorf("a second operation: %v", err)
	}
	if s, _ := b.Stack("S"); s.Status != CreateInProgress {
		t.Errorf("status while it is created: %s", s.Status)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if s, _ := b.Stack("S"); s.Status != CreateFailed || len(b.world.ids()) != 1 {
		t.Errorf("%+v, %v", s, b.world.ids())
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
		t.Errorf("%v, left %v", err, b.world.ids())
	}
}
