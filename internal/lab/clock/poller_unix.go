//go:build unix

package clock

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// pollBarrier waits until the network poller has queued all goroutines whose
// pipes were ready. It covers the waits that cannot be registered: a shell's own
// writes to a pipe that is full.
type pollBarrier struct {
	once sync.Once
	r    syscall.RawConn
	w    *os.File
}

var poll pollBarrier

// pass writes to a pipe of its own and waits until the poller has told it. By then
// the poller has queued the readers and writers of what was ready before, because
// epoll and kqueue report in order. The caller itself waits: a goroutine for it would
// still be seen running afterwards. pass returns false if the pipe fails.
func (b *pollBarrier) pass() bool {
	b.once.Do(b.start)
	if b.r == nil {
		return false
	}
	wrote, ok := false, false
	err := b.r.Read(func(fd uintptr) bool {
		if !wrote {
			// Only now: what is written before the poller forgets what it has told so far
			// would not be told again.
			wrote = true
			_, err := b.w.Write([]byte{0})
			return err != nil
		}
		n, err := retry(unix.Read, fd, make([]byte, 1))
		ok = n == 1 && err == nil
		return true
	})
	return err == nil && ok
}

func (b *pollBarrier) start() {
	r, w, err := os.Pipe()
	if err != nil {
		return
	}
	if b.r, err = r.SyscallConn(); err != nil {
		return
	}
	b.w = w
}
