package machine

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

// files is the machine's file system. It lives in memory and knows files and
// directories, no links and no owners: everything runs as root.
type files struct {
	now     func() time.Time
	console io.Writer

	mu    sync.Mutex
	nodes map[string]*node // by cleaned absolute path
}

type node struct {
	data     []byte
	mode     fs.FileMode
	modified time.Time
}

// newFiles makes the directories of a fresh instance and a file for each
// command, so that scripts can test for them.
func newFiles(now func() time.Time, console io.Writer) *files {
	f := &files{now: now, console: console, nodes: map[string]*node{}}
	for _, dir := range []string{
		"/", "/bin", "/dev", "/etc", "/etc/systemd", "/etc/systemd/system", "/home", "/home/ec2-user", "/opt",
		"/root", "/run", "/sbin", "/srv", "/tmp", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin", "/usr/sbin",
		"/var", "/var/lib", "/var/log", "/var/tmp",
	} {
		f.nodes[dir] = &node{mode: fs.ModeDir | 0o755, modified: now()}
	}
	for name := range commands {
		f.nodes["/usr/bin/"+name] = &node{mode: 0o755, modified: now()}
	}
	return f
}

func pathError(op, name string, err syscall.Errno) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// open opens a file like open(2).
func (f *files) open(name string, flag int, mode fs.FileMode) (io.ReadWriteCloser, error) {
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
	return &handle{files: f, node: n, append: flag&os.O_APPEND != 0}, nil
}

// handle is an open file.
type handle struct {
	files  *files
	node   *node
	offset int
	append bool
}

// Read reads on from the last read or write.
func (h *handle) Read(p []byte) (int, error) {
	h.files.mu.Lock()
	defer h.files.mu.Unlock()
	if h.offset >= len(h.node.data) {
		return 0, io.EOF
	}
	n := copy(p, h.node.data[h.offset:])
	h.offset += n
	return n, nil
}

// Write writes at the end of the last read or write, or of the file.
func (h *handle) Write(p []byte) (int, error) {
	h.files.mu.Lock()
	defer h.files.mu.Unlock()
	if h.append {
		h.offset = len(h.node.data)
	}
	// Another handle may have cut the file off: the gap reads as zeros.
	if gap := h.offset - len(h.node.data); gap > 0 {
		h.node.data = append(h.node.data, make([]byte, gap)...)
	}
	h.node.data = append(h.node.data[:h.offset], append(append([]byte{}, p...), h.node.data[min(len(h.node.data), h.offset+len(p)):]...)...)
	h.offset += len(p)
	h.node.modified = h.files.now()
	return len(p), nil
}

// Close does nothing: memory needs no closing.
func (h *handle) Close() error { return nil }

// device swallows what is written, or passes it on, and reads as empty.
type device struct{ to io.Writer }

// Read returns io.EOF.
func (device) Read([]byte) (int, error) { return 0, io.EOF }

// Write passes p on, if to anywhere.
func (d device) Write(p []byte) (int, error) {
	if d.to != nil {
		return d.to.Write(p)
	}
	return len(p), nil
}

// Close does nothing.
func (device) Close() error { return nil }

func (f *files) read(name string) ([]byte, error) {
	in, err := f.open(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(in)
}

func (f *files) write(name string, data []byte) error {
	out, err := f.open(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

func (f *files) stat(name string) (fs.FileInfo, error) {
	name = path.Clean(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.nodes[name]
	if !ok {
		return nil, pathError("stat", name, syscall.ENOENT)
	}
	return info{path.Base(name), int64(len(n.data)), n.mode, n.modified}, nil
}

// list returns the entries of a directory, sorted.
func (f *files) list(name string) ([]fs.DirEntry, error) {
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
			out = append(out, fs.FileInfoToDirEntry(info{path.Base(p), int64(len(n.data)), n.mode, n.modified}))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name() < out[j].Name() })
	return out, nil
}

// mkdir makes a directory, with its parents if asked; then one that exists is
// no error.
func (f *files) mkdir(name string, parents bool) error {
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

// remove removes a file, or a directory with all that is in it.
func (f *files) remove(name string, recursive bool) error {
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

func (f *files) chmod(name string, mode fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.nodes[path.Clean(name)]
	if !ok {
		return pathError("chmod", name, syscall.ENOENT)
	}
	n.mode = n.mode.Type() | mode.Perm()
	return nil
}
