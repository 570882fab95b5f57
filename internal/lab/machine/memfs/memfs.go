// Package memfs is a machine's file system, in memory.
//
// It knows files, directories, permission bits and the devices that scripts
// write to. It knows no links and no owners: everything runs as root. Its
// errors are those of the Linux system calls, because commands print them.
// What a command does with files belongs to the package commands.
//
// It is not spf13/afero, whose memory file system creates missing parent
// directories, writes over directories, stamps files with the wall's time, has no
// devices, and reports errors that are not Linux's.
package memfs

import (
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

// FS is a file system. Its methods may be called concurrently.
type FS struct {
	now     func() time.Time
	console io.Writer

	mu    sync.Mutex
	nodes map[string]*node // by cleaned absolute path
}

// node is a file or a directory.
type node struct {
	data     []byte
	mode     fs.FileMode
	modified time.Time
}

// New returns a file system with an empty root directory. Files get their times
// from now, and what is written to /dev/console goes to console.
func New(now func() time.Time, console io.Writer) *FS {
	root := &node{mode: fs.ModeDir | 0o755, modified: now()}
	return &FS{now: now, console: console, nodes: map[string]*node{"/": root}}
}

// Absolute resolves name against the working directory.
func Absolute(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}

func pathError(op, name string, err syscall.Errno) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Open opens a file like open(2). The flags are those of [os.OpenFile].
func (f *FS) Open(name string, flag int, mode fs.FileMode) (io.ReadWriteCloser, error) {
	name = path.Clean(name)
	switch name {
	case "/dev/null":
		return device{}, nil
	case "/dev/console", "/dev/stdout", "/dev/stderr":
		return device{f.console}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.nodes[name]
	switch {
	case ok && n.mode.IsDir():
		return nil, pathError("open", name, syscall.EISDIR)
	case !ok && flag&os.O_CREATE == 0:
		return nil, pathError("open", name, syscall.ENOENT)
	case !ok:
		parent, ok := f.nodes[path.Dir(name)]
		if !ok {
			return nil, pathError("open", name, syscall.ENOENT)
		}
		if !parent.mode.IsDir() {
			return nil, pathError("open", name, syscall.ENOTDIR)
		}
		n = &node{mode: mode.Perm(), modified: f.now()}
		f.nodes[name] = n
	case flag&os.O_TRUNC != 0:
		n.data, n.modified = nil, f.now()
	}
	return &handle{fs: f, node: n, append: flag&os.O_APPEND != 0}, nil
}

// ReadFile returns the content of a file.
func (f *FS) ReadFile(name string) ([]byte, error) {
	in, err := f.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(in)
}

// WriteFile creates a file with mode 0644, or replaces its content.
func (f *FS) WriteFile(name string, data []byte) error {
	out, err := f.Open(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// Stat describes a file or a directory.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	name = path.Clean(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.nodes[name]
	if !ok {
		return nil, pathError("stat", name, syscall.ENOENT)
	}
	return n.info(name), nil
}

// ReadDir returns the entries of a directory, sorted by name.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	name = path.Clean(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.nodes[name]
	if !ok {
		return nil, pathError("open", name, syscall.ENOENT)
	}
	if !n.mode.IsDir() {
		return nil, pathError("readdir", name, syscall.ENOTDIR)
	}
	var out []fs.DirEntry
	for p, n := range f.nodes {
		if p != "/" && path.Dir(p) == name {
			out = append(out, fs.FileInfoToDirEntry(n.info(p)))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name() < out[j].Name() })
	return out, nil
}

// Mkdir creates a directory. With parents, it creates missing parents too, and
// a directory that exists is no error.
func (f *FS) Mkdir(name string, parents bool) error {
	name = path.Clean(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	if n, ok := f.nodes[name]; ok {
		if parents && n.mode.IsDir() {
			return nil
		}
		return pathError("mkdir", name, syscall.EEXIST)
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		n, ok := f.nodes[dir]
		if ok && !n.mode.IsDir() {
			return pathError("mkdir", name, syscall.ENOTDIR)
		}
		if ok {
			break
		}
		if !parents {
			return pathError("mkdir", name, syscall.ENOENT)
		}
		f.nodes[dir] = &node{mode: fs.ModeDir | 0o755, modified: f.now()}
	}
	f.nodes[name] = &node{mode: fs.ModeDir | 0o755, modified: f.now()}
	return nil
}

// Remove removes a file or, if recursive, a directory with its content.
func (f *FS) Remove(name string, recursive bool) error {
	name = path.Clean(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.nodes[name]
	switch {
	case !ok:
		return pathError("remove", name, syscall.ENOENT)
	case n.mode.IsDir() && !recursive:
		return pathError("remove", name, syscall.EISDIR)
	}
	delete(f.nodes, name)
	for p := range f.nodes {
		if strings.HasPrefix(p, strings.TrimSuffix(name, "/")+"/") {
			delete(f.nodes, p)
		}
	}
	return nil
}

// Chmod sets the permission bits.
func (f *FS) Chmod(name string, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.nodes[path.Clean(name)]
	if !ok {
		return pathError("chmod", name, syscall.ENOENT)
	}
	n.mode = n.mode.Type() | mode.Perm()
	return nil
}

// CheckExecutable returns EACCES for a file without any execute permission.
// Root may read and write everything, so this is the only permission to check.
func (f *FS) CheckExecutable(name string) error {
	i, err := f.Stat(name)
	if err != nil {
		return err
	}
	if i.Mode().Perm()&0o111 == 0 {
		return pathError("access", name, syscall.EACCES)
	}
	return nil
}
