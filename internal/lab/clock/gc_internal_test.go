package clock

import (
	"runtime"
	"testing"
)

// observed returns a collector that knows of all collections so far.
func observed() *collector {
	c := newCollector()
	runtime.GC()
	c.rested()
	c.extra = c.stops - 2*c.cycles
	return c
}

// A collection is in progress between its begin and its end, and not after.
func TestCollector(t *testing.T) {
	type node struct{ next *node }
	var live [1 << 12]*node
	for i := range live {
		for range 100 {
			live[i] = &node{live[i]}
		}
	}
	c := observed()
	if !c.rested() {
		t.Error("in progress before it began")
	}
	// A busy machine may let this goroutine sleep through a whole collection.
	for seen := false; !seen; {
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.GC()
		}()
		for running := true; running; runtime.Gosched() {
			select {
			case <-done:
				running = false
			default:
				c.rested()
				seen = seen || c.inProgress()
			}
		}
		c.rested()
		if !c.rested() {
			t.Errorf("in progress after its end: %d stops, %d cycles", c.stops, c.cycles)
		}
	}
	runtime.KeepAlive(&live)
}

// An extra stop is found out when nothing else seems to run.
func TestCollectorSettles(t *testing.T) {
	c := observed()
	c.extra-- // as if it had just happened
	if c.rested() {
		t.Error("rested with an unexplained stop")
	}
	for range stuckAfter {
		c.settle()
	}
	if !c.rested() {
		t.Errorf("in progress after a whole collection: %d stops, %d cycles, %d extra", c.stops, c.cycles, c.extra)
	}
}
