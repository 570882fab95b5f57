package clock

import (
	"sync"
	"time"
)

// NewAttended returns a clock for a lab that people outside of the process use, such as
// a server. It starts at the wall's time and runs at the wall's speed, because the
// process is idle whenever nobody asks for anything. While a [Clock.Work] is under
// way it steps, as the clocks of [NewStepping] do: only the lab waits then. So it is
// never behind the wall's time.
func NewAttended() *Clock {
	c := NewSkipping()
	c.attended = true
	return c
}

// Work tells an attended clock that the lab is at work on something, such as the
// deployment of a stack, until done is called, which may be called more than once.
// It changes nothing for other clocks. Nothing under way may wait for anybody outside of
// the process: the clock does not wait with it.
func (c *Clock) Work() (done func()) {
	if !c.attended {
		return func() {}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.working++; c.working == 1 {
		c.skipped, c.steps = c.elapsed(), true
		c.alarm.Stop()
		c.setAlarm(c.skipped)
	}
	return sync.OnceFunc(c.rest)
}

// rest ends one Work. After the last the clock follows the wall again.
func (c *Clock) rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.working--; c.working == 0 {
		c.steps, c.follows = false, time.Now()
		select {
		case <-c.stopped:
		default:
			c.setAlarm(c.elapsed())
		}
	}
}
