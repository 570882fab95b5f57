// Package deployed gives tests a lab Region that a stack of the application is
// deployed in and deleted from again. A deployment that hangs, a deletion that
// fails, and anything that is left behind fail the test.
//
// How the stacks are synthesized is not here (package assembled), nor how their
// templates are edited (package templates).
package deployed

import (
	"context"
	"errors"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
)

// timeout bounds one operation, by the wall's clock.
const timeout = 2 * time.Minute

// World is a Region in a test.
type World struct {
	testing.TB
	*region.Region
}

// New makes a Region, and closes it when the test ends. If the test failed, the
// events and logs of the stack with the name are logged.
func New(t testing.TB, stack string, options region.Options) *World {
	t.Helper()
	r, err := region.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, event := range r.Events(stack) {
				t.Log(event)
			}
			for _, log := range r.Logs(stack) {
				t.Logf("log %s\n%s", log.Name, log.Text)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return &World{t, r}
}

// Deploy deploys a stack and returns why that failed.
func (w *World) Deploy(stack cfn.Stack) error {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), timeout)
	defer cancel()
	_, err := w.Region.Deploy(ctx, stack)
	if ctx.Err() != nil {
		w.Fatalf("the deployment hangs: %v", err)
	}
	return err
}

// Remove deletes a stack, after which nothing may be left.
func (w *World) Remove(stack string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), timeout)
	defer cancel()
	if _, err := w.Delete(ctx, stack); err != nil {
		w.Errorf("delete: %v", err)
	}
	if err := w.Left(); err != nil {
		w.Error(err)
	}
}

// Reason returns why a deployment failed: the reason of its verification, if that
// failed.
func Reason(err error) string {
	failure, ok := errors.AsType[*cfn.Failure](err)
	if !ok {
		return err.Error()
	}
	for _, f := range failure.Failures {
		if f.Type == contract.ResourceType {
			return f.Reason
		}
	}
	return failure.Error()
}
