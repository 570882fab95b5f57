// Package logbuffer is a log in memory: an instance's console, or the journal of
// one of its services.
package logbuffer

import (
	"bytes"
	"sync"
)

// Buffer is a log that many write to and that anybody may read at any time. Its
// zero value is empty.
type Buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write appends; it never fails.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String returns everything that has been written.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
