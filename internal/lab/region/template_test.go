package region_test

import (
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// object is a JSON object.
type object = templates.Object

// template is a template that a test changes.
type template struct {
	t *testing.T
	object
}

// changed returns a stack with its template changed.
func changed(t *testing.T, s cfn.Stack, change func(template)) cfn.Stack {
	t.Helper()
	return assembled.Changed(t, s, func(changed templates.Template) { change(template{t, object(changed)}) })
}

func (x template) resources() object { return x.object["Resources"].(object) }

// find returns the logical id of the one resource of a type whose logical id
// contains all the words.
func (x template) find(typ string, words ...string) string {
	x.t.Helper()
	var found []string
	for id, r := range x.resources() {
		missing := func(word string) bool { return !strings.Contains(id, word) }
		if r.(object)["Type"] == typ && !slices.ContainsFunc(words, missing) {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		x.t.Fatalf("%s with %v: found %v, want one", typ, words, found)
	}
	return found[0]
}

// props returns the properties of a resource.
func (x template) props(id string) object {
	r := x.resources()[id].(object)
	if r["Properties"] == nil {
		r["Properties"] = object{}
	}
	return r["Properties"].(object)
}

// set changes one property of the resource that find finds, and has the
// verification run again, as the application's own change of it would.
func (x template) set(property string, value any, typ string, words ...string) {
	x.t.Helper()
	x.props(x.find(typ, words...))[property] = value
	x.touch()
}

// drop takes the resource out that find finds, also from what depends on it.
func (x template) drop(typ string, words ...string) {
	x.t.Helper()
	id := x.find(typ, words...)
	delete(x.resources(), id)
	for _, r := range x.resources() {
		if list, ok := r.(object)["DependsOn"].([]any); ok {
			r.(object)["DependsOn"] = slices.DeleteFunc(list, func(e any) bool { return e == id })
		}
	}
	x.touch()
}

// add puts a resource in. The verification depends on it, as on everything in
// the network.
func (x template) add(id, typ string, properties object) {
	x.t.Helper()
	x.resources()[id] = object{"Type": typ, "Properties": properties}
	proof := x.resources()[x.find(proofType)].(object)
	proof["DependsOn"] = append(proof["DependsOn"].([]any), id)
	x.touch()
}

// proofType is the type of the verification.
const proofType = "Custom::EndpointProof"

// touch changes a property of the verification, so that an update runs it.
func (x template) touch() {
	x.t.Helper()
	stacks := x.props(x.find(proofType))["Stacks"].(object)
	last, _ := stacks["Test"].(string)
	stacks["Test"] = last + "x"
}

func ref(id string) object { return templates.RefTo(id) }
