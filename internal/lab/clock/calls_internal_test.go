package clock

import (
	"testing"
	"time"
)

// An unregistered system call is work until it has lasted long, in looks and in
// time; a registered one never is.
func TestCalls(t *testing.T) {
	var c calls
	work := func(when string, now uint64, want bool) {
		t.Helper()
		if got := c.work(now); got != want {
			t.Errorf("%s: work %t, want %t", when, got, want)
		}
	}
	work("none", 0, false)
	work("one begins", 1, true)
	for range longLooks {
		work("one goes on", 1, true)
	}
	c.since = c.since.Add(-longCall)
	work("it has lasted long at this look", 1, true)
	work("it has lasted long", 1, false)
	work("another one begins", 2, true)
	work("the other one ends", 1, false)
	work("the long one ends", 0, false)
	work("a new one begins", 1, true)
	c.since = time.Now().Add(-longCall)
	work("too few looks for its time", 1, true)

	c = calls{}
	done := Outside()
	work("a registered one", 1, false)
	work("one more", 2, true)
	work("the other one ends", 1, false)
	done()
	work("it is not registered any more", 1, true)
}
