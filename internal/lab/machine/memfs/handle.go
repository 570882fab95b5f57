package memfs

import (
	"io"
	"io/fs"
	"path"
	"time"
)

// handle is an open file.
type handle struct {
	fs     *FS
	node   *node
	offset int
	append bool
}

// Read continues where the last read or write ended.
func (h *handle) Read(p []byte) (int, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.offset >= len(h.node.data) {
		return 0, io.EOF
	}
	n := copy(p, h.node.data[h.offset:])
	h.offset += n
	return n, nil
}

// Write continues where the last read or write ended, or appends to the file.
func (h *handle) Write(p []byte) (int, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.append {
		h.offset = len(h.node.data)
	}
	// Another handle may have truncated the file: the gap reads as zeros.
	if gap := h.offset - len(h.node.data); gap > 0 {
		h.node.data = append(h.node.data, make([]byte, gap)...)
	}
	h.node.data = append(h.node.data[:h.offset], append(append([]byte{}, p...), h.node.data[min(len(h.node.data), h.offset+len(p)):]...)...)
	h.offset += len(p)
	h.node.modified = h.fs.now()
	return len(p), nil
}

// Close does nothing: memory needs no closing.
func (h *handle) Close() error { return nil }

// device discards what is written to it, or passes it on, and reads as empty.
type device struct{ to io.Writer }

// Read returns io.EOF.
func (device) Read([]byte) (int, error) { return 0, io.EOF }

// Write passes p on, if the device has a destination.
func (d device) Write(p []byte) (int, error) {
	if d.to != nil {
		return d.to.Write(p)
	}
	return len(p), nil
}

// Close does nothing.
func (device) Close() error { return nil }

// info is a snapshot of a node.
type info struct {
	name     string
	size     int64
	mode     fs.FileMode
	modified time.Time
}

func (n *node) info(name string) info {
	return info{path.Base(name), int64(len(n.data)), n.mode, n.modified}
}

// The methods of fs.FileInfo.
func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.modified }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
