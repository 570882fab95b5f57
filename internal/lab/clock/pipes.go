package clock

import (
	"errors"
	"os"
	"sync"
)

// Pipe is an end of a pipe of the operating system. While one of its reads or
// writes is under way, no clock skips, except while that read or write waits for
// the pipe and the pipe is not ready.
type Pipe struct{ File *os.File }

// Read implements io.Reader.
func (p Pipe) Read(b []byte) (int, error) { return pending.read(p.File, b) }

// Write implements io.Writer.
func (p Pipe) Write(b []byte) (int, error) { return pending.write(p.File, b) }

// ExpectRead registers a read of f that code of others makes, until done is
// called. No clock skips meanwhile while f has data or its other end is closed.
// Prefer [Pipe]: it also registers the time between the system call that
// takes the data and the return to the reader.
func ExpectRead(f *os.File) (done func()) {
	w := pending.begin(f, toRead)
	pending.park(w, true)
	return func() { pending.end(w) }
}

// direction is what a goroutine wants of a file.
type direction int

const (
	toRead direction = iota
	toWrite
)

// wait is one goroutine's read or write of a file of the operating system.
type wait struct {
	file   *os.File
	to     direction
	parked bool // waits for the file to become ready
}

// waits are all registered reads and writes of the process.
type waits struct {
	mu      sync.Mutex
	now     map[*wait]struct{}
	changes uint64 // of now and its elements, since the process began
}

var pending waits

func (w *waits) begin(f *os.File, to direction) *wait {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now == nil {
		w.now = map[*wait]struct{}{}
	}
	entry := &wait{file: f, to: to}
	w.now[entry] = struct{}{}
	w.changes++
	return entry
}

func (w *waits) park(entry *wait, parked bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if entry.parked != parked {
		entry.parked = parked
		w.changes++
	}
}

func (w *waits) end(entry *wait) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.now, entry)
	w.changes++
}

// look reports whether a registered goroutine has something to do, and how
// often the waits have changed. It forgets files that have been closed.
func (w *waits) look() (busy bool, changes uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for entry := range w.now {
		if !entry.parked {
			busy = true
			continue
		}
		ready, err := isReady(entry.file, entry.to)
		if err != nil && isClosed(entry.file) {
			delete(w.now, entry)
			continue
		}
		// A file that cannot be asked may be ready: the clock then goes at the wall's speed.
		busy = busy || ready || err != nil
	}
	return busy, w.changes
}

// isClosed reports whether this process has closed f.
func isClosed(f *os.File) bool {
	_, err := f.Stat()
	return errors.Is(err, os.ErrClosed)
}

// used reports whether a read or write has ever been registered.
func (w *waits) used() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changes > 0
}
