package cfn

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// fetching is a nested stack whose parameter is fetched from Parameter Store.
const fetching = `{"Parameters":{"P":{"Type":"AWS::SSM::Parameter::Value<String>"}},
	"Resources":{"B":{"Type":"Test::Thing","Properties":{"Value":{"Ref":"P"}}}},
	"Outputs":{"Value":{"Value":{"Fn::GetAtt":["B","Value"]}}}}`

// Each update of a stack updates its nested stacks, which fetch the values of their
// parameters anew; what refers to an output of theirs changes with it. Without an update
// nothing is fetched.
func TestUpdateFetchesParametersOfNestedStacks(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	value := "first"
	b.opts.Parameters = func(_, name string) (any, error) { return name + " " + value, nil }
	st := nest(t, fetching, `{"P":"Next"}`, `{"Fn::GetAtt":["Child","Outputs.Value"]}`)
	st.Template = []byte(strings.Replace(string(st.Template), `"Resources":{`, `"Resources":{`+aThing("User", `{"Value":{"Fn::GetAtt":["Child","Outputs.Value"]}}`)+`,`, 1))
	user := func() any {
		for _, r := range b.Resources("S") {
			if r.LogicalID == "User" {
				return b.world.things[r.PhysicalID]["Value"]
			}
		}
		return nil
	}
	deploy := func(want string) {
		t.Helper()
		out, err := b.Deploy(context.Background(), st)
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Outputs[0].Value; got != want {
			t.Errorf("output %q, want %q", got, want)
		}
		if got := user(); got != want {
			t.Errorf("what refers to the output has %q, want %q", got, want)
		}
	}
	deploy("Next first")

	// A change set that looks into nested stacks sees that there is nothing to do, one that
	// does not cannot know.
	if _, err := b.Preview(st, true); !errors.Is(err, ErrNoUpdates) {
		t.Errorf("got %v, want no updates", err)
	}
	automatic := func(nested bool) {
		t.Helper()
		preview, err := b.Preview(st, nested)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]ChangeDetail{}
		for _, c := range preview.Changes {
			got[c.LogicalID+" "+string(c.Action)] = c.Details[0]
		}
		if len(got) != 2 || got["Child Modify"] != (ChangeDetail{Automatic: true}) || got["User Modify"] != (ChangeDetail{Property: "Value", Cause: "Child"}) {
			t.Errorf("changes %+v", preview.Changes)
		}
	}
	automatic(false)

	value = "second"
	automatic(true)
	if got := user(); got != "Next first" {
		t.Errorf("a preview has changed something: %q", got)
	}
	deploy("Next second") // the same template
	st = Stack{Name: "S", Template: []byte(strings.Replace(string(st.Template), `"Value":"v"`, `"Value":"w"`, 1)), Assets: st.Assets}
	value = "third"
	deploy("Next third") // another resource has changed
}

// A change set is executed with the values that it was made with; an update fetches them.
func TestPreviewKeepsWhatItFetched(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	value := "first"
	b.opts.Parameters = func(_, name string) (any, error) { return name + " " + value, nil }
	st := Stack{Name: "S", Template: []byte(`{"Parameters":{"P":{"Type":"AWS::SSM::Parameter::Value<String>","Default":"Next"}},
		"Resources":{` + aThing("A", `{"Value":{"Ref":"P"}}`) + `},"Outputs":{"O":{"Value":{"Ref":"P"}}}}`)}
	preview, err := b.Preview(st, false)
	if err != nil {
		t.Fatal(err)
	}
	value = "second"
	for fetched, want := range map[string]string{"by the change set": "Next first", "by the update": "Next second"} {
		st.Name = "S" + strings.Fields(fetched)[2]
		st.Fetched = nil
		if fetched == "by the change set" {
			st.Fetched = preview.Fetched
		}
		out, err := b.Deploy(context.Background(), st)
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Outputs[0].Value; got != want {
			t.Errorf("fetched %s: %q, want %q", fetched, got, want)
		}
	}
}
