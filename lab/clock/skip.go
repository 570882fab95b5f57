package clock

import (
	"runtime"
	"runtime/metrics"
	"sync"
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
//
// Known limit: data that lies in a pipe of the machine, and that the runtime has
// not noticed yet, looks like idleness, and the clock may skip past it. A look
// through a pipe of our own before each skip makes that rare, not impossible.
// In the lab it concerns pipelines and here-documents in user data.
func NewSkipping() *Clock {
	c := New(1)
	c.skips = true
	return c
}

// skip goes to the clock's next timer if the process is idle. Without a timer
// the clock is watched no more.
func (c *Clock) skip(idle bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 {
		c.watched = false
		watch.remove(c)
		return
	}
	if idle {
		if ahead := c.timers[0].when - c.elapsed(); ahead > 0 {
			c.skipped += ahead
		}
		c.fireDue()
	}
}

// watch is what all skipping clocks with timers are watched by: one goroutine
// for the whole process, so that it need not be told from others of its kind.
var watch watcher

type watcher struct {
	mu      sync.Mutex
	clocks  map[*Clock]struct{}
	running bool
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
		go w.run()
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
	w.running = len(clocks) > 0
	return clocks
}

// run lets all clocks skip whenever the process is idle.
func (w *watcher) run() {
	s := newScheduler()
	var clocks []*Clock
	for {
		if clocks = w.list(clocks[:0]); len(clocks) == 0 {
			return
		}
		idle := s.idle()
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

const (
	// eagerSights is how often to look in a row: most idle moments are found
	// within microseconds.
	eagerSights = 24
	// pause is how long a process that works on is then left alone. An otherwise
	// idle scheduler makes a millisecond of it.
	pause = 50 * time.Microsecond
	// sights is how often in a row the process must look idle. The scheduler's
	// counts are taken one after the other and can miss a goroutine on its way
	// from one state to the next: on a machine that has a processor to spare it
	// is somewhere by the next look.
	sights = 3
	// longCall is how long a system call must last until it does not count as
	// work any more: whoever is in it waits for a signal or a child process.
	longCall = 20 * time.Millisecond
)

// scheduler knows what the scheduler's metrics tell about the process.
type scheduler struct {
	samples []metrics.Sample
	calls   uint64    // goroutines in system calls
	since   time.Time // when that number was last another one, or something ran
	long    uint64    // how many of them are known to stay there
}

func newScheduler() *scheduler {
	return &scheduler{samples: []metrics.Sample{
		{Name: "/sched/goroutines/running:goroutines"},
		{Name: "/sched/goroutines/runnable:goroutines"},
		{Name: "/sched/goroutines/not-in-go:goroutines"},
	}}
}

// idle says whether no goroutine but the caller's has anything to do.
func (s *scheduler) idle() bool {
	quiet, polled := 0, false
	for range eagerSights {
		switch {
		case !s.quiet():
			quiet, polled = 0, false
			runtime.Gosched()
			continue
		case quiet+1 < sights:
			quiet++
			continue
		case polled:
			return true
		}
		// What the machine has made ready is work, too.
		if !poll.pass() {
			return false
		}
		quiet, polled = 0, true
		runtime.Gosched()
	}
	return false
}

// quiet is one look.
func (s *scheduler) quiet() bool {
	metrics.Read(s.samples)
	active := s.samples[0].Value.Uint64() + s.samples[1].Value.Uint64()
	calls := s.samples[2].Value.Uint64()
	switch {
	case calls != s.calls || active > 1: // different ones each time may be as many
		s.calls, s.since = calls, time.Now()
	case calls > s.long && time.Since(s.since) >= longCall:
		s.long = calls
	}
	s.long = min(s.long, calls)
	return active <= 1 && calls == s.long
}
