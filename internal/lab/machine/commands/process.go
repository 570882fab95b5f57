package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/machine/memfs"
)

// Process is one run of a command.
type Process struct {
	*System
	// Name is the command's, without a path; Args follow it. [Process.Run] sets both.
	Name string
	Args []string
	// Dir is the working directory.
	Dir string
	// Env are the environment variables as NAME=VALUE, each name once.
	Env []string
	// In, Out and Err are the standard streams.
	In       io.Reader
	Out, Err io.Writer
	// Unprivileged processes run as another user than root, without the right
	// to listen below port 1024.
	Unprivileged bool
}

// Run finds the command of a command line and runs it to its end. It returns
// the exit status.
func (p *Process) Run(ctx context.Context, words []string) int {
	p.Name, p.Args = words[0], words[1:]
	if dir, base := path.Split(p.Name); dir != "" {
		// What an installer would have put elsewhere is found there, too.
		_, err := p.Files.Stat(p.path(p.Name))
		if !slices.Contains(commandDirectories, path.Clean(dir)) && (err == nil || path.Clean(dir) != "/usr/local/bin" || !Known(base)) {
			return p.runFile(ctx)
		}
		p.Name = base
	}
	run, ok := registry[p.Name]
	if !ok {
		return p.Fail(127, "bash: %s: command not found", p.Name)
	}
	return run(ctx, p)
}

// runFile runs a script that the machine's own files hold.
func (p *Process) runFile(ctx context.Context) int {
	stat, err := p.Files.Stat(p.path(p.Name))
	switch {
	case err != nil:
		return p.Fail(127, "bash: %s: No such file or directory", p.Name)
	case stat.IsDir() || stat.Mode().Perm()&0o111 == 0:
		return p.Fail(126, "bash: %s: Permission denied", p.Name)
	}
	text, err := p.Files.ReadFile(p.path(p.Name))
	if err != nil {
		return p.Fail(126, "bash: %s: %s", p.Name, reason(err))
	}
	options, err := ParseShebang(string(text))
	if err != nil {
		return p.Fail(126, "bash: %s: %v", p.Name, err)
	}
	return p.Shell(ctx, p, Script{Name: p.Name, Text: string(text), Options: options, Args: p.Args})
}

// Fail prints a line on standard error and returns the status.
func (p *Process) Fail(status int, format string, args ...any) int {
	fmt.Fprintf(p.Err, format+"\n", args...)
	return status
}

// child is a process with the same surroundings, for another command.
func (p *Process) child() *Process {
	c := *p
	return &c
}

// path resolves the name of a file against the working directory.
func (p *Process) path(name string) string { return memfs.Absolute(p.Dir, name) }

// resolver is a stub resolver over the machine's network.
func (p *Process) resolver() dns.Client {
	return dns.Client{Dial: p.Host.Dial, WithTimeout: p.Clock.WithTimeout}
}

// MergeEnv sets variables in an environment: the last setting of a name counts.
// The result is sorted.
func MergeEnv(env ...string) []string {
	var merged []string
	seen := map[string]bool{}
	for _, setting := range slices.Backward(env) {
		name, _, _ := strings.Cut(setting, "=")
		if !seen[name] {
			merged = append(merged, setting)
		}
		seen[name] = true
	}
	slices.Sort(merged)
	return merged
}

// reason is the text that C's strerror gives, as commands print it.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	text := err.Error()
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// timedOut reports whether ctx ended because its own time was over.
func timedOut(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}

// statusInterrupted is the exit status of a command that SIGINT ended.
const statusInterrupted = 130
