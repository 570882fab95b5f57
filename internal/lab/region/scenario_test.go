package region_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
)

// scenarios are the ids of the application's stacks.
// newRegion makes a Region that ends with the test. What went on in it is
// printed if the test fails.
func newRegion(t *testing.T, o region.Options) *region.Region {
	t.Helper()
	r, err := region.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, id := range assembled.Scenarios {
				for _, l := range r.Logs(id) {
					t.Logf("log %s\n%s", l.Name, l.Text)
				}
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// within bounds a deployment on the wall's clock.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// deploy deploys a stack that must come up.
func deploy(t *testing.T, r *region.Region, s cfn.Stack) cfn.Outcome {
	t.Helper()
	out, err := r.Deploy(within(t), s)
	if err != nil {
		t.Fatalf("deploy %s: %v", s.ID, err)
	}
	return out
}

// remove deletes a stack, after which nothing may be left.
func remove(t *testing.T, r *region.Region, s cfn.Stack) {
	t.Helper()
	if _, err := r.Delete(within(t), s.Name); err != nil {
		t.Fatalf("delete %s: %v", s.ID, err)
	}
	if err := r.Left(); err != nil {
		t.Error(err)
	}
}

// output returns an output of a stack.
func output(out cfn.Outcome, key string) string {
	for _, o := range out.Outputs {
		if o.Key == key {
			return o.Value
		}
	}
	return ""
}

func TestScenariosDeployAndLeaveNothing(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, id)
			r := newRegion(t, region.Options{})
			started, then := time.Now(), r.Now()
			out := deploy(t, r, s)
			t.Logf("deployed in %v, %v of the lab's time", time.Since(started), r.Now().Sub(then))
			if out.Status != cfn.CreateComplete {
				t.Errorf("the stack is %s", out.Status)
			}
			summary := output(out, "Summary")
			if count, _, _ := strings.Cut(summary, " of "); !strings.HasSuffix(summary, " of "+count+" claims hold") {
				t.Errorf("summary %q", summary)
			}
			for _, o := range out.Outputs {
				t.Logf("%s = %s", o.Key, o.Value)
			}
			if err := r.Left(); err != nil {
				t.Errorf("with the stack in place: %v", err)
			}
			remove(t, r, s)
		})
	}
}
