package cfn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCustomResourceUpdateFailureIsUndoneDuringRollback(t *testing.T) {
	t.Parallel()
	b, r := customHarness(t, succeed)
	template := func(v string) string {
		return `{"Resources":{` + custom("C", `,"V":"`+v+`"`) + `,` + aThing("After", `{"S":{"Fn::GetAtt":["C","Seen"]},"V":"`+v+`"}`) + `}}`
	}
	b.must(template("1"))
	r.set(func(ev customRequest) string {
		if ev.ResourceProperties.(map[string]any)["V"] == "2" {
			return reply(ev, "FAILED", "same", `,"Reason":"refuted"`)
		}
		return succeed(ev)
	})
	out, err := b.deploy(template("2"))
	if err == nil || out.Status != UpdateRollbackComplete {
		t.Fatalf("%v, %+v", err, out)
	}
	last := r.all()[2]
	if d := cmp.Diff([]string{"Create C", "Update C same", "Update C same"}, r.kinds()); d != "" {
		t.Error(d)
	}
	if last.ResourceProperties.(map[string]any)["V"] != "1" || last.OldResourceProperties.(map[string]any)["V"] != "2" {
		t.Errorf("%+v", last)
	}
	if !slices.Contains(b.lines(), "UPDATE_ROLLBACK_IN_PROGRESS | AWS::CloudFormation::Stack | S | The following resource(s) failed to update: [C].") {
		t.Error("no reason of the stack")
	}
}

func TestCustomResourceThatFailsDuringRollbackSticks(t *testing.T) {
	t.Parallel()
	b, r := customHarness(t, succeed)
	b.must(`{"Resources":{` + custom("C", `,"V":1`) + `}}`)
	r.set(func(ev customRequest) string { return reply(ev, "FAILED", "same", `,"Reason":"no"`) })
	out, err := b.deploy(`{"Resources":{` + custom("C", `,"V":2`) + `}}`)
	if err == nil || out.Status != UpdateRollbackFailed || len(out.Failures) != 2 {
		t.Errorf("%v, %+v", err, out)
	}
	if out, err := b.Delete(context.Background(), "S"); err == nil || out.Status != DeleteFailed {
		t.Errorf("a Delete that fails: %v, %+v", err, out)
	}
	r.set(succeed)
	if out, err := b.Delete(context.Background(), "S"); err != nil || out.Status != DeleteComplete {
		t.Errorf("%v, %+v", err, out)
	}
}

func TestCustomResourceReplacesItselfByAnotherPhysicalID(t *testing.T) {
	t.Parallel()
	byValue := func(ev customRequest) string {
		if ev.RequestType == "Delete" {
			return reply(ev, "SUCCESS", ev.PhysicalResourceId, "")
		}
		return reply(ev, "SUCCESS", "p"+ev.ResourceProperties.(map[string]any)["V"].(string), "")
	}
	template := func(v string, more ...string) string {
		return things(append(more, custom("C", `,"V":`+v))...)
	}
	b, r := customHarness(t, byValue)
	b.must(template("1"))
	b.must(template("2"))
	if !slices.Contains(b.lines(), "UPDATE_IN_PROGRESS | Custom::Proof | C | Requested update required the provider to create a new physical resource") {
		t.Error("no event about the new physical resource")
	}
	b.world.faults["create Late"] = fmt.Errorf("no")
	if out, err := b.deploy(template("3", aThing("Late", `{"C":{"Ref":"C"}}`))); err == nil || out.Status != UpdateRollbackComplete {
		t.Errorf("%v, %+v", err, out)
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil {
		t.Error(err)
	}
	want := []string{
		"Create C", "Update C p1", "Delete C p1", // replaced
		"Update C p2", "Update C p3", "Delete C p3", // rolled back
		"Delete C p2",
	}
	if d := cmp.Diff(want, r.kinds()); d != "" {
		t.Error(d)
	}
	var old map[string]any
	old, _ = r.all()[2].ResourceProperties.(map[string]any)
	if old["V"] != "1" {
		t.Errorf("the clean-up's Delete has the properties %v, want the old ones", old)
	}
}

func TestCustomResourceThatIsReplacedCanBeRetained(t *testing.T) {
	t.Parallel()
	b, r := customHarness(t, func(ev customRequest) string {
		return reply(ev, "SUCCESS", "p"+ev.ResourceProperties.(map[string]any)["V"].(string), "")
	})
	for _, v := range []string{"1", "2"} {
		b.must(`{"Resources":{` + strings.TrimSuffix(custom("C", `,"V":`+v), "}") + `,"UpdateReplacePolicy":"Retain"}}}`)
	}
	if d := cmp.Diff([]string{"Create C", "Update C p1"}, r.kinds()); d != "" {
		t.Error(d)
	}
}

func TestCustomResourceServiceTokenCannotChange(t *testing.T) {
	t.Parallel()
	b, r := customHarness(t, succeed)
	b.must(`{"Resources":{` + custom("C", "") + `}}`)
	out, err := b.deploy(strings.ReplaceAll(`{"Resources":{`+custom("C", "")+`}}`, token, token+"2"))
	if err == nil || out.Status != UpdateRollbackComplete || out.Failures[0].Reason != "Modifying service token is not allowed." {
		t.Errorf("%v, %+v", err, out)
	}
	if d := cmp.Diff([]string{"Create C"}, r.kinds()); d != "" {
		t.Errorf("nothing was changed, so nothing is to be undone: %s", d)
	}
	if rs := b.Resources("S"); rs[0].Status != UpdateComplete {
		t.Errorf("left in %s", rs[0].Status)
	}
}
