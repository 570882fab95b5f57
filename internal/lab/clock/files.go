package clock

import (
	"errors"
	"os"
	"sync"
)

// Reading tells all skipping clocks that the caller reads from f, a pipe of the
// machine, until done is called. No clock skips while f has something to read,
// or its other end is closed, and the read has not ended: the data may be there
// long before the reader's goroutine is told.
//
// Who waits for a pipe without saying so looks idle even when it is not.
func Reading(f *os.File) (done func()) { return pending.add(f, toRead) }

// Writing is [Reading] for one who writes to f and may wait until there is room.
func Writing(f *os.File) (done func()) { return pending.add(f, toWrite) }

// direction is what a goroutine wants of a file.
type direction int

const (
	toRead direction = iota
	toWrite
)

// wait is one goroutine's read or write of a file of the machine.
type wait struct {
	file *os.File
	to   direction
}

// waits are all such reads and writes of the process.
type waits struct {
	mu      sync.Mutex
	now     map[*wait]struct{}
	changes uint64 // of now, since the process began
}

var pending waits

func (w *waits) add(f *os.File, to direction) (done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now == nil {
		w.now = map[*wait]struct{}{}
	}
	entry := &wait{f, to}
	w.now[entry] = struct{}{}
	w.changes++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.now, entry)
		w.changes++
	}
}

// look says whether a file is ready for somebody who waits for it, and how
// often the waits have changed. Files that have been closed are forgotten.
func (w *waits) look() (ready bool, changes uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for entry := range w.now {
		is, err := isReady(entry.file, entry.to)
		if err != nil && closed(entry.file) {
			delete(w.now, entry)
			continue
		}
		// What cannot be told may be ready: the clock then goes at the wall's speed.
		ready = ready || is || err != nil
	}
	return ready, w.changes
}

// closed says whether this process has closed f.
func closed(f *os.File) bool {
	_, err := f.Stat()
	return errors.Is(err, os.ErrClosed)
}

// used says whether anybody has ever waited for a file.
func (w *waits) used() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changes > 0
}
