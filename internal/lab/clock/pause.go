package clock

// Pause makes a stepping clock stand still, also while the process is idle, until
// Resume. It is for the time in which nobody waits for anything in the lab: its health
// checks would otherwise turn, and its certificates expire, as fast as the machine can.
// A clock of another kind runs on.
func (c *Clock) Pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = c.steps && !c.attended
}

// Resume ends a pause. It may be called without one.
func (c *Clock) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = false
	if len(c.timers) > 0 {
		c.setAlarm(c.elapsed())
	}
}
