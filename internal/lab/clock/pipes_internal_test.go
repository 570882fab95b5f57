//go:build unix

package clock

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestWaits: who waits for a pipe is ready as soon as the pipe is, for what he
// waits for, and each wait that begins or ends is counted.
func TestWaits(t *testing.T) {
	t.Parallel()
	var w waits
	add := func(f *os.File, to direction) (done func()) {
		entry := w.begin(f, to)
		entry.parked = true
		return func() { w.end(entry) }
	}
	looks := func(when string, ready bool, changes uint64, waiting int) {
		t.Helper()
		gotReady, gotChanges := w.look()
		if gotReady != ready || gotChanges != changes || len(w.now) != waiting || w.used() != (changes > 0) {
			t.Errorf("%s: ready %t, %d changes, %d wait, want ready %t, %d changes, %d wait", when, gotReady, gotChanges, len(w.now), ready, changes, waiting)
		}
	}
	pipe := func() (*os.File, *os.File) {
		r, in, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close(); in.Close() })
		return r, in
	}
	looks("nobody waits", false, 0, 0)

	r, in := pipe()
	read := add(r, toRead)
	looks("an empty pipe is read", false, 1, 1)
	if _, err := in.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	looks("a pipe with something in it is read", true, 1, 1)
	read()
	looks("it has been read", false, 2, 0)

	write := add(in, toWrite)
	looks("a pipe with room is written", true, 3, 1)
	write()
	untilRefused(t, in, unix.Write)
	write = add(in, toWrite)
	looks("a full pipe is written", false, 5, 1)
	read = add(r, toRead)
	looks("and read", true, 6, 2)
	read()
	untilRefused(t, r, unix.Read)
	looks("it has been emptied", true, 7, 1)
	write()

	r, in = pipe()
	add(r, toRead)
	in.Close()
	looks("the other end is closed", true, 9, 1)
	r.Close()
	looks("this end is closed", false, 9, 0)
}

// untilRefused calls on the file until it would have to wait.
func untilRefused(t *testing.T, f *os.File, call func(fd int, b []byte) (int, error)) {
	t.Helper()
	conn, err := f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = conn.Control(func(fd uintptr) {
		for err := error(nil); err == nil; {
			_, err = call(int(fd), make([]byte, 4096))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
