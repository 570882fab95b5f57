package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"sort"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Check reads user data without running it: is it a shell script, does it
// parse, are all its commands known? It returns nil for empty user data. What
// stands in variables is only known when it runs.
func Check(userData string) error {
	if strings.TrimSpace(userData) == "" {
		return nil
	}
	script, _, err := parseUserData(userData)
	if err != nil {
		return err
	}
	return checkScript(script)
}

// shells are the interpreters that the first line may name.
var shells = []string{"/bin/bash", "/usr/bin/bash", "/bin/sh", "/usr/bin/sh", "/usr/bin/env bash", "/usr/bin/env sh"}

// parseUserData reads a script and the shell options of its first line.
func parseUserData(userData string) (*syntax.File, []string, error) {
	first, _, _ := strings.Cut(userData, "\n")
	line, ok := strings.CutPrefix(first, "#!")
	if !ok {
		return nil, nil, fmt.Errorf("user data: only scripts are supported, which begin with #!; this begins with %.20q", first)
	}
	fields := strings.Fields(line)
	var options []string
	for len(fields) > 0 && strings.HasPrefix(fields[len(fields)-1], "-") {
		options = append([]string{fields[len(fields)-1]}, options...)
		fields = fields[:len(fields)-1]
	}
	if !slices.Contains(shells, strings.Join(fields, " ")) {
		return nil, nil, fmt.Errorf("user data: unsupported interpreter %q", strings.TrimSpace(line))
	}
	script, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(userData), "user-data")
	if err != nil {
		return nil, nil, fmt.Errorf("user data: %w", err)
	}
	return script, options, nil
}

// checkScript names the commands that are neither built in, nor defined by the
// script, nor known, and the syntax that would touch the real machine.
func checkScript(script *syntax.File) error {
	unknown, defined := map[string]bool{}, map[string]bool{}
	var failures []error
	syntax.Walk(script, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.FuncDecl:
			if n.Name != nil {
				defined[n.Name.Value] = true
			}
		case *syntax.ProcSubst:
			failures = append(failures, fmt.Errorf("user data: line %d: process substitution is not supported", n.Pos().Line()))
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				return true
			}
			// A path may be a file that the script writes itself.
			name := n.Args[0].Lit()
			if name != "" && !strings.Contains(name, "/") && commands[name] == nil && !interp.IsBuiltin(name) {
				unknown[name] = true
			}
		}
		return true
	})
	names := make([]string, 0, len(unknown))
	for name := range unknown {
		if !defined[name] {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		failures = append(failures, fmt.Errorf("user data: unsupported command %q", name))
	}
	return errors.Join(failures...)
}

// runUserData runs the script to its end.
func (m *Machine) runUserData(userData string) error {
	script, options, err := parseUserData(userData)
	if err != nil {
		return err
	}
	sh := interpreter{machine: m, dir: "/", out: &m.console, err: &m.console, options: options}
	status, err := sh.run(m.ctx, script)
	switch {
	case m.ctx.Err() != nil:
		return fmt.Errorf("the machine was stopped: %w", m.ctx.Err())
	case err != nil:
		return err
	case status != 0:
		return fmt.Errorf("exit status %d", status)
	}
	return nil
}

// interpreter is one run of the shell.
type interpreter struct {
	machine  *Machine
	dir      string
	env      []string // besides the login environment
	options  []string // such as -e
	args     []string // $1 and following
	in       *os.File
	out, err interface{ Write([]byte) (int, error) }
}

// loginEnvironment is root's. Nothing of the real process's environment shows.
func (m *Machine) loginEnvironment() []string {
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/bash", "LANG=C.UTF-8",
		"HOSTNAME=" + m.name, "UID=0", "EUID=0", "GID=0",
	}
}

// run interprets a script and returns its exit status.
func (s interpreter) run(ctx context.Context, script *syntax.File) (int, error) {
	env := append(s.machine.loginEnvironment(), s.env...)
	params := append(slices.Clone(s.options), append([]string{"--"}, s.args...)...)
	m := s.machine
	var reads builtinReads
	defer reads.end()
	runner, err := interp.New(
		interp.Env(expand.ListEnviron(env...)),
		interp.Params(params...),
		interp.StdIO(nil, s.out, s.err),
		interp.CallHandler(func(ctx context.Context, args []string) ([]string, error) {
			reads.begin(args[0], interp.HandlerCtx(ctx).Stdin)
			return onlyInside(args), nil
		}),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return m.exec }),
		interp.OpenHandler(m.files.openHandler),
		interp.StatHandler(m.files.statHandler),
		interp.ReadDirHandler2(m.files.readDirHandler),
		interp.AccessHandler(m.files.accessHandler),
	)
	if err != nil {
		return 0, err
	}
	if s.in != nil {
		if err := interp.StdIO(s.in, s.out, s.err)(runner); err != nil {
			return 0, err
		}
	}
	// interp.Dir would look for the directory on the real disk.
	runner.Dir = path.Clean(s.dir)
	err = runner.Run(ctx, script)
	var status interp.ExitStatus
	if errors.As(err, &status) {
		return int(status), nil
	}
	return 0, err
}

// onlyInside turns away the interpreter's builtins that would look at the real
// disk, and answers "command -v" from the machine's own commands.
func onlyInside(args []string) []string {
	switch {
	case args[0] == "command" && len(args) == 3 && args[1] == "-v":
		return []string{lookup, args[2]}
	case args[0] == "source", args[0] == ".", args[0] == "type", args[0] == "hash":
		return append([]string{unsupportedBuiltin}, args...)
	}
	return args
}
