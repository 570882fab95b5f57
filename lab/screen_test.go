package main

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is a run with one stack that deployed, one that failed, and one that
// needed the failed one.
func sample() deployment.Result {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	event := func(seconds int, id, typ string, status cfn.Status, reason string) cfn.Event {
		return cfn.Event{Time: at.Add(time.Duration(seconds) * time.Second), LogicalID: id, Type: typ, Status: status, Reason: reason}
	}
	const stack = "AWS::CloudFormation::Stack"
	failed := cfn.Outcome{
		StackInfo: cfn.StackInfo{Name: "Bad", Status: cfn.RollbackComplete},
		Failures:  []cfn.Event{event(3, "Proof", "Custom::EndpointProof", cfn.CreateFailed, "1 of 2 claims refuted\nlook at the route table")},
	}
	return deployment.Result{
		Took: 120 * time.Millisecond,
		Stacks: []deployment.Stack{
			{
				ID: "Good", Resources: 2, Took: 41 * time.Second, Wall: 52 * time.Millisecond,
				Outcome: cfn.Outcome{StackInfo: cfn.StackInfo{
					Name: "Good", Description: "a stack that works", Status: cfn.CreateComplete,
					Outputs: []cfn.Output{
						{Key: "Dig", Value: "10.0.1.142, 10.0.0.115"},
						{Key: "Report", Value: "2 of 2 claims hold\n  one\n  two"},
						{Key: "LongerKey", Value: "x"},
					},
				}},
				Events: []cfn.Event{
					event(0, "Good", stack, cfn.CreateInProgress, "User Initiated"),
					event(0, "Vpc", "AWS::EC2::VPC", cfn.CreateInProgress, ""),
					event(1, "Vpc", "AWS::EC2::VPC", cfn.CreateComplete, ""),
					event(41, "Good", stack, cfn.CreateComplete, ""),
				},
				Deletion: []cfn.Event{event(50, "Good", stack, cfn.DeleteComplete, "")},
			},
			{
				ID: "Bad", Resources: 0, Took: 9 * time.Second, Wall: 8 * time.Millisecond, Outcome: failed,
				Err:    &cfn.Failure{Outcome: failed},
				Events: []cfn.Event{failed.Failures[0]},
			},
			{ID: "Next", Skipped: "Bad"},
		},
	}
}

func TestScreenEndsWithTheReason(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := newScreen(&out).result(sample(), timing{}, options{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "\x1b[") {
		t.Error("colours where there is no terminal")
	}
	golden(t, "screen.txt", out.String())
}

func TestScreenShowsEveryEventIfAsked(t *testing.T) {
	t.Parallel()
	const line = "CREATE_IN_PROGRESS  AWS::EC2::VPC"
	for _, all := range []bool{false, true} {
		var out strings.Builder
		if err := newScreen(&out).result(sample(), timing{}, options{Events: all}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), line) != all {
			t.Errorf("all events: %t, printed:\n%s", all, out.String())
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := sample()
	r.Left = errors.New("subnet-1 is left")
	if err := writeJSON(&out, r, timing{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.json", out.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test ./lab -update and read what it wrote", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}
