package clock

import (
	"bytes"
	"runtime"
	"runtime/metrics"
	"time"
)

const (
	// sights is how often in a row the process must look idle. The scheduler's
	// counts are taken one after the other and can miss a goroutine on its way
	// from one state to the next: on a machine that has a processor to spare it
	// is somewhere by the next look.
	sights = 3
	// calms is how often in a row, with the watcher's pause between, the process
	// must look idle after a wait for a pipe has begun or ended.
	calms = 4
	// askAfter is how long a number of system calls must last until the
	// goroutines are asked which of them wait for a signal or a child process.
	askAfter = 2 * time.Millisecond
	// longCall is how long a system call must last until it does not count as
	// work any more, whatever it is. On a machine with much else to do, a
	// goroutine can be kept from returning for many time slices of its neighbours.
	longCall = 2 * time.Second
)

// scheduler knows what the scheduler's metrics tell about the process.
type scheduler struct {
	samples []metrics.Sample
	calls   uint64    // goroutines in system calls
	since   time.Time // when that number was last another one, or something ran
	asked   bool      // whether the goroutines have been asked since
	long    uint64    // how many of them are known to stay there
	changes uint64    // of the waits for files, at the last look
	calm    int       // how often in a row the process looked idle
	trusted uint64    // the changes for which that was often enough
}

func newScheduler() *scheduler {
	return &scheduler{samples: []metrics.Sample{
		{Name: "/sched/goroutines/running:goroutines"},
		{Name: "/sched/goroutines/runnable:goroutines"},
		{Name: "/sched/goroutines/not-in-go:goroutines"},
	}}
}

// idle says whether no goroutine but the caller's has anything to do. After
// somebody has begun or ended to wait for a pipe, it must look so for a while
// first: a shell's pipes are used by goroutines that say nothing to the clock, and
// one that waits for the garbage collector looks as if it had nothing to do.
func (s *scheduler) idle() bool {
	before := s.changes
	if !s.looksIdle() {
		s.calm = 0
		return false
	}
	if s.changes != before {
		s.calm = 0
	}
	if s.changes == s.trusted {
		return true
	}
	if s.calm++; s.calm < calms {
		return false
	}
	s.calm, s.trusted = 0, s.changes
	return true
}

// looksIdle is idle at this moment.
//
// A goroutine whose file is ready is at work, though it waits. It may have been
// told between the look at the scheduler and the look at the files, and wait
// again: then the waits have changed meanwhile.
func (s *scheduler) looksIdle() bool {
	quiet, passed := 0, false
	for range eagerSights {
		calm := s.quiet()
		ready, changes := pending.look()
		if !calm || ready || changes != s.changes {
			quiet, passed, s.changes = 0, false, changes
			runtime.Gosched()
			continue
		}
		if quiet++; quiet < sights {
			runtime.Gosched()
			continue
		}
		if passed || !pending.used() {
			return true
		}
		if !poll.pass() {
			return false
		}
		quiet, passed = 0, true
	}
	return false
}

// quiet is one look.
func (s *scheduler) quiet() bool {
	metrics.Read(s.samples)
	active := s.samples[0].Value.Uint64() + s.samples[1].Value.Uint64()
	calls := s.samples[2].Value.Uint64()
	if calls != s.calls || active > 1 { // different ones each time may be as many
		s.calls, s.since, s.asked = calls, time.Now(), false
	}
	if calls > s.long {
		switch lasted := time.Since(s.since); {
		case lasted >= longCall:
			s.long = calls
		case lasted >= askAfter && !s.asked:
			s.long, s.asked = max(s.long, waitingCalls()), true
		}
	}
	s.long = min(s.long, calls)
	return active <= 1 && calls == s.long
}

// waitingCalls counts the goroutines that are in a system call in order to wait
// for what comes from outside the process: a signal, or the end of a child.
func waitingCalls() uint64 {
	stacks := make([]byte, 1<<20)
	for {
		n := runtime.Stack(stacks, true)
		if n < len(stacks) {
			stacks = stacks[:n]
			break
		}
		stacks = make([]byte, 2*len(stacks))
	}
	count := uint64(0)
	for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		state, frames, _ := bytes.Cut(stack, []byte("\n"))
		if !bytes.Contains(state, []byte("[syscall")) {
			continue
		}
		if bytes.Contains(frames, []byte("os/signal.signal_recv(")) || bytes.Contains(frames, []byte("os.(*Process).Wait(")) {
			count++
		}
	}
	return count
}
