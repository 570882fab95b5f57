package commands

import (
	"context"
	"fmt"
	"path"
)

func init() {
	register(onePath(path.Base), "basename")
	register(onePath(path.Dir), "dirname")
}

// onePath is a command that prints a part of its only operand.
func onePath(part func(string) string) command {
	return func(_ context.Context, p *Process) int {
		names, status := p.flags().parse()
		if status != 0 {
			return status
		}
		if len(names) != 1 {
			return p.Fail(1, "%s: want one operand", p.Name)
		}
		fmt.Fprintln(p.Out, part(names[0]))
		return 0
	}
}
