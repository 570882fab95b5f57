package commands

import "context"

func init() { register(runRm, "rm") }

func runRm(_ context.Context, p *Process) int {
	f := p.flags()
	recursive, sameRecursive, force := f.toggle("r", "recursive"), f.toggle("R", ""), f.toggle("f", "force")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	for _, name := range names {
		if _, err := p.Files.Stat(p.path(name)); err != nil && *force {
			continue
		}
		if err := p.Files.Remove(p.path(name), *recursive || *sameRecursive); err != nil {
			status = p.Fail(1, "rm: cannot remove '%s': %s", name, reason(err))
		}
	}
	return status
}
