package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

func TestWithTimeout(t *testing.T) {
	t.Parallel()
	type key struct{}
	tests := []struct {
		name  string
		after func(ctx context.Context, cancel, parent context.CancelFunc) // what ends it
		err   error
	}{
		{"time", func(context.Context, context.CancelFunc, context.CancelFunc) {}, context.DeadlineExceeded},
		{"cancel", func(_ context.Context, cancel, _ context.CancelFunc) { cancel() }, context.Canceled},
		{"parent", func(_ context.Context, _, parent context.CancelFunc) { parent() }, context.Canceled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := clock.NewSkipping()
			parent, end := context.WithCancel(context.WithValue(t.Context(), key{}, "v"))
			defer end()
			ctx, cancel := c.WithTimeout(parent, time.Hour)
			defer cancel()
			child, stop := context.WithCancel(ctx)
			defer stop()
			called := make(chan struct{})
			context.AfterFunc(ctx, func() { close(called) })
			unwanted := context.AfterFunc(ctx, func() { t.Error("a stopped function was called") })
			if !unwanted() {
				t.Error("stopping a waiting function: false")
			}
			if ctx.Value(key{}) != "v" {
				t.Error("a value of the parent is missing")
			}
			test.after(ctx, cancel, end)
			<-ctx.Done()
			<-child.Done()
			<-called
			for name, got := range map[string]error{
				"error": ctx.Err(), "child's error": child.Err(), "cause": context.Cause(ctx), "child's cause": context.Cause(child),
			} {
				if !errors.Is(got, test.err) {
					t.Errorf("%s: got %v, want %v", name, got, test.err)
				}
			}
			late := make(chan struct{})
			context.AfterFunc(ctx, func() { close(late) })
			<-late
		})
	}
}

func TestWithTimeoutOfEndedParent(t *testing.T) {
	t.Parallel()
	parent, end := context.WithCancel(t.Context())
	end()
	ctx, cancel := clock.New(1).WithTimeout(parent, time.Hour)
	defer cancel()
	<-ctx.Done()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("got %v, want %v", ctx.Err(), context.Canceled)
	}
}
