//go:build !unix

package clock

import (
	"errors"
	"os"
)

// isReady cannot be asked here: clocks do not skip while a goroutine waits for a pipe.
func isReady(*os.File, direction) (bool, error) { return false, errors.ErrUnsupported }

func (w *waits) read(f *os.File, b []byte) (int, error) {
	defer w.end(w.begin(f, toRead))
	return f.Read(b)
}

func (w *waits) write(f *os.File, b []byte) (int, error) {
	defer w.end(w.begin(f, toWrite))
	return f.Write(b)
}

// pollBarrier has nothing to wait for: pipes are waited for in system calls here.
type pollBarrier struct{}

var poll pollBarrier

func (pollBarrier) pass() bool { return true }
