package mutation

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/test/assembled"
)

// The digest that mutants get is the one that synthesis writes.
func TestDigest(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		s := assembled.Stack(t, id)
		template := assembled.Template(t, s)
		if err := digest(template); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(template)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if json.Unmarshal(again, &got) != nil || json.Unmarshal(s.Template, &want) != nil {
			t.Fatal("a template is no JSON")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-synthesized +digested):\n%s", id, diff)
		}
	}
}
