package clock

import (
	"context"
	"runtime"
	"testing"
	"time"
)

// While a clock that skips is watched, one processor runs the goroutines; afterwards as
// many as before.
func TestOneProcessorWhileWatched(t *testing.T) {
	rested()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	c := NewStepping()
	if err := c.Sleep(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	during := make(chan int)
	c.AfterFunc(time.Hour, func() { during <- runtime.GOMAXPROCS(0) })
	late := c.AfterFunc(2*time.Hour, func() {}) // keeps it watched
	if got := <-during; got != 1 {
		t.Errorf("%d processors while a clock steps, want 1", got)
	}
	late.Stop()
	if got := rested(); got != 3 {
		t.Errorf("%d processors after it, want 3", got)
	}
}

// What somebody has set meanwhile stays.
func TestProcessorsThatOthersSet(t *testing.T) {
	rested()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	c := NewStepping()
	set := make(chan struct{})
	c.AfterFunc(time.Hour, func() {
		runtime.GOMAXPROCS(2)
		close(set)
	})
	<-set
	if got := rested(); got != 2 {
		t.Errorf("%d processors, want the 2 that were set", got)
	}
}

// rested waits until no clock is watched, and returns the number of processors then.
func rested() int {
	own := NewStepping()
	for {
		for range 1000 {
			watch.mu.Lock()
			running := watch.running
			watch.mu.Unlock()
			if !running {
				return runtime.GOMAXPROCS(0)
			}
			runtime.Gosched()
		}
		_ = own.Sleep(context.Background(), time.Hour) // clocks of other tests go on meanwhile
	}
}
