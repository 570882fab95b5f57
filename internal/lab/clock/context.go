package clock

import (
	"context"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// WithTimeout returns a context that ends after d of the clock's time, with
// context.DeadlineExceeded as its error and cause, or when ctx ends. Its
// Deadline is that of ctx: a deadline on the wall cannot be told in advance.
func (c *Clock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	t := &timeout{Context: ctx, done: make(chan struct{})}
	t.mu.Lock() // until both are known to end
	defer t.mu.Unlock()
	t.timer = c.AfterFunc(d, func() { t.end(context.DeadlineExceeded) })
	t.stop = context.AfterFunc(ctx, func() { t.end(ctx.Err()) })
	return t, func() { t.end(context.Canceled) }
}

// timeout is a context of its own, and not one made by context.WithCancelCause,
// because the contexts made from that would report context.Canceled.
type timeout struct {
	context.Context // the parent
	timer           tcpip.Timer
	stop            func() bool // detaches from the parent
	done            chan struct{}

	mu    sync.Mutex
	err   error
	funcs map[*func()]struct{}
}

// Done implements context.Context.
func (t *timeout) Done() <-chan struct{} { return t.done }

// Err implements context.Context.
func (t *timeout) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// AfterFunc lets the context package derive contexts from this one without a
// goroutine for each.
func (t *timeout) AfterFunc(f func()) func() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err != nil {
		go f()
		return func() bool { return false }
	}
	if t.funcs == nil {
		t.funcs = map[*func()]struct{}{}
	}
	key := &f
	t.funcs[key] = struct{}{}
	return func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		_, waiting := t.funcs[key]
		delete(t.funcs, key)
		return waiting
	}
}

// end ends the context with err unless it has ended already.
func (t *timeout) end(err error) {
	t.mu.Lock()
	if t.err != nil {
		t.mu.Unlock()
		return
	}
	t.err = err
	close(t.done)
	funcs := t.funcs
	t.funcs = nil
	timer, stop := t.timer, t.stop
	t.mu.Unlock()
	for f := range funcs {
		go (*f)()
	}
	if timer != nil {
		timer.Stop()
	}
	if stop != nil {
		stop()
	}
}
