package machine

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/interp"
)

func (f *files) openHandler(ctx context.Context, name string, flag int, mode os.FileMode) (io.ReadWriteCloser, error) {
	return f.open(absolute(interp.HandlerCtx(ctx).Dir, name), flag, mode)
}

func (f *files) statHandler(ctx context.Context, name string, _ bool) (fs.FileInfo, error) {
	return f.stat(absolute(interp.HandlerCtx(ctx).Dir, name))
}

func (f *files) readDirHandler(ctx context.Context, name string) ([]fs.DirEntry, error) {
	return f.list(absolute(interp.HandlerCtx(ctx).Dir, name))
}

// accessHandler lets root do everything but execute what is not executable.
func (f *files) accessHandler(_ context.Context, name string, mode interp.AccessMode) error {
	i, err := f.stat(name)
	if err != nil {
		return err
	}
	if mode&interp.AccessExec != 0 && i.Mode().Perm()&0o111 == 0 {
		return pathError("access", name, syscall.EACCES)
	}
	return nil
}

// absolute resolves name against the working directory.
func absolute(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}

// info is a snapshot of a node.
type info struct {
	name     string
	size     int64
	mode     fs.FileMode
	modified time.Time
}

// The methods of fs.FileInfo.
func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.modified }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
