//go:build unix

package clock

import (
	"os"

	"golang.org/x/sys/unix"
)

// isReady asks the operating system whether a read or write of f would return
// at once. It fails if f has been closed.
func isReady(f *os.File, to direction) (bool, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return false, err
	}
	events := int16(unix.POLLIN)
	if to == toWrite {
		events = unix.POLLOUT
	}
	var ready int
	var pollErr error
	err = conn.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
		ready, pollErr = unix.Poll(fds, 0)
	})
	if err != nil {
		return false, err
	}
	return ready > 0, pollErr
}
