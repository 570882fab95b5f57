package commands

import (
	"context"
	"io/fs"
	"strconv"
)

func init() { register(runMkdir, "mkdir") }

func runMkdir(_ context.Context, p *Process) int {
	f := p.flags()
	parents, mode := f.toggle("p", "parents"), f.text("m", "mode", "")
	f.toggle("v", "verbose")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	if len(names) == 0 {
		return p.Fail(1, "mkdir: missing operand")
	}
	for _, name := range names {
		if err := p.Files.Mkdir(p.path(name), *parents); err != nil {
			status = p.Fail(1, "mkdir: cannot create directory '%s': %s", name, reason(err))
			continue
		}
		if mode.given {
			bits, err := strconv.ParseUint(mode.text, 8, 32)
			if err != nil {
				return p.Fail(1, "mkdir: invalid mode %q", mode.text)
			}
			if err := p.Files.Chmod(p.path(name), fs.FileMode(bits)); err != nil {
				return p.Fail(1, "mkdir: %s", reason(err))
			}
		}
	}
	return status
}
