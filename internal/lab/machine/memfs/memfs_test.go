package memfs

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func newFS(t *testing.T) (*FS, *strings.Builder) {
	t.Helper()
	console := new(strings.Builder)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := New(func() time.Time { return now }, console)
	if err := f.Mkdir("/tmp", false); err != nil {
		t.Fatal(err)
	}
	return f, console
}

// TestErrors compares the errors with those of Linux's system calls.
func TestErrors(t *testing.T) {
	t.Parallel()
	f, _ := newFS(t)
	if err := f.WriteFile("/tmp/file", []byte("x")); err != nil {
		t.Fatal(err)
	}
	read := func(name string) error { _, err := f.ReadFile(name); return err }
	list := func(name string) error { _, err := f.ReadDir(name); return err }
	for _, test := range []struct {
		name string
		got  error
		want error
	}{
		{"read a missing file", read("/tmp/none"), syscall.ENOENT},
		{"read a directory", read("/tmp"), syscall.EISDIR},
		{"write into a missing directory", f.WriteFile("/none/file", nil), syscall.ENOENT},
		{"write below a file", f.WriteFile("/tmp/file/x", nil), syscall.ENOTDIR},
		{"list a missing directory", list("/none"), syscall.ENOENT},
		{"list a file", list("/tmp/file"), syscall.ENOTDIR},
		{"create an existing directory", f.Mkdir("/tmp", false), syscall.EEXIST},
		{"create an existing directory with parents", f.Mkdir("/tmp", true), nil},
		{"create a directory without its parent", f.Mkdir("/a/b", false), syscall.ENOENT},
		{"create a directory below a file", f.Mkdir("/tmp/file/b", true), syscall.ENOTDIR},
		{"remove a directory", f.Remove("/tmp", false), syscall.EISDIR},
		{"remove a missing file", f.Remove("/tmp/none", true), syscall.ENOENT},
		{"change a missing file", f.Chmod("/none", 0o600), syscall.ENOENT},
		{"execute a plain file", f.CheckExecutable("/tmp/file"), syscall.EACCES},
		{"execute a missing file", f.CheckExecutable("/tmp/none"), syscall.ENOENT},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
		}
	}
}

// TestHandles opens one file several times.
func TestHandles(t *testing.T) {
	t.Parallel()
	f, _ := newFS(t)
	open := func(flag int) io.ReadWriteCloser {
		h, err := f.Open("/tmp/x", flag, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	write := func(to io.Writer, text string) {
		if _, err := io.WriteString(to, text); err != nil {
			t.Fatal(err)
		}
	}
	first := open(os.O_CREATE | os.O_WRONLY)
	write(first, "abc")
	write(open(os.O_WRONLY|os.O_APPEND), "d")
	write(open(os.O_WRONLY), "A")
	open(os.O_WRONLY | os.O_TRUNC)
	write(first, "d") // after a gap of three
	if got, err := f.ReadFile("/tmp/x"); string(got) != "\x00\x00\x00d" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if stat, err := f.Stat("/tmp/x"); err != nil || stat.Mode() != 0o600 || stat.Size() != 4 || stat.ModTime().Year() != 2026 {
		t.Errorf("got %+v, %v", stat, err)
	}
}

// TestDevices writes to the console and to nowhere.
func TestDevices(t *testing.T) {
	t.Parallel()
	f, console := newFS(t)
	for _, name := range []string{"/dev/null", "/dev/console"} {
		if err := f.WriteFile(name, []byte(name)); err != nil {
			t.Error(err)
		}
		if got, err := f.ReadFile(name); len(got) != 0 || err != nil {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if console.String() != "/dev/console" {
		t.Errorf("console: %q", console)
	}
}
