package commands

import (
	"context"
	"io/fs"
	"strconv"
)

func init() { register(runChmod, "chmod") }

// runChmod takes octal modes, and +x, a+x, u+x. It has no flags: a word with a
// dash is a mode that takes permissions away, which is not supported.
func runChmod(_ context.Context, p *Process) int {
	if len(p.Args) < 2 {
		return p.Fail(1, "chmod: missing operand")
	}
	for _, name := range p.Args[1:] {
		stat, err := p.Files.Stat(p.path(name))
		if err != nil {
			return p.Fail(1, "chmod: cannot access '%s': %s", name, reason(err))
		}
		var mode fs.FileMode
		switch p.Args[0] {
		case "+x", "a+x":
			mode = stat.Mode() | 0o111
		case "u+x":
			mode = stat.Mode() | 0o100
		default:
			n, err := strconv.ParseUint(p.Args[0], 8, 32)
			if err != nil {
				return p.Fail(1, "chmod: unsupported mode %q", p.Args[0])
			}
			mode = fs.FileMode(n)
		}
		if err := p.Files.Chmod(p.path(name), mode); err != nil {
			return p.Fail(1, "chmod: %s", reason(err))
		}
	}
	return 0
}
