package resources

import (
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/latency"
)

// A type whose resources are late says what is inert as any other does.
func TestLateTypesSayWhatIsInert(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Late = latency.New(1)
	typ, _ := w.Type("AWS::Lambda::Function")
	if _, late := typ.(lateType); !late {
		t.Fatalf("it is a %T", typ)
	}
	inert, ok := typ.(cfn.Inert)
	if !ok || inert.Inert(props{"Runtime": "ruby3.3", "Handler": "h", "Role": "r", "Code": map[string]any{"ZipFile": "x"}}, nil) == "" {
		t.Error("a function that cannot run here is not inert")
	}
}
