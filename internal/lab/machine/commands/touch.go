package commands

import "context"

func init() { register(runTouch, "touch") }

func runTouch(_ context.Context, p *Process) int {
	names, status := p.flags().parse()
	if status != 0 {
		return status
	}
	for _, name := range names {
		data, _ := p.Files.ReadFile(p.path(name)) // none if the file is new
		if err := p.Files.WriteFile(p.path(name), data); err != nil {
			return p.Fail(1, "touch: cannot touch '%s': %s", name, reason(err))
		}
	}
	return 0
}
