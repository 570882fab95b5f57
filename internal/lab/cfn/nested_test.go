package cfn

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nest is a stack S with the nested stack Child, whose template is an asset.
func nest(t *testing.T, child, parameters, output string) Stack {
	t.Helper()
	file := filepath.Join(t.TempDir(), "child.json")
	if err := os.WriteFile(file, []byte(child), 0o644); err != nil {
		t.Fatal(err)
	}
	template := things(aThing("A", `{"Value":"v"}`),
		`"Child":{"Type":"AWS::CloudFormation::Stack","UpdateReplacePolicy":"Delete","DeletionPolicy":"Delete","Properties":{"Parameters":`+parameters+`,
			"TemplateURL":{"Fn::Join":["",["https://s3.",{"Ref":"AWS::Region"},".",{"Ref":"AWS::URLSuffix"},"/",{"Fn::Sub":"cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"},"/`+filepath.Base(file)+`"]]}}}`)
	if output != "" {
		template = strings.TrimSuffix(template, "}") + `,"Outputs":{"O":{"Value":` + output + `}}}`
	}
	return Stack{Name: "S", Template: []byte(template), Assets: map[string]string{"child.json": file}}
}

const childTemplate = `{"Parameters":{"P":{"Type":"String"},"Size":{"Type":"Number","Default":1}},
	"Conditions":{"Big":{"Fn::Equals":[{"Ref":"Size"},"9"]},"Odd":{"Fn::Equals":[{"Ref":"P"},"odd"]}},
	"Resources":{"B":{"Type":"Test::Thing","Properties":{"Value":{"Ref":"P"}}},
		"C":{"Type":"Test::Thing","Condition":"Odd","Properties":{}}},
	"Outputs":{"Value":{"Value":{"Fn::GetAtt":["B","Value"]}}}}`

func TestNestedStackIsDeployedWithItsParent(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	st := nest(t, childTemplate, `{"P":{"Ref":"A"}}`, `{"Fn::GetAtt":["Child","Outputs.Value"]}`)
	if err := b.Check(st); err != nil {
		t.Fatal(err)
	}
	out, err := b.Deploy(context.Background(), st)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Outputs[0].Value; got != "A-1" {
		t.Errorf("output %q, want the id of A", got)
	}
	child := b.Resources("S")[1]
	if info, ok := b.Stack(child.PhysicalID); !ok || info.Status != CreateComplete || !strings.HasPrefix(info.Name, "S-Child-") {
		t.Errorf("child %+v", info)
	}
	if got := strings.Join(b.world.ids(), " "); got != "A-1 B-2" {
		t.Errorf("things %s: the condition Odd does not hold", got)
	}
	if ids := b.Stacks(); len(ids) != 2 {
		t.Errorf("stacks %v", ids)
	}

	// An update of the child's parameters updates its resources in place.
	st = nest(t, childTemplate, `{"P":"odd"}`, "")
	if _, err := b.Deploy(context.Background(), st); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(b.world.ids(), " "); got != "A-1 B-2 C-3" {
		t.Errorf("things %s", got)
	}

	if _, err := b.Delete(context.Background(), "S"); err != nil {
		t.Fatal(err)
	}
	if left := b.world.ids(); len(left) > 0 || len(b.Stacks()) > 0 {
		t.Errorf("left %v, %v", left, b.Stacks())
	}
}

func TestNestedStackThatFailsFailsItsParent(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.world.faults["create B"] = partial{os.ErrPermission}
	out, err := b.Deploy(context.Background(), nest(t, childTemplate, `{"P":"x"}`, ""))
	if err == nil || out.Status != RollbackComplete {
		t.Fatalf("%v, %s", err, out.Status)
	}
	if got := out.Failures[0].Reason; !strings.Contains(got, "was not successfully created: B (Test::Thing): permission denied") {
		t.Errorf("reason %q", got)
	}
	if left := b.world.ids(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// The nested template is checked before anything is created, also where a
// parameter depends on a resource of the parent.
func TestNestedStackIsCheckedBeforehand(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	for _, c := range []struct{ child, parameters, want string }{
		{`{"Resources":{"B":{"Type":"Test::Thing","Properties":{"Bad":1}}}}`, `{}`, "Child (AWS::CloudFormation::Stack): B (Test::Thing): property Bad is not supported"},
		{childTemplate, `{"P":{"Ref":"A"},"Q":{"Ref":"A"}}`, "parameter Q is not in the template"},
		{childTemplate, `{}`, "parameter P: it has no value and no default"},
		{childTemplate, `{"P":"x","Size":"many"}`, `parameter Size: "many" is not a number`},
		{childTemplate, `[]`, "property Parameters must be an object, not a list"},
	} {
		st := nest(t, c.child, c.parameters, "")
		if err := b.Check(st); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.parameters, err, c.want)
		}
		if _, err := b.Deploy(context.Background(), st); err == nil || len(b.Stacks()) > 0 {
			t.Errorf("deployed: %v", err)
		}
	}
	st := nest(t, childTemplate, `{"P":"x"}`, "")
	st.Assets = nil
	if err := newHarness(t).Check(st); err == nil || !strings.Contains(err.Error(), "/child.json is not among the assembly's assets") {
		t.Errorf("without the asset: %v", err)
	}
}

func TestRetainedThingsOfNestedStacksAreNamed(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	st := nest(t, `{"Resources":{"B":{"Type":"Test::Thing","DeletionPolicy":"Retain","Properties":{}}}}`, `{}`, "")
	out, err := b.Deploy(context.Background(), st)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Delete(context.Background(), "S"); err != nil {
		t.Fatal(err)
	}
	if kept := b.Retained(out.ID); len(kept) != 1 || kept[0].LogicalID != "B" {
		t.Errorf("retained %v", kept)
	}
}

// A URL leads to the asset whose key it ends with. Synthesizers may put keys into folders.
func TestAssetAt(t *testing.T) {
	t.Parallel()
	assets := map[string]string{"a.json": "top", "x/a.json": "in x", "x/b.json": "b"}
	for url, want := range map[string]string{
		"https://s3.eu-central-1.amazonaws.com/bucket/a.json":     "top",
		"https://s3.eu-central-1.amazonaws.com/bucket/x/a.json":   "in x",
		"https://s3.eu-central-1.amazonaws.com/bucket/y/x/b.json": "b",
		"https://s3.eu-central-1.amazonaws.com/bucket/b.json":     "",
		"https://s3.eu-central-1.amazonaws.com/bucket/ca.json":    "",
	} {
		if got := assetAt(url, assets); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}
