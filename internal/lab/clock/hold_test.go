package clock_test

import (
	"context"
	"runtime"
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

// A hold that begins while the clock looks at the process counts: what has taken it works
// on outside, and the process is idle. The test is not parallel, as the one before.
func TestHoldThatBeginsDuringALook(t *testing.T) {
	c := clock.NewStepping()
	defer c.Stop()
	start := c.Now()
	c.AfterFunc(time.Hour, func() {})
	release := clock.Hold()
	for n := range 200 {
		release()
		for range 20 * (n % 20) { // at work, without a hold
			runtime.Gosched()
		}
		release = clock.Hold()
		<-time.After(time.Millisecond) // idle, with one
	}
	if passed := c.Since(start); passed != 0 {
		t.Errorf("%v passed although somebody was always at work", passed)
	}
	release()
}
