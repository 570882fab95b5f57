package clock

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// Clock is a source of time. Its methods may be called concurrently.
type Clock struct {
	speed float64
	skips bool // made by NewSkipping or NewStepping
	steps bool // made by NewStepping, or attended and at work

	mu      sync.Mutex
	origin  time.Time     // the wall's time, with its monotonic reading, when the clock was made
	skipped time.Duration // what has been skipped since
	// attended is true for a clock made by NewAttended, and working how many [Clock.Work]
	// are not done.
	attended bool
	working  int
	follows  time.Time // the wall's time since when the clock follows it
	timers   timers
	seq      uint64
	alarm    *time.Timer   // wakes the clock for its first timer
	watched  bool          // whether it is watched for idleness
	paused   bool          // by Pause
	stopped  chan struct{} // closed by Stop
}

// New returns a clock that starts at the wall's time and runs speed times as
// fast. Speed 1 is the wall's speed; zero and less are taken as 1.
func New(speed float64) *Clock {
	if speed <= 0 {
		speed = 1
	}
	now := time.Now()
	c := &Clock{speed: speed, origin: now, follows: now, stopped: make(chan struct{})}
	c.alarm = time.AfterFunc(time.Hour, c.fire)
	c.alarm.Stop()
	return c
}

// Speed returns how many times faster than the wall the clock runs. It is 1
// for a skipping clock.
func (c *Clock) Speed() float64 { return c.speed }

// Stop ends the clock's own work: no timer fires any more. It is for the end
// of a lab, after everything that waits on the clock has been told to end.
func (c *Clock) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.stopped:
		return
	default:
	}
	close(c.stopped)
	c.alarm.Stop()
	for _, t := range c.timers {
		t.index = -1
	}
	c.timers = nil
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Round strips the monotonic reading: it is the wall's and not this clock's.
	return c.origin.Round(0).Add(c.elapsed())
}

// NowMonotonic implements tcpip.Clock.
func (c *Clock) NowMonotonic() tcpip.MonotonicTime {
	c.mu.Lock()
	defer c.mu.Unlock()
	return tcpip.MonotonicTime{}.Add(c.elapsed())
}

// Since returns how much of the clock's time has passed since t.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// elapsed is the clock's time since its origin. The caller holds mu.
func (c *Clock) elapsed() time.Duration {
	if c.steps {
		return c.skipped
	}
	return time.Duration(float64(time.Since(c.follows))*c.speed) + c.skipped
}

// AfterFunc implements tcpip.Clock: it calls f in its own goroutine after d of
// the clock's time.
func (c *Clock) AfterFunc(d time.Duration, f func()) tcpip.Timer {
	t := &timer{clock: c, f: f, index: -1}
	t.Reset(d)
	return t
}

// Sleep waits for d of the clock's time, or until ctx is done and then returns
// ctx's error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d <= 0 {
		return nil
	}
	done := make(chan struct{})
	t := c.AfterFunc(d, func() { close(done) })
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		t.Stop()
		return ctx.Err()
	}
}

// fire runs the timers that are due and sets the alarm for the next one.
func (c *Clock) fire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fireDue()
}

// fireDue is fire for a caller that holds mu.
func (c *Clock) fireDue() {
	now := c.elapsed()
	for len(c.timers) > 0 && c.timers[0].when <= now {
		t := heap.Pop(&c.timers).(*timer)
		go t.f()
		if c.steps {
			break // the next one, due or not, when all that this one starts waits again
		}
	}
	c.setAlarm(now)
}

// setAlarm arranges for fire to be called when the first timer is due. The
// caller holds mu.
func (c *Clock) setAlarm(now time.Duration) {
	if len(c.timers) == 0 {
		c.alarm.Stop()
		return
	}
	if !c.steps {
		wait := float64(c.timers[0].when-now) / c.speed
		c.alarm.Reset(max(time.Duration(wait), 0))
	}
	if c.skips && !c.watched && !c.rests() {
		c.watched = true
		watch.add(c)
	}
}

// rests reports whether a clock that skips must not: it is paused, or attended without
// work. The caller holds mu.
func (c *Clock) rests() bool { return c.paused || c.attended && c.working == 0 }
