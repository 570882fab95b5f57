package commands

import (
	"context"
	"fmt"
)

func init() { register(runLs, "ls") }

// runLs prints names, one a line.
func runLs(_ context.Context, p *Process) int {
	f := p.flags()
	f.toggle("1", "")
	all, almostAll := f.toggle("a", "all"), f.toggle("A", "almost-all")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	if len(names) == 0 {
		names = []string{p.Dir}
	}
	for _, name := range names {
		stat, err := p.Files.Stat(p.path(name))
		if err != nil {
			status = p.Fail(2, "ls: cannot access '%s': %s", name, reason(err))
			continue
		}
		if !stat.IsDir() {
			fmt.Fprintln(p.Out, name)
			continue
		}
		entries, err := p.Files.ReadDir(p.path(name))
		if err != nil {
			return p.Fail(2, "ls: %s", reason(err))
		}
		for _, entry := range entries {
			if entry.Name()[0] != '.' || *all || *almostAll {
				fmt.Fprintln(p.Out, entry.Name())
			}
		}
	}
	return status
}
