package clock

import (
	"runtime"
	"sync"
	"time"
)

// NewSkipping returns a clock that starts at the wall's time and runs at its
// speed while any goroutine of the process runs, is ready to run or is in a
// system call. When all of them wait, nothing can happen before the clock's
// next timer, so the clock skips to it.
//
// The doc comment of the package says which waits the clock knows of. Use
// [Pipe] for pipes and [Outside] for system calls that wait for a signal or a
// child process. The clock does not keep the pace of any other wait outside the
// lab, such as one for a connection of the machine's own network.
func NewSkipping() *Clock {
	c := New(1)
	c.skips = true
	return c
}

// NewStepping returns a clock that starts at the wall's time and stands still while
// any goroutine of the process runs, is ready to run or is in a system call. When
// all of them wait, it goes to its next timer and fires that one alone, also if
// others are due at the same time: these come in the order in which they were set.
//
// Work therefore takes no time at all, and how fast the machine is or how the
// scheduler arranges goroutines changes no time that anybody reads. What happens
// has one order, that of the timers. What does not wait on the clock stands
// outside: with it a process that is never idle stands still for ever.
func NewStepping() *Clock {
	c := NewSkipping()
	c.steps = true
	return c
}

// never is how far ahead a timer is that stands for no timer at all. gVisor sets
// some to the greatest duration that there is.
const never = 10 * 365 * 24 * time.Hour

// skip goes to the clock's next timer if the process is idle. Without a timer,
// paused, or attended and without work, the clock is watched no more.
func (c *Clock) skip(idle bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 || c.rests() {
		c.watched = false
		watch.remove(c)
		return
	}
	if idle && c.timers[0].when-c.elapsed() < never {
		if ahead := c.timers[0].when - c.elapsed(); ahead > 0 {
			c.skipped += ahead
		}
		c.fireDue()
	}
}

// watch observes the process for all skipping clocks with timers. It is one for
// the whole process: the scheduler's counts are the process's, and with two
// observers each would count the other as work.
var watch watcher

type watcher struct {
	mu      sync.Mutex
	clocks  map[*Clock]struct{}
	running bool

	processors processors
	scheduler  *scheduler // only run uses it; it outlives run for what it has learnt
}

// add starts watching a clock. It may be called with the clock's lock held.
func (w *watcher) add(c *Clock) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clocks == nil {
		w.clocks = map[*Clock]struct{}{}
	}
	w.clocks[c] = struct{}{}
	if !w.running {
		w.running = true
		w.processors.one()
		if w.scheduler == nil {
			w.scheduler = newScheduler()
		}
		go w.run(w.scheduler)
	}
}

func (w *watcher) remove(c *Clock) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.clocks, c)
}

// list returns the clocks. If there are none the watcher ends.
func (w *watcher) list(clocks []*Clock) []*Clock {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.clocks {
		clocks = append(clocks, c)
	}
	if w.running = len(clocks) > 0; !w.running {
		w.processors.restore()
	}
	return clocks
}

// run lets all clocks skip whenever the process is idle.
func (w *watcher) run(s *scheduler) {
	var clocks []*Clock
	for {
		if clocks = w.list(clocks[:0]); len(clocks) == 0 {
			return
		}
		// A hold can begin while the process is looked at, and then be all that keeps it at work.
		idle := held.Load() == 0 && s.idle() && held.Load() == 0
		for _, c := range clocks {
			c.skip(idle)
		}
		clear(clocks)
		if idle {
			runtime.Gosched() // to what has been fired
		} else {
			time.Sleep(pause)
		}
	}
}

// pause is how long a process that has work is left alone between observations.
// The Go runtime makes up to a millisecond of it when nothing else runs.
const pause = 50 * time.Microsecond
