package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want options
		err  string
	}{
		"nothing":              {},
		"a stack":              {args: []string{"GatewayEndpoint"}, want: options{Stacks: []string{"GatewayEndpoint"}}},
		"flags behind a stack": {args: []string{"A", "-json", "B"}, want: options{Stacks: []string{"A", "B"}, JSON: true}},
		"an assembly":          {args: []string{"-assembly", "cdk.out"}, want: options{Assembly: "cdk.out"}},
		"where":                {args: []string{"-region", "us-east-1", "-account", "111122223333"}, want: options{Region: "us-east-1", Account: "111122223333"}},
		"parameters": {
			args: []string{"-parameter", "A:P=x=y", "-parameter", "Q=", "-parameter", "A:R=1"},
			want: options{Parameters: map[string]map[string]string{"A": {"P": "x=y", "R": "1"}, "": {"Q": ""}}},
		},
		"no value":     {args: []string{"-parameter", "P"}, err: `invalid value "P" for flag -parameter: want [STACK:]NAME=VALUE; see go run ./lab -h`},
		"no region":    {args: []string{"-region", "Seoul"}, err: `region "Seoul" is not the name of a Region, such as eu-west-1`},
		"no folder":    {args: []string{"-assembly"}, err: "flag needs an argument: -assembly; see go run ./lab -h"},
		"unknown flag": {args: []string{"-fast"}, err: "flag provided but not defined: -fast; see go run ./lab -h"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(test.args, io.Discard)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Fatalf("got error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseGivesHelp(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if _, err := parse([]string{"-h"}, &out); !errors.Is(err, errHelp) {
		t.Fatalf("got %v", err)
	}
	for _, word := range []string{"-assembly", "-json", "-events", "-logs", "-keep", "exit status"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("the help does not mention %s", word)
		}
	}
}

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
			got, err := choose(assembly, test.names)
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
		"no stack": {given: map[string]map[string]string{"C": {"P": "1"}}, err: "-parameter C:P: there is no such stack, or it has no such parameter"},
		"nobody's": {given: map[string]map[string]string{"": {"Q": "1"}}, err: "-parameter Q: no stack has a parameter of this name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template := []byte(`{"Parameters":{"P":{"Type":"String"}}}`)
			stacks := []cfn.Stack{{ID: "A", Name: "a", Template: template}, {ID: "B", Name: "b", Template: template}}
			err := setParameters(stacks, test.given)
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
