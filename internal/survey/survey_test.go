package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParameters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		parameters string
		want       []string
		ok         bool
	}{
		"defaults":        {`"A":{"Type":"String","Default":"x"}`, nil, true},
		"allowed values":  {`"A":{"Type":"String","AllowedValues":["p","q"]}`, []string{"-parameter", "A=p"}, true},
		"number":          {`"A":{"Type":"Number","MinValue":3}`, []string{"-parameter", "A=3"}, true},
		"zone":            {`"Zone2":{"Type":"AWS::EC2::AvailabilityZone::Name"}`, []string{"-parameter", "Zone2=us-east-1b"}, true},
		"another VPC":     {`"A":{"Type":"AWS::EC2::VPC::Id"}`, nil, false},
		"another's stack": {`"A":{"Type":"String","Default":"ImportValue"}`, nil, false},
	} {
		file := filepath.Join(t.TempDir(), "t.json")
		if err := os.WriteFile(file, []byte(`{"Parameters":{`+c.parameters+`},"Resources":{}}`), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, ok := parameters(file); ok != c.ok || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", name, got, ok)
		}
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]outcome{
		`{"ok":true,"stacks":[{"id":"A"}]}`:                                                                   {Kind: deployed},
		`{"ok":true,"stacks":[{"id":"A","inert":[{"type":"T"},{"type":"T"}]}]}`:                               {Kind: inert, Inert: []string{"T"}},
		`{"ok":false,"stacks":[{"id":"A"},{"id":"B","refused":["x","y","x"],"reason":"stack B is refused"}]}`: {Kind: refused, Findings: []string{"x", "y"}},
		`{"ok":false,"stacks":[{"id":"A","reason":"A failed at\nB"}]}`:                                        {Kind: failed, Findings: []string{"A failed at B"}},
		`{"ok":false,"left":"a VPC","stacks":[{"id":"A"}]}`:                                                   {Kind: failed, Findings: []string{"a VPC"}},
	} {
		var r result
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if got := r.outcome(); got.Kind != want.Kind || !slices.Equal(got.Findings, want.Findings) || !slices.Equal(got.Inert, want.Inert) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// The table counts what it lists.
func TestTable(t *testing.T) {
	t.Parallel()
	text := write([]outcome{{Repository: "a/b", Commit: "c", Path: "x|y", Kind: refused, Findings: []string{"one", "two"}}, {Repository: "a/b", Commit: "c", Path: "z", Kind: deployed}}, false)
	for _, want := range []string{"| refused before anything was created | 1 |", "| all | 2 |", "## a/b@c", "| refused | one (and 1 more) |", "| z | deployed |  |"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}
