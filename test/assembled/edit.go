package assembled

import (
	"encoding/json"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

// Object is a JSON object.
type Object = map[string]any

// Changed returns the stack with an edit to its template.
func Changed(t testing.TB, s cfn.Stack, edit func(template Object)) cfn.Stack {
	t.Helper()
	var template Object
	if err := json.Unmarshal(s.Template, &template); err != nil {
		t.Fatal(err)
	}
	edit(template)
	var err error
	if s.Template, err = json.Marshal(template); err != nil {
		t.Fatal(err)
	}
	return s
}

// ChangedResources returns the stack with an edit to its template's resources.
func ChangedResources(t testing.TB, s cfn.Stack, edit func(resources Object)) cfn.Stack {
	t.Helper()
	return Changed(t, s, func(template Object) { edit(template["Resources"].(Object)) })
}

// Each calls do with the logical id and the properties of every resource of a type.
func Each(resources Object, typ string, do func(id string, properties Object)) {
	for id, r := range resources {
		if r := r.(Object); r["Type"] == typ {
			do(id, r["Properties"].(Object))
		}
	}
}
