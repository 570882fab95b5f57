package assembled

import (
	"encoding/json"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/templates"
)

// Template returns the template of a stack.
func Template(t testing.TB, s cfn.Stack) templates.Template {
	t.Helper()
	template, err := templates.Parse(s.Template)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// Changed returns the stack with edits to its template, one after the other.
func Changed(t testing.TB, s cfn.Stack, edits ...func(templates.Template)) cfn.Stack {
	t.Helper()
	template := Template(t, s)
	for _, edit := range edits {
		edit(template)
	}
	var err error
	if s.Template, err = json.Marshal(template); err != nil {
		t.Fatal(err)
	}
	return s
}
