package clock

import (
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// NewSkipping returns a clock that starts at the wall's time and runs at its
// speed while any goroutine of the process runs, is ready to run or is in a
// system call. When all of them wait, nothing can happen before the clock's
// next timer, so the clock skips to it.
//
// Whoever waits for something else than this clock, such as a child process or
// a connection of the machine's own network, must not rely on its pace
// meanwhile.
func NewSkipping() *Clock {
	c := New(1)
	c.idle = newIdle()
	return c
}

// watch skips whenever the process is idle, and ends when no timer is left.
func (c *Clock) watch() {
	watchers.Add(1)
	defer watchers.Add(-1)
	for {
		idle := false
		// Looking again at once finds most idle moments within microseconds; a
		// process that works on is left alone for a while (about a millisecond:
		// the granularity of an otherwise idle scheduler).
		for range eagerSights {
			if idle = c.idle(); idle {
				break
			}
			runtime.Gosched()
		}
		if idle {
			idle = poll.pass() && (c.idle() || c.idle())
		}
		c.mu.Lock()
		if len(c.timers) == 0 {
			c.watched = false
			c.mu.Unlock()
			return
		}
		if idle {
			if ahead := c.timers[0].when - c.elapsed(); ahead > 0 {
				c.skipped += ahead
			}
			c.fireDue()
		}
		c.mu.Unlock()
		if idle {
			runtime.Gosched() // to what has been fired
			continue
		}
		watchers.Add(-1)
		over := false
		select {
		case <-c.stopped:
			over = true
		case <-time.After(pause):
		}
		watchers.Add(1)
		if over {
			return
		}
	}
}

const (
	eagerSights = 20
	pause       = 50 * time.Microsecond
)

// watchers counts the watching goroutines of all clocks that are awake. They do
// not count as work: several labs in one process must not keep each other busy.
var watchers atomic.Int64

// How often the process must look idle before it is believed to be.
const (
	// The scheduler's counts are taken one after the other and can miss a
	// goroutine on its way from one state to the next: believe the second sight.
	sights = 2
	// A goroutine in a system call is about to return, unless it has been there
	// for long: then it waits for a signal or a child process, as good as
	// anybody else.
	longSights = 50
)

// newIdle returns a function that says whether no goroutine but the watchers
// has anything to do, as far as the scheduler's metrics tell. It is meant to be
// called again and again.
func newIdle() func() bool {
	samples := []metrics.Sample{
		{Name: "/sched/goroutines/running:goroutines"},
		{Name: "/sched/goroutines/runnable:goroutines"},
		{Name: "/sched/goroutines/not-in-go:goroutines"},
	}
	var calm int           // sights in a row at which nothing ran
	var calls, long uint64 // goroutines in system calls, and those known to stay there
	return func() bool {
		metrics.Read(samples)
		active, now := samples[0].Value.Uint64()+samples[1].Value.Uint64(), samples[2].Value.Uint64()
		if active > uint64(watchers.Load()) || now != calls {
			calm, calls, long = 0, now, min(long, now)
			return false
		}
		calm++
		switch {
		case calm >= longSights:
			long = now
		case calm < sights || now > long:
			return false
		}
		calm = 0
		return true
	}
}
