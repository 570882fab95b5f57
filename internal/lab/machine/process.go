package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// process is one run of a command.
type process struct {
	*Machine
	name     string
	args     []string // without the name
	dir      string
	env      expand.Environ
	in       io.Reader
	out, err io.Writer
	// unprivileged processes run as another user than root, without the right
	// to listen below port 1024.
	unprivileged bool
}

// command runs a process to its end and returns its exit status.
type command func(ctx context.Context, p *process) int

// The names under which onlyInside hands builtins over to exec.
const (
	lookup             = "\x00command -v"
	unsupportedBuiltin = "\x00unsupported"
)

// commands are the programs of a machine. The map is filled in init because
// the shell among them runs the others.
var commands map[string]command

func init() {
	commands = map[string]command{
		"bash": runShell, "sh": runShell,
		"basename": basename, "cat": cat, "chmod": chmod, "cp": copyFile, "cut": cut, "date": date, "dirname": dirname,
		"env": printEnv, "grep": grep, "head": head, "hostname": hostname, "id": identity, "ls": list, "mkdir": makeDir,
		"mv": moveFile, "paste": paste, "rm": remove, "sed": sed, "seq": sequence, "sleep": sleep, "sort": sortLines,
		"sync": succeed, "true": succeed, "false": failAlways, "echo": echo, "tail": tail, "tee": tee, "touch": touch, "tr": translate, "uname": uname, "uniq": uniq, "wc": count,
		"timeout": timeout, "xargs": xargs,
		"curl": curl, "dig": dig, "getent": getent, "ping": ping,
		"python3": python, "systemctl": systemctl, "journalctl": journalctl, "logger": logger,
	}
}

// exec is the interpreter's way to run what is neither a builtin nor a function.
func (m *Machine) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	p := &process{
		Machine: m, dir: hc.Dir, env: hc.Env,
		in: standardInput(hc.Stdin), out: output(hc.Stdout), err: output(hc.Stderr),
	}
	status := p.run(ctx, args)
	if err := ctx.Err(); err != nil {
		return err
	}
	if status != 0 {
		return interp.ExitStatus(status)
	}
	return nil
}

// run finds the command and runs it.
func (p *process) run(ctx context.Context, args []string) int {
	p.name, p.args = args[0], args[1:]
	switch p.name {
	case lookup:
		return commandV(p)
	case unsupportedBuiltin:
		return p.fail(2, "bash: %s: not supported", p.args[0])
	}
	if dir, base := path.Split(p.name); dir != "" {
		if strings.HasPrefix(dir, "/usr/bin/") || dir == "/bin/" || dir == "/usr/sbin/" || dir == "/sbin/" {
			p.name = base
		} else {
			return p.runFile(ctx)
		}
	}
	run, ok := commands[p.name]
	if !ok {
		return p.fail(127, "bash: %s: command not found", p.name)
	}
	return run(ctx, p)
}

// commandV answers "command -v NAME".
func commandV(p *process) int {
	name := p.args[0]
	switch {
	case interp.IsBuiltin(name):
		fmt.Fprintln(p.out, name)
	case commands[path.Base(name)] != nil:
		fmt.Fprintln(p.out, "/usr/bin/"+path.Base(name))
	default:
		return 1
	}
	return 0
}

// runFile runs a script that the machine's own files hold.
func (p *process) runFile(ctx context.Context) int {
	name := absolute(p.dir, p.name)
	stat, err := p.files.stat(name)
	switch {
	case err != nil:
		return p.fail(127, "bash: %s: No such file or directory", p.name)
	case stat.IsDir() || stat.Mode().Perm()&0o111 == 0:
		return p.fail(126, "bash: %s: Permission denied", p.name)
	}
	text, err := p.files.read(name)
	if err != nil {
		return p.fail(126, "bash: %s: %s", p.name, reason(err))
	}
	script, options, err := parseUserData(string(text))
	if err != nil {
		return p.fail(126, "bash: %s: %v", p.name, err)
	}
	return p.interpret(ctx, script, options, p.args)
}

// runShell is bash: bash FILE [ARG…], bash -c TEXT [NAME [ARG…]], and options.
func runShell(ctx context.Context, p *process) int {
	var options []string
	args := p.args
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-c" {
		options = append(options, args[0])
		args = args[1:]
	}
	var text []byte
	var err error
	switch {
	case len(args) >= 2 && args[0] == "-c":
		text = []byte(args[1])
		args = args[min(len(args), 3):]
	case len(args) == 0 || args[0] == "-c":
		return p.fail(2, "%s: want a script file or -c TEXT", p.name)
	default:
		if text, err = p.files.read(absolute(p.dir, args[0])); err != nil {
			return p.fail(127, "%s: %s: %s", p.name, args[0], reason(err))
		}
		args = args[1:]
	}
	script, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(string(text)), p.name)
	if err != nil {
		return p.fail(2, "%s: %v", p.name, err)
	}
	return p.interpret(ctx, script, options, args)
}

// interpret runs a script as a child of this process.
func (p *process) interpret(ctx context.Context, script *syntax.File, options, args []string) int {
	if err := checkScript(script); err != nil {
		return p.fail(127, "bash: %v", err)
	}
	sh := interpreter{machine: p.Machine, dir: p.dir, env: p.exported(), options: options, args: args, out: p.out, err: p.err}
	if in, ok := p.in.(pipe); ok {
		sh.in = in.File
	}
	status, err := sh.run(ctx, script)
	if err != nil {
		return p.fail(1, "bash: %v", err)
	}
	return status
}

// exported are the environment variables that a child sees.
func (p *process) exported() []string {
	var out []string
	if p.env != nil {
		p.env.Each(func(name string, v expand.Variable) bool {
			if v.Exported && v.Kind == expand.String {
				out = append(out, name+"="+v.Str)
			}
			return true
		})
	}
	return out
}

// fail prints a line on standard error and returns the status.
func (p *process) fail(status int, format string, args ...any) int {
	fmt.Fprintf(p.err, format+"\n", args...)
	return status
}

// unknownFlag refuses a flag that the command here does not have, whether or
// not the real one has it.
func (p *process) unknownFlag(flag string) int {
	return p.fail(2, "%s: unsupported option %q", p.name, flag)
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

// listEnviron is an environment made of NAME=VALUE texts.
func listEnviron(env []string) expand.Environ { return expand.ListEnviron(env...) }
