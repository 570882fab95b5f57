package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/deployment"
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
		"probes": {
			args: []string{"-probe", "A B:80", "-probe", "!  internet instance:Web:ping", "-then", "x", "-then", "y", "-strict"},
			want: options{Strict: true, Then: []string{"x", "y"}, Probes: []deployment.Probe{{From: "A", To: "B:80"}, {From: "internet", To: "instance:Web:ping", Not: true}}},
		},
		"a month": {
			args: []string{"-for", "30d", "-drift", "drift.json", "-schedule", "15m"},
			want: options{For: 720 * time.Hour, Drift: "drift.json", Schedule: "15m"},
		},
		"a day, and our own schedule": {args: []string{"-for", "1d"}, want: options{For: 24 * time.Hour, Schedule: "1h"}},
		"the assembly's own schedule": {args: []string{"-for", "1d", "-assembly", "x"}, want: options{For: 24 * time.Hour, Assembly: "x"}},
		"no time to live":             {args: []string{"-for", "long"}, err: `invalid value "long" for flag -for: want a time such as 30d, 3d2h or 15m, got "long"; see go run ./lab -h`},
		"a change at no time":         {args: []string{"-drift", "x"}, err: "-drift: want -for too, a time in which it is made"},
		"somebody else's schedule":    {args: []string{"-schedule", "1h", "-assembly", "x"}, err: "-schedule: is for our own stacks; those of -assembly have their own"},
		"a life and many courses":     {args: []string{"-for", "1d", "-seeds", "3"}, err: "-for: cannot be combined with -seeds, -then, -probe, -matrix, -expect and -declare"},

		"a picture":                {args: []string{"-svg", "out"}, want: options{SVG: "out"}},
		"pictures of a life":       {args: []string{"-svg", "x", "-for", "1d"}, err: "-svg: cannot be combined with -for and -seeds"},
		"pictures of many courses": {args: []string{"-seeds", "2", "-svg", "x"}, err: "-svg: cannot be combined with -for and -seeds"},

		"half a probe": {args: []string{"-probe", "Web:80"}, err: `invalid value "Web:80" for flag -probe: want 'FROM TO:PORT'; see go run ./lab -h`},
		"no port":      {args: []string{"-probe", "A B"}, err: `invalid value "A B" for flag -probe: "B" has no port: want NAME:PORT or NAME:ping; see go run ./lab -h`},
		"too narrow":   {args: []string{"-width", "9"}, err: "-width 9: want at least 40"},
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
	for line := range strings.Lines(out.String()) {
		if len([]rune(line)) > 81 {
			t.Errorf("longer than 80 characters: %s", line)
		}
	}
	for _, word := range []string{"-assembly", "-json", "-events", "-logs", "-keep", "-probe", "-matrix", "-expect", "-then", "-strict", "exit status"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("the help does not mention %s", word)
		}
	}
}
