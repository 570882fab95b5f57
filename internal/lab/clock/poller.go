package clock

import (
	"os"
	"sync"
)

// pollBarrier waits until the network poller has queued all goroutines whose
// pipes were ready. It covers the waits that cannot be registered: a shell's own
// writes to a pipe that is full.
type pollBarrier struct {
	once  sync.Once
	mu    sync.Mutex
	w     *os.File
	heard chan struct{}
}

var poll pollBarrier

// pass writes to a pipe of its own and waits until the poller has queued its
// reader. By then the poller has queued the readers and writers of what was ready
// before, because epoll and kqueue report in order. It returns false if the pipe
// fails.
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
