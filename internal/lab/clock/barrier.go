package clock

import (
	"os"
	"sync"
)

// pollBarrier makes sure that whatever the operating system has made ready is
// known to the scheduler. It is a second net under [Reading] and [Writing], for
// the waits that nobody tells of: a shell's own writes to a pipe that is full.
type pollBarrier struct {
	once  sync.Once
	mu    sync.Mutex
	w     *os.File
	heard chan struct{}
}

var poll pollBarrier

// pass writes to a pipe of its own and waits until the scheduler has been told
// of it. What was ready before has been told by then: the operating system
// tells in order. It returns false if there are no pipes.
func (b *pollBarrier) pass() bool {
	b.once.Do(b.start)
	if b.w == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.w.Write([]byte{0}); err != nil {
		return false
	}
	<-b.heard
	return true
}

func (b *pollBarrier) start() {
	r, w, err := os.Pipe()
	if err != nil {
		return
	}
	b.w, b.heard = w, make(chan struct{})
	go func() {
		var one [1]byte
		for {
			if _, err := r.Read(one[:]); err != nil {
				return
			}
			b.heard <- struct{}{}
		}
	}()
}
