//go:build unix

package clock

import (
	"errors"
	"io"
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

// read is f.Read, registered. Only os knows the errors of a file that has been
// closed or cannot be polled, so such reads are left to it.
func (w *waits) read(f *os.File, b []byte) (int, error) {
	entry := w.begin(f, toRead)
	defer w.end(entry)
	conn, err := f.SyscallConn()
	if err != nil || len(b) == 0 {
		return f.Read(b)
	}
	n, failure := 0, error(nil)
	err = conn.Read(func(fd uintptr) bool {
		w.park(entry, false)
		n, failure = retry(unix.Read, fd, b)
		w.park(entry, failure == unix.EAGAIN)
		return failure != unix.EAGAIN
	})
	switch {
	case err != nil:
		w.park(entry, false)
		return f.Read(b)
	case failure != nil:
		return 0, &os.PathError{Op: "read", Path: f.Name(), Err: failure}
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// write is f.Write, registered likewise.
func (w *waits) write(f *os.File, b []byte) (int, error) {
	entry := w.begin(f, toWrite)
	defer w.end(entry)
	conn, err := f.SyscallConn()
	if err != nil || len(b) == 0 {
		return f.Write(b)
	}
	written, failure := 0, error(nil)
	err = conn.Write(func(fd uintptr) bool {
		w.park(entry, false)
		for written < len(b) && failure == nil {
			var n int
			if n, failure = retry(unix.Write, fd, b[written:]); failure == nil {
				written += n
			}
		}
		if failure == unix.EAGAIN {
			failure = nil
			w.park(entry, true)
			return false
		}
		return true
	})
	switch {
	case err != nil:
		w.park(entry, false)
		n, err := f.Write(b[written:])
		return written + n, err
	case failure != nil:
		return written, &os.PathError{Op: "write", Path: f.Name(), Err: failure}
	}
	return written, nil
}

// retry makes the call until no signal interrupts it.
func retry(call func(int, []byte) (int, error), fd uintptr, b []byte) (int, error) {
	for {
		if n, err := call(int(fd), b); !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
