package shell

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/machine/commands"
	"provenendpoints/internal/lab/machine/memfs"
)

// RunChild is [commands.Shell]: it runs a script as a child of a process.
func RunChild(ctx context.Context, p *commands.Process, script commands.Script) int {
	file, err := Parse(script.Name, script.Text)
	if err != nil {
		return p.Fail(2, "bash: %v", err)
	}
	if findings := Check(file); len(findings) > 0 {
		return p.Fail(127, "bash: %v", errors.Join(findings...))
	}
	status, err := Run(ctx, p, file, script.Options, script.Args)
	if err != nil {
		return p.Fail(1, "bash: %v", err)
	}
	return status
}

// Run interprets a script with the directory, environment and streams of a
// process and returns its exit status. The error is of the interpreter itself,
// or ctx's.
func Run(ctx context.Context, p *commands.Process, script *syntax.File, options, args []string) (int, error) {
	env := commands.MergeEnv(append(p.LoginEnvironment(), p.Env...)...)
	params := append(slices.Clone(options), append([]string{"--"}, args...)...)
	var in *os.File
	if pipe, ok := p.In.(clock.Pipe); ok {
		in = pipe.File
	}
	var reads builtinReads
	defer reads.end()
	runner, err := interp.New(
		interp.Env(expand.ListEnviron(env...)),
		interp.Params(params...),
		interp.StdIO(nil, p.Out, p.Err),
		interp.CallHandler(func(ctx context.Context, args []string) ([]string, error) {
			reads.begin(args[0], interp.HandlerCtx(ctx).Stdin)
			return redirectBuiltins(args), nil
		}),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
			return func(ctx context.Context, args []string) error { return exec(ctx, p, args) }
		}),
		interp.OpenHandler(func(ctx context.Context, name string, flag int, mode os.FileMode) (io.ReadWriteCloser, error) {
			return p.Files.Open(inDir(ctx, name), flag, mode)
		}),
		interp.StatHandler(func(ctx context.Context, name string, _ bool) (fs.FileInfo, error) {
			return p.Files.Stat(inDir(ctx, name))
		}),
		interp.ReadDirHandler2(func(ctx context.Context, name string) ([]fs.DirEntry, error) {
			return p.Files.ReadDir(inDir(ctx, name))
		}),
		interp.AccessHandler(func(_ context.Context, name string, mode interp.AccessMode) error {
			if mode&interp.AccessExec != 0 {
				return p.Files.CheckExecutable(name)
			}
			_, err := p.Files.Stat(name)
			return err
		}),
	)
	if err != nil {
		return 0, err
	}
	if in != nil {
		if err := interp.StdIO(in, p.Out, p.Err)(runner); err != nil {
			return 0, err
		}
	}
	// interp.Dir would look for the directory on the real disk.
	runner.Dir = path.Clean(p.Dir)
	err = runner.Run(ctx, script)
	var status interp.ExitStatus
	if errors.As(err, &status) {
		return int(status), nil
	}
	return 0, err
}

// exec runs what is neither a builtin nor a function, as a child of the process
// that the script is.
func exec(ctx context.Context, parent *commands.Process, args []string) error {
	hc := interp.HandlerCtx(ctx)
	p := &commands.Process{
		System: parent.System, Dir: hc.Dir, Env: exported(hc.Env),
		In: standardInput(hc.Stdin), Out: standardOutput(hc.Stdout), Err: standardOutput(hc.Stderr),
	}
	var status int
	switch args[0] {
	case lookUpCommand:
		status = runCommandV(p, args[1:])
	case unsupportedBuiltin:
		status = p.Fail(2, "bash: %s: not supported", args[1])
	default:
		status = p.Run(ctx, args)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if status != 0 {
		return interp.ExitStatus(status)
	}
	return nil
}

// exported are the variables that a command of a script sees.
func exported(env expand.Environ) []string {
	var out []string
	env.Each(func(name string, v expand.Variable) bool {
		if v.Exported && v.Kind == expand.String {
			out = append(out, name+"="+v.Str)
		}
		return true
	})
	return commands.MergeEnv(out...)
}

// inDir resolves a file's name against the script's working directory.
func inDir(ctx context.Context, name string) string {
	return memfs.Absolute(interp.HandlerCtx(ctx).Dir, name)
}
