package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/build"
)

// compile builds the application and returns the path of its binary. The functions of its
// stacks are compiled meanwhile: the application, which needs them, finds them. compiled
// is told how many packages of the application have been compiled.
func (s synthesizer) compile(ctx context.Context, compiled func(packages int)) (string, error) {
	functions := make(chan struct{})
	go func() {
		defer close(functions)
		// The application sees the error itself, and says what to do.
		_, _ = build.Functions(s.Module)
	}()
	kept := s.keptBinary()
	if err := s.build(ctx, kept, compiled); err != nil {
		return "", fmt.Errorf("compile the application: %w", err)
	}
	binary := filepath.Join(s.Work, "app")
	if kept != binary {
		// Another lab may replace the kept one while this one runs.
		if err := link(kept, binary); err != nil {
			return "", fmt.Errorf("compile the application: %w", err)
		}
	}
	<-functions
	return binary, nil
}

// keptBinaries is how many modules' binaries are kept.
const keptBinaries = 4

// keptBinary is where the module's binary is kept, in the user's cache: what is there
// and has not changed is not linked again. It is in Work where there is no cache.
func (s synthesizer) keptBinary() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return filepath.Join(s.Work, "app")
	}
	sum := sha256.Sum256([]byte(s.Module))
	all := filepath.Join(cache, "proven-endpoints", "applications")
	own := filepath.Join(all, hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(own, 0o755); err != nil {
		return filepath.Join(s.Work, "app")
	}
	now := time.Now()
	_ = os.Chtimes(own, now, now) // it was used
	removeOld(all)
	return filepath.Join(own, "app")
}

// removeOld removes all but the last used folders. What cannot be removed stays.
func removeOld(dir string) {
	entries, _ := os.ReadDir(dir)
	used := func(e os.DirEntry) time.Time {
		if info, err := e.Info(); err == nil {
			return info.ModTime()
		}
		return time.Time{}
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return used(b).Compare(used(a)) })
	for i := keptBinaries; i < len(entries); i++ {
		_ = os.RemoveAll(filepath.Join(dir, entries[i].Name()))
	}
}

// link gives a file another name, or copies it where that cannot be.
func link(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// build compiles the module's command. It prints each package that it compiles.
func (s synthesizer) build(ctx context.Context, target string, compiled func(packages int)) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-v", "-o", target, ".")
	cmd.Dir = s.Module
	printed, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var said []string
	packages := 0
	for lines := bufio.NewScanner(printed); lines.Scan(); {
		if line := lines.Text(); isPackage(line) {
			packages++
			compiled(packages)
		} else {
			said = append(said, line)
		}
	}
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if text := strings.TrimSpace(strings.Join(said, "\n")); text != "" {
			return fmt.Errorf("%w:\n%s", err, text)
		}
		return err
	}
	return nil
}

// isPackage reports whether a line that `go build -v` prints is the path of a package: one
// word, where a message has several.
func isPackage(line string) bool {
	return line != "" && !strings.ContainsAny(line, " \t:")
}
