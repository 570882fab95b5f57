package deployment

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSpans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30d": 720 * time.Hour, "3d2h": 74 * time.Hour, "1d30m": 24*time.Hour + 30*time.Minute, "90m": 90 * time.Minute, "0d": 0,
	} {
		if got, err := ParseSpan(text); err != nil || got != want {
			t.Errorf("%s: %s, error %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "30", "3d2", "month", "2h3d"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

func TestReadDrifts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "drift.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`[{"At": "3d", "For": "2h", "By": "arn", "Remove": ["Route"]}]`)
	if got, err := ReadDrifts(file); err != nil || len(got) != 1 || time.Duration(got[0].At) != 72*time.Hour || got[0].String() != "Route is removed" {
		t.Errorf("%+v, error %v", got, err)
	}
	for _, text := range []string{`{}`, `[{"At": 3}]`, `[{"When": "3d"}]`, `[{"At": "soon"}]`} {
		write(text)
		if _, err := ReadDrifts(file); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// A change is one of the stack's template; what it names must be there, and what it adds not.
func TestDriftOfATemplate(t *testing.T) {
	t.Parallel()
	of := []byte(`{"Resources":{"Route":{"Type":"T","Properties":{"A":1,"B":2}},"Other":{"Type":"T"}}}`)
	got, err := Drift{
		Add: map[string]any{"New": map[string]any{"Type": "T"}}, Change: map[string]map[string]any{"Route": {"B": 3}}, Remove: []string{"Other"},
	}.template(of)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Resources":{"New":{"Type":"T"},"Route":{"Properties":{"A":1,"B":3},"Type":"T"}}}`
	if !json.Valid(got) || string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for want, d := range map[string]Drift{
		`Add: must be logical ids that the stack does not have, got "Route"`: {Add: map[string]any{"Route": nil}},
		`Change: must be logical ids of the stack, got "None"`:               {Change: map[string]map[string]any{"None": {}}},
		`Remove: must be logical ids of the stack, got "None"`:               {Remove: []string{"None"}},
		`Add, Change, Remove: must have one of them, got none`:               {},
	} {
		if _, err := d.template(of); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
