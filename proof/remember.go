package proof

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// memory makes each look-up once: claims of one round often ask for the same
// endpoint, and AWS limits the rate of calls.
type memory struct {
	ctx  context.Context
	from Lookups
	lock sync.Mutex
	made map[question]*memo
	// failures are those of earlier rounds; nil where there are none.
	failures *failures
}

// question is a look-up with its key as text.
type question struct {
	lookup source
	key    string
}

// memo is one look-up, under way or done.
type memo struct {
	done  chan struct{}
	value any
	err   error
}

// remember wraps the look-ups for one round. Calls run under the round's
// context, not under that of the first caller. Each caller waits under its own.
func remember(ctx context.Context, from Lookups) *memory {
	return &memory{ctx: ctx, from: from, made: map[question]*memo{}}
}

// recall makes the look-up if it is the first of its key, and waits for it.
func recall[K, V any](ctx context.Context, m *memory, lookup *Lookup[K, V], key K) (V, error) {
	asked := question{lookup, fmt.Sprintf("%#v", key)}
	m.lock.Lock()
	made, known := m.made[asked]
	if !known {
		made = &memo{done: make(chan struct{})}
		m.made[asked] = made
		go func() {
			defer close(made.done)
			value, err := guard(m.ctx, func() (V, error) { return lookup.Ask(m.ctx, m.from, key) })
			made.value, made.err = value, m.failures.with(asked, err)
		}()
	}
	m.lock.Unlock()
	select {
	case <-made.done:
		return made.value.(V), made.err
	case <-ctx.Done():
		var none V
		return none, m.failures.with(asked, stopReason(ctx))
	}
}

// failures are why look-ups failed last. One that time cuts short says nothing of the cause,
// which is what a person needs. A nil failures knows of none.
type failures struct {
	lock sync.Mutex
	last map[question]error
}

// with returns the error, with what the same look-up failed with before where it did not
// answer in time, and remembers it for then.
func (f *failures) with(asked question, err error) error {
	if f == nil || err == nil {
		return err
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	if !errors.Is(err, errLate) {
		if f.last == nil {
			f.last = map[question]error{}
		}
		f.last[asked] = err
		return err
	}
	if before := f.last[asked]; before != nil {
		return fmt.Errorf("%w; before, it failed with %w", err, before)
	}
	return err
}
