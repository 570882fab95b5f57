package commands

import (
	"context"
	"path"
)

func init() {
	register(runCp, "cp")
	register(runMv, "mv")
}

func runCp(_ context.Context, p *Process) int {
	f := p.flags()
	f.toggle("f", "force")
	f.toggle("p", "preserve")
	operands, status := f.parse()
	if status != 0 {
		return status
	}
	_, _, status = p.copyFile(operands)
	return status
}

func runMv(_ context.Context, p *Process) int {
	f := p.flags()
	f.toggle("f", "force")
	operands, status := f.parse()
	if status != 0 {
		return status
	}
	source, target, status := p.copyFile(operands)
	if status != 0 || source == target {
		return status
	}
	if err := p.Files.Remove(source, false); err != nil {
		return p.Fail(1, "mv: %s", reason(err))
	}
	return 0
}

// copyFile copies a file with its mode, into the target if that is a directory.
// It returns the paths of both and the exit status.
func (p *Process) copyFile(operands []string) (source, target string, status int) {
	if len(operands) != 2 {
		return "", "", p.Fail(1, "%s: want a source and a target", p.Name)
	}
	source, target = p.path(operands[0]), p.path(operands[1])
	if stat, err := p.Files.Stat(target); err == nil && stat.IsDir() {
		target = path.Join(target, path.Base(source))
	}
	data, err := p.Files.ReadFile(source)
	if err != nil {
		return "", "", p.Fail(1, "%s: cannot stat '%s': %s", p.Name, operands[0], reason(err))
	}
	stat, err := p.Files.Stat(source)
	if err == nil {
		err = p.Files.WriteFile(target, data)
	}
	if err == nil {
		err = p.Files.Chmod(target, stat.Mode())
	}
	if err != nil {
		return "", "", p.Fail(1, "%s: cannot create '%s': %s", p.Name, operands[1], reason(err))
	}
	return source, target, 0
}
