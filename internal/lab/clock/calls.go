package clock

import (
	"sync/atomic"
	"time"
)

// outside is how many system calls are registered as waiting for something
// outside the process.
var outside atomic.Int64

// Outside registers a system call in which a goroutine waits for something
// outside the process, such as a signal or the end of a child process, until done
// is called. Every other system call counts as work. Call it only around the
// system call: it does not matter which goroutine makes it, and while the
// goroutine is elsewhere, another system call can be taken for the registered one.
func Outside() (done func()) {
	outside.Add(1)
	return func() { outside.Add(-1) }
}

const (
	// longCall is how long a system call must last until it is taken for a wait
	// for something outside that nobody has registered. Those of the lab return
	// within microseconds.
	longCall = 2 * time.Second
	// longLooks is how often at least the scheduler must have been asked
	// meanwhile: time in which this process did not run does not count.
	longLooks = 100 * eagerSights
)

// calls tells system calls that work from those that wait for something outside.
type calls struct {
	unregistered uint64 // known to wait outside although nobody registered them
	looks        uint64 // since calls have been at work without a break
	since        time.Time
	fewest       uint64 // of the unregistered calls since
}

// work reports whether any of now system calls is at work.
func (c *calls) work(now uint64) bool {
	now -= min(now, uint64(outside.Load()))
	c.unregistered = min(c.unregistered, now)
	if now == c.unregistered {
		c.looks = 0
		return false
	}
	if c.looks == 0 {
		c.since, c.fewest = time.Now(), now
	}
	c.looks++
	c.fewest = min(c.fewest, now)
	if c.looks >= longLooks && time.Since(c.since) >= longCall {
		c.unregistered, c.looks = c.fewest, 0
	}
	return true
}
