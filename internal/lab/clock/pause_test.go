package clock_test

import (
	"context"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// While a clock is paused no timer fires, although another clock of the process skips;
// afterwards it goes on where it was.
func TestPause(t *testing.T) {
	paused, other := clock.NewStepping(), clock.NewStepping()
	defer paused.Stop()
	defer other.Stop()
	start := paused.Now()
	fired := make(chan struct{}, 2)
	paused.AfterFunc(time.Second, func() { fired <- struct{}{} })
	paused.Pause()
	paused.AfterFunc(2*time.Second, func() { fired <- struct{}{} })
	if err := other.Sleep(context.Background(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if now := paused.Now(); len(fired) > 0 || !now.Equal(start) {
		t.Fatalf("the paused clock went on by %s, %d timers fired", now.Sub(start), len(fired))
	}
	paused.Resume()
	<-fired
	<-fired
	if now := paused.Now(); now.Sub(start) != 2*time.Second {
		t.Errorf("the clock is at %s, want 2s", now.Sub(start))
	}
}
