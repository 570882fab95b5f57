package deployment

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	assembly := cfn.Assembly{Stacks: []cfn.Stack{
		{ID: "Base", Name: "base"}, {ID: "App", Name: "app", Dependencies: []string{"Base"}}, {ID: "Other", Name: "other"},
	}}
	tests := map[string]struct {
		names, want []string
		err         string
	}{
		"all":                 {want: []string{"Base", "App", "Other"}},
		"one":                 {names: []string{"Other"}, want: []string{"Other"}},
		"with what it needs":  {names: []string{"App"}, want: []string{"Base", "App"}},
		"by the stack's name": {names: []string{"other"}, want: []string{"Other"}},
		"unknown":             {names: []string{"Nope"}, err: `there is no stack "Nope" in the assembly; it has Base, App, Other`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Choose(assembly, test.names)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Fatalf("got error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, ids(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParametersAreThoseOfTheTemplates(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		given map[string]map[string]string
		want  [2]string // P of A and of B
		err   string
	}{
		"of one":   {given: map[string]map[string]string{"A": {"P": "1"}}, want: [2]string{"1", ""}},
		"of all":   {given: map[string]map[string]string{"": {"P": "1"}}, want: [2]string{"1", "1"}},
		"by name":  {given: map[string]map[string]string{"b": {"P": "1"}}, want: [2]string{"", "1"}},
		"no stack": {given: map[string]map[string]string{"C": {"P": "1"}}, err: "parameter C:P: there is no such stack, or it has no such parameter"},
		"nobody's": {given: map[string]map[string]string{"": {"Q": "1"}}, err: "parameter Q: no stack has a parameter of this name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template := []byte(`{"Parameters":{"P":{"Type":"String"}}}`)
			stacks := []cfn.Stack{{ID: "A", Name: "a", Template: template}, {ID: "B", Name: "b", Template: template}}
			err := SetParameters(stacks, test.given)
			if text := ""; err != nil || test.err != "" {
				if err != nil {
					text = err.Error()
				}
				if text != test.err {
					t.Errorf("got error %q, want %q", text, test.err)
				}
				return
			}
			if got := [2]string{stacks[0].Parameters["P"], stacks[1].Parameters["P"]}; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
