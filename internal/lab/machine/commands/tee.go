package commands

import (
	"context"
	"io"
	"os"
)

func init() { register(runTee, "tee") }

func runTee(_ context.Context, p *Process) int {
	f := p.flags()
	appends := f.toggle("a", "append")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	to := []io.Writer{p.Out}
	mode := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if *appends {
		mode = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	for _, name := range names {
		out, err := p.Files.Open(p.path(name), mode, 0o644)
		if err != nil {
			status = p.Fail(1, "tee: %s: %s", name, reason(err))
			continue
		}
		to = append(to, out)
	}
	if _, err := io.Copy(io.MultiWriter(to...), p.In); err != nil {
		return 1
	}
	return status
}
