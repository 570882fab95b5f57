package clock_test

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// A goroutine that allocates during a garbage collection may have to wait for
// it. It is at work all the same.
func TestSkippingSeesGarbageCollections(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	type node struct{ next *node }
	var live [1 << 10]*node
	for i := range live {
		for range 100 {
			live[i] = &node{live[i]}
		}
	}
	c := clock.NewSkipping()
	start := c.Now()
	late := c.AfterFunc(time.Hour, func() {})
	defer late.Stop()
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			var garbage []*node
			for range 500 {
				garbage = nil
				for range 100 {
					garbage = append(garbage, new(node))
				}
			}
			runtime.KeepAlive(garbage)
		})
	}
	all.Wait()
	runtime.KeepAlive(&live)
	if passed := c.Since(start); passed > 10*time.Minute {
		t.Errorf("%v passed during work", passed)
	}
}
