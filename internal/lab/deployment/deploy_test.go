package deployment

import (
	"context"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

const (
	good = `{"Resources":{"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"}}}`
	bad  = `{"Resources":{"Handle":{"Type":"AWS::Nobody::Knows"}}}`
)

func TestRunSkipsWhatDependsOnAFailure(t *testing.T) {
	t.Parallel()
	stack := func(id, template string, dependencies ...string) cfn.Stack {
		return cfn.Stack{ID: id, Name: id, Template: []byte(template), Dependencies: dependencies}
	}
	var deleting bool
	result := Run(context.Background(), []cfn.Stack{
		stack("Good", good), stack("Bad", bad), stack("After", good, "Good"), stack("Next", good, "Good", "Bad"), stack("Last", good, "Next"),
	}, Options{OnDelete: func() { deleting = true }})
	if result.OK() || result.Failed() != 3 || result.Left != nil || !deleting {
		t.Errorf("OK %t, %d failed, left %v, deleting %t", result.OK(), result.Failed(), result.Left, deleting)
	}
	for i, want := range []struct {
		id, skipped, reason string
		status              cfn.Status
		deleted             bool
	}{
		{id: "Good", status: cfn.CreateComplete, deleted: true},
		{id: "Bad", reason: "resource type AWS::Nobody::Knows is not supported"},
		{id: "After", status: cfn.CreateComplete, deleted: true},
		{id: "Next", skipped: "Bad"},
		{id: "Last", skipped: "Next"},
	} {
		s := result.Stacks[i]
		if s.ID != want.id || s.Skipped != want.skipped || s.Outcome.Status != want.status || !strings.Contains(s.Reason(), want.reason) || (s.Err == nil) != (want.reason == "") {
			t.Errorf("got %+v, want %+v", s, want)
		}
		if deleted := len(s.Deletion) > 0; deleted != want.deleted {
			t.Errorf("%s: deleted %t", s.ID, deleted)
		}
	}
}

func TestRunKeepsStacks(t *testing.T) {
	t.Parallel()
	result := Run(context.Background(), []cfn.Stack{{ID: "S", Name: "S", Template: []byte(good)}}, Options{Keep: true})
	if !result.OK() || len(result.Stacks[0].Deletion) > 0 || result.Stacks[0].Resources != 1 {
		t.Errorf("%+v", result)
	}
}
