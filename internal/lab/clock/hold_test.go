package clock_test

import (
	"context"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// The test is not parallel: a hold is the whole process's.
func TestHoldKeepsTheClockFromSkipping(t *testing.T) {
	c := clock.NewSkipping()
	defer c.Stop()
	release := clock.Hold()
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		_ = c.Sleep(context.Background(), 24*time.Hour)
	}()
	select {
	case <-woken:
		t.Fatal("the clock skipped a day although it was held")
	case <-time.After(100 * time.Millisecond):
	}
	release()
	release() // counts once
	select {
	case <-woken:
	case <-time.After(20 * time.Second):
		t.Fatal("the clock did not skip after the release")
	}
}
