//go:build unix

package clock_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"provenendpoints/internal/lab/clock"
)

// A Pipe reads, writes and fails as its file does.
func TestPipe(t *testing.T) {
	t.Parallel()
	b := make([]byte, 8)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	in, out := clock.Pipe{File: w}, clock.Pipe{File: r}
	if n, err := in.Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("write: %d, %v", n, err)
	}
	if n, err := out.Read(nil); n != 0 || err != nil {
		t.Errorf("read of nothing: %d, %v", n, err)
	}
	if n, err := out.Read(b); string(b[:n]) != "abc" || err != nil {
		t.Errorf("read: %q, %v", b[:n], err)
	}
	w.Close()
	if n, err := out.Read(b); n != 0 || err != io.EOF {
		t.Errorf("read at the end: %d, %v", n, err)
	}
	if _, err := in.Write(b); !errors.Is(err, os.ErrClosed) {
		t.Errorf("write to a closed file: %v", err)
	}
	r.Close()
	if _, err := out.Read(b); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read of a closed file: %v", err)
	}

	r, w, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	if _, err := (clock.Pipe{File: w}).Write(b); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write that nobody reads: %v", err)
	}

	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := (clock.Pipe{File: f}).Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("write to a file that is no pipe: %d, %v", n, err)
	}
	if n, err := (clock.Pipe{File: f}).Read(b); n != 0 || err != io.EOF {
		t.Errorf("read of a file that is no pipe: %d, %v", n, err)
	}
}
