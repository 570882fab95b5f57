package machine

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strconv"
)

func makeDir(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "pv", "m")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	if len(f.operands) == 0 {
		return p.fail(1, "mkdir: missing operand")
	}
	status := 0
	for _, name := range f.operands {
		full := absolute(p.dir, name)
		if err := p.files.mkdir(full, f.on["p"]); err != nil {
			status = p.fail(1, "mkdir: cannot create directory '%s': %s", name, reason(err))
			continue
		}
		if m, ok := f.values["m"]; ok {
			mode, err := strconv.ParseUint(m, 8, 32)
			if err != nil {
				return p.fail(1, "mkdir: invalid mode %q", m)
			}
			if err := p.files.chmod(full, fs.FileMode(mode)); err != nil {
				return p.fail(1, "mkdir: %s", reason(err))
			}
		}
	}
	return status
}

func remove(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "rRf", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	status := 0
	for _, name := range f.operands {
		full := absolute(p.dir, name)
		if _, err := p.files.stat(full); err != nil && f.on["f"] {
			continue
		}
		if err := p.files.remove(full, f.on["r"] || f.on["R"]); err != nil {
			status = p.fail(1, "rm: cannot remove '%s': %s", name, reason(err))
		}
	}
	return status
}

func touch(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	for _, name := range f.operands {
		full := absolute(p.dir, name)
		data, _ := p.files.read(full)
		if err := p.files.write(full, data); err != nil {
			return p.fail(1, "touch: cannot touch '%s': %s", name, reason(err))
		}
	}
	return 0
}

// chmod takes octal modes, and +x, a+x, u+x.
func chmod(_ context.Context, p *process) int {
	if len(p.args) < 2 {
		return p.fail(1, "chmod: missing operand")
	}
	for _, name := range p.args[1:] {
		full := absolute(p.dir, name)
		stat, err := p.files.stat(full)
		if err != nil {
			return p.fail(1, "chmod: cannot access '%s': %s", name, reason(err))
		}
		var mode fs.FileMode
		switch p.args[0] {
		case "+x", "a+x":
			mode = stat.Mode() | 0o111
		case "u+x":
			mode = stat.Mode() | 0o100
		default:
			n, err := strconv.ParseUint(p.args[0], 8, 32)
			if err != nil {
				return p.fail(1, "chmod: unsupported mode %q", p.args[0])
			}
			mode = fs.FileMode(n)
		}
		if err := p.files.chmod(full, mode); err != nil {
			return p.fail(1, "chmod: %s", reason(err))
		}
	}
	return 0
}

// target is where a copy of source goes: into target if that is a directory.
func (p *process) target(source, target string) string {
	target = absolute(p.dir, target)
	if stat, err := p.files.stat(target); err == nil && stat.IsDir() {
		return path.Join(target, path.Base(source))
	}
	return target
}

func copyFile(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "fp", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	if len(f.operands) != 2 {
		return p.fail(1, "%s: want a source and a target", p.name)
	}
	source, target := absolute(p.dir, f.operands[0]), p.target(f.operands[0], f.operands[1])
	data, err := p.files.read(source)
	if err != nil {
		return p.fail(1, "%s: cannot stat '%s': %s", p.name, f.operands[0], reason(err))
	}
	stat, err := p.files.stat(source)
	if err == nil {
		err = p.files.write(target, data)
	}
	if err == nil {
		err = p.files.chmod(target, stat.Mode())
	}
	if err != nil {
		return p.fail(1, "%s: cannot create '%s': %s", p.name, f.operands[1], reason(err))
	}
	return 0
}

func moveFile(ctx context.Context, p *process) int {
	if status := copyFile(ctx, p); status != 0 {
		return status
	}
	f, _ := parseFlags(p.args, "fp", "")
	source := absolute(p.dir, f.operands[0])
	if source == p.target(f.operands[0], f.operands[1]) {
		return 0
	}
	if err := p.files.remove(source, false); err != nil {
		return p.fail(1, "mv: %s", reason(err))
	}
	return 0
}

// list is ls: names, one a line.
func list(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "1aA", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	if len(f.operands) == 0 {
		f.operands = []string{p.dir}
	}
	status := 0
	for _, name := range f.operands {
		full := absolute(p.dir, name)
		stat, err := p.files.stat(full)
		if err != nil {
			status = p.fail(2, "ls: cannot access '%s': %s", name, reason(err))
			continue
		}
		if !stat.IsDir() {
			fmt.Fprintln(p.out, name)
			continue
		}
		entries, err := p.files.list(full)
		if err != nil {
			return p.fail(2, "ls: %s", reason(err))
		}
		for _, entry := range entries {
			if entry.Name()[0] != '.' || f.on["a"] || f.on["A"] {
				fmt.Fprintln(p.out, entry.Name())
			}
		}
	}
	return status
}

func basename(_ context.Context, p *process) int {
	if len(p.args) != 1 {
		return p.fail(1, "basename: want one operand")
	}
	fmt.Fprintln(p.out, path.Base(p.args[0]))
	return 0
}

func dirname(_ context.Context, p *process) int {
	if len(p.args) != 1 {
		return p.fail(1, "dirname: want one operand")
	}
	fmt.Fprintln(p.out, path.Dir(p.args[0]))
	return 0
}
