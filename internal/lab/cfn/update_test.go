package cfn

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUpdateChangesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.must(things(
		aThing("Same", `{"Value":"1"}`),
		aThing("Changed", `{"Value":"1"}`),
		aThing("Follows", `{"V":{"Fn::GetAtt":["Changed","Value"]}}`),
		aThing("Replaced", `{"Fixed":"1"}`),
		aThing("User", `{"R":{"Ref":"Replaced"}}`),
		aThing("Removed", `{"U":{"Ref":"User"}}`),
	))
	b.world.calls, b.emitted = nil, nil
	out := b.must(things(
		aThing("Same", `{"Value":1}`),
		aThing("Changed", `{"Value":"2"}`),
		aThing("Follows", `{"V":{"Fn::GetAtt":["Changed","Value"]}}`, `"DependsOn":"Changed"`),
		aThing("Replaced", `{"Fixed":"2"}`, `"DependsOn":"Follows"`),
		aThing("User", `{"R":{"Ref":"Replaced"}}`),
		aThing("Added", `{"U":{"Ref":"User"}}`),
	))
	if out.Status != UpdateComplete {
		t.Errorf("%+v", out)
	}
	if d := cmp.Diff([]string{
		"update Changed", "update Follows", "create Replaced", "update User", "create Added", "delete Removed", "delete Replaced",
	}, cleaned(b.world.calls)); d != "" {
		t.Error(d)
	}
	lines := b.lines()
	for _, want := range []string{
		"UPDATE_IN_PROGRESS Replaced | Requested update requires the creation of a new physical resource; hence creating one.",
		"UPDATE_COMPLETE Replaced",
		"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS | AWS::CloudFormation::Stack | S",
		"DELETE_COMPLETE Removed",
		"UPDATE_COMPLETE | AWS::CloudFormation::Stack | S",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no event %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if slices.ContainsFunc(lines, func(l string) bool { return strings.HasSuffix(l, " Same") }) {
		t.Error("an event for a resource that is as it was")
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
		t.Errorf("%v, left %v", err, b.world.ids())
	}
}

// cleaned puts a run of deletions into a fixed order: they run at the same time.
func cleaned(calls []string) []string {
	out := slices.Clone(calls)
	i := slices.IndexFunc(out, func(s string) bool { return strings.HasPrefix(s, "delete ") })
	if i >= 0 {
		slices.Sort(out[i:])
	}
	return out
}

