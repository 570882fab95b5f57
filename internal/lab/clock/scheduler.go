package clock

import (
	"runtime"
	"runtime/metrics"
)

const (
	// sights is how often in a row the process must look idle. The scheduler
	// visits its processors one after the other.
	sights = 3
	// eagerSights is how often to look until the process is left alone for a
	// pause: most idle moments are found within microseconds.
	eagerSights = 24
	// calms is how often in a row, with pauses between, the process must look idle
	// after a system call or a garbage collection has been seen. A goroutine that
	// has lost its processor to one of them is not counted for a moment when it returns.
	calms = 3
)

// scheduler observes the whole process.
type scheduler struct {
	samples   []metrics.Sample
	calls     calls
	collector *collector
	changes   uint64 // of the registered waits, at the last look
	unsure    int    // how often the process must still look idle before it is
}

func newScheduler() *scheduler {
	return &scheduler{
		samples: []metrics.Sample{
			{Name: "/sched/goroutines/running:goroutines"},
			{Name: "/sched/goroutines/runnable:goroutines"},
			{Name: "/sched/goroutines/not-in-go:goroutines"},
		},
		collector: newCollector(),
	}
}

// idle reports whether no goroutine but the caller's has anything to do. If not,
// the caller pauses before it asks again.
func (s *scheduler) idle() bool {
	if !s.looksIdle() {
		if s.unsure > 0 {
			s.unsure = calms
		}
		return false
	}
	if s.unsure > 0 {
		s.unsure--
	}
	return s.unsure == 0
}

// looksIdle is idle at this moment.
func (s *scheduler) looksIdle() bool {
	quiet, passed, collecting := 0, false, false
	for range eagerSights {
		if !s.quiet() {
			quiet, passed, collecting = 0, false, false
			runtime.Gosched()
			continue
		}
		if quiet++; quiet < sights {
			runtime.Gosched()
			continue
		}
		quiet = 0
		if !s.collector.rested() {
			s.unsure = calms
			passed, collecting = false, true
			runtime.Gosched()
			continue
		}
		collecting = false
		if passed || !pending.used() {
			return true
		}
		if passed = poll.pass(); !passed {
			return false
		}
	}
	if collecting {
		s.collector.settle()
	}
	return false
}

// quiet is one look at the scheduler, then at the registered waits. If the waits
// are the same as at the look before, they were so when the scheduler was asked.
func (s *scheduler) quiet() bool {
	metrics.Read(s.samples)
	running, runnable := s.samples[0].Value.Uint64(), s.samples[1].Value.Uint64()
	working := s.calls.work(s.samples[2].Value.Uint64())
	if working {
		s.unsure = calms
	}
	if running+runnable > 1 || working {
		return false
	}
	busy, changes := pending.look()
	same := changes == s.changes
	s.changes = changes
	return same && !busy
}
