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
		"no folder":            {args: []string{"-assembly"}, err: "flag needs an argument: -assembly; see go run ./lab -h"},
		"unknown flag":         {args: []string{"-fast"}, err: "flag provided but not defined: -fast; see go run ./lab -h"},
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