func TestUpdateFailureRollsBackToWhatWas(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	before := things(
		aThing("Changed", `{"Value":"1"}`),
		aThing("Replaced", `{"Fixed":"1","V":{"Fn::GetAtt":["Changed","Value"]}}`),
		aThing("Fails", `{"R":{"Ref":"Replaced"}}`),
		aThing("Removed", `{}`),
	)
	b.must(before)
	was := b.Resources("S")
	existing := b.world.ids()
	b.world.calls, b.emitted = nil, nil
	b.world.faults["create Added"] = errors.New("no")
	after := things(
		aThing("Changed", `{"Value":"2"}`),
		aThing("Replaced", `{"Fixed":"2","V":{"Fn::GetAtt":["Changed","Value"]}}`),
		aThing("Fails", `{"R":{"Ref":"Replaced"},"More":"x"}`),
		aThing("Early", `{}`),
		aThing("Added", `{"F":{"Ref":"Fails"},"E":{"Ref":"Early"}}`),
	)
	out, err := b.deploy(after)
	var f *Failure
	if !errors.As(err, &f) || out.Status != UpdateRollbackComplete {
		t.Fatalf("%v, %+v", err, out)
	}
	if want := "stack S is in UPDATE_ROLLBACK_COMPLETE\n  Added (Test::Thing): no"; err.Error() != want {
		t.Error(err)
	}
	if d := cmp.Diff(was, b.Resources("S"), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Status" }, cmp.Ignore())); d != "" {
		t.Errorf("resources are not what they were: %s", d)
	}
	if d := cmp.Diff(existing, b.world.ids()); d != "" {
		t.Errorf("what exists is not what did: %s", d)
	}
	for _, r := range b.Resources("S") {
		if !strings.HasSuffix(string(r.Status), "_COMPLETE") {
			t.Errorf("%s is left in %s", r.LogicalID, r.Status)
		}
	}
	lines := b.lines()
	for _, want := range []string{
		"UPDATE_ROLLBACK_IN_PROGRESS | AWS::CloudFormation::Stack | S | The following resource(s) failed to create: [Added].",
		"UPDATE_COMPLETE Replaced",
		"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS | AWS::CloudFormation::Stack | S",
		"DELETE_COMPLETE Replaced",
		"DELETE_COMPLETE Early",
		"UPDATE_ROLLBACK_COMPLETE | AWS::CloudFormation::Stack | S",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no event %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if slices.Contains(b.world.calls, "delete Removed") {
		t.Error("a removed resource was deleted although the update failed")
	}

	// The stack is as good as before: nothing to update, a good update passes.
	if _, err := b.deploy(before); !errors.Is(err, ErrNoUpdates) {
		t.Errorf("the old template again: %v", err)
	}
	delete(b.world.faults, "create Added")
	if out := b.must(after); out.Status != UpdateComplete {
		t.Errorf("%+v", out)
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
		t.Errorf("%v, left %v", err, b.world.ids())
	}
}

func TestUpdateFailureInPlaceIsUndone(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.must(things(aThing("A", `{"Value":"1"}`), aThing("B", `{"A":{"Fn::GetAtt":["A","Value"]}}`)))
	b.world.faults["update B"] = errors.New("no")
	b.world.calls = nil
	out, err := b.deploy(things(aThing("A", `{"Value":"2"}`), aThing("B", `{"A":{"Fn::GetAtt":["A","Value"]}}`)))
	if err == nil || out.Status != UpdateRollbackFailed {
		t.Errorf("a failing way back: %v, %+v", err, out)
	}
	if out.Reason != "The following resource(s) failed to update: [B]." {
		t.Error(out.Reason)
	}
	// It was attempted, with what the failed update may have left as the old properties.
	if d := cmp.Diff([]string{"update A", "update B", "update A", "update B"}, b.world.calls); d != "" {
		t.Error(d)
	}
	if _, err := b.deploy(things(aThing("A", `{"Value":"3"}`))); err == nil || !strings.HasSuffix(err.Error(), "is in UPDATE_ROLLBACK_FAILED state and can not be updated.") {
		t.Errorf("an update after a failed rollback: %v", err)
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil || len(b.world.ids()) != 0 {
		t.Errorf("%v, left %v", err, b.world.ids())
	}
}

func TestUpdateRefusals(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.must(things(aThing("A", `{}`)))
	b.world.calls = nil
	for template, want := range map[string]string{
		things(aThing("A", `{}`, `"Metadata":{"x":1}`)):              "No updates are to be performed.",
		things(`"A":{"Type":"AWS::CDK::Metadata"}`):                  "stack S is refused:\n  A: its type cannot change from Test::Thing to AWS::CDK::Metadata in an update",
		things(aThing("A", `{"Bad":1}`), `"B":{"Type":"Un::Known"}`): "stack S is refused:\n  A (Test::Thing): property Bad is not supported\n  B (Un::Known): resource type Un::Known is not supported",
	} {
		if _, err := b.deploy(template); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if s, _ := b.Stack("S"); len(b.world.calls) != 0 || s.Status != CreateComplete {
		t.Errorf("something happened: %v, %s", b.world.calls, s.Status)
	}
}

func TestUpdateReplacePolicyRetain(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.must(things(aThing("A", `{"Fixed":"1"}`, `"UpdateReplacePolicy":"Retain"`)))
	b.must(things(aThing("A", `{"Fixed":"2"}`, `"UpdateReplacePolicy":"Retain"`)))
	if d := cmp.Diff([]string{"A-1", "A-2"}, b.world.ids()); d != "" {
		t.Error(d)
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"A-1"}, b.world.ids()); d != "" {
		t.Errorf("UpdateReplacePolicy is not DeletionPolicy: %s", d)
	}
}

func TestCleanUpFailureDoesNotFailTheUpdateAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.must(things(aThing("A", `{"Fixed":"1"}`)))
	b.world.faults["delete A"] = errors.New("in use")
	if out := b.must(things(aThing("A", `{"Fixed":"2"}`))); out.Status != UpdateComplete {
		t.Errorf("%+v", out)
	}
	if d := cmp.Diff([]string{"A-1", "A-2"}, b.world.ids()); d != "" {
		t.Error(d)
	}
	delete(b.world.faults, "delete A")
	b.must(things(aThing("A", `{"Fixed":"2","Value":"x"}`)))
	if d := cmp.Diff([]string{"A-2"}, b.world.ids()); d != "" {
		t.Errorf("the next clean-up: %s", d)
	}
}

func TestExportsAreProtected(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	ctx := context.Background()
	exporting := func(value, name string) Stack {
		return Stack{Name: "Exports", Template: []byte(`{"Resources":{` + aThing("A", `{"Value":"`+value+`"}`) +
			`},"Outputs":{"O":{"Value":{"Fn::GetAtt":["A","Value"]},"Export":{"Name":"` + name + `"}}}}`)}
	}
	importing := Stack{Name: "Imports", Template: []byte(things(aThing("B", `{"V":{"Fn::ImportValue":"shared"}}`)))}
	if _, err := b.Deploy(ctx, importing); err == nil || !strings.Contains(err.Error(), "B (Test::Thing): V.Fn::ImportValue: no export named shared found") {
		t.Errorf("an import before the export: %v", err)
	}
	if err := b.Check(importing); err != nil {
		t.Errorf("checked ahead: %v", err)
	}
	if err := b.Check(Stack{Name: "X", Template: []byte(things(aThing("B", `{"Bad":{"Fn::ImportValue":"shared"}}`)))}); err == nil ||
		err.Error() != "stack X is refused:\n  B (Test::Thing): property Bad is not supported" {
		t.Errorf("checked ahead: %v", err)
	}
	for _, s := range []Stack{exporting("1", "shared"), importing} {
		if _, err := b.Deploy(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	if b.world.things["B-2"]["V"] != "1" {
		t.Errorf("imported %v", b.world.things["B-2"])
	}
	other := exporting("1", "shared")
	other.Name = "Other"
	for _, c := range []struct {
		stack Stack
		want  string
	}{
		{other, "output O: export with name shared is already exported by stack Exports"},
		{exporting("1", "renamed"), "export shared cannot be deleted as it is in use by Imports"},
		{exporting("2", "shared"), "Export shared cannot be updated as it is in use by Imports"},
	} {
		if _, err := b.Deploy(ctx, c.stack); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if s, _ := b.Stack("Exports"); s.Status != UpdateRollbackComplete || s.Outputs[0].Value != "1" || b.world.things["A-1"]["Value"] != "1" {
		t.Errorf("%+v", s)
	}
	if _, err := b.Delete(ctx, "Exports"); err == nil || err.Error() != "Export shared cannot be deleted as it is in use by Imports" {
		t.Error(err)
	}
	for _, name := range []string{"Imports", "Exports", "Exports"} {
		if _, err := b.Delete(ctx, name); err != nil {
			t.Error(err)
		}
	}
	if len(b.Stacks()) != 0 {
		t.Error(b.Stacks())
	}
}
