package machinetest

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that does not wait: what sleeps moves it on.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows 2026-01-02 03:04:05 UTC.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

// Now returns the time at the start and what has been slept since.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the time on.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// WithTimeout ends after a hundredth of the time on the wall's clock: a wait for
// what never answers is short.
func (c *Clock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d/100, context.DeadlineExceeded)
}
