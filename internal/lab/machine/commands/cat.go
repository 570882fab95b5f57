package commands

import (
	"context"
	"io"
)

func init() { register(runCat, "cat") }

func runCat(_ context.Context, p *Process) int {
	names, status := p.flags().parse()
	if status != 0 {
		return status
	}
	return p.inputs(names, func(_ string, in io.Reader) int {
		if _, err := io.Copy(p.Out, in); err != nil {
			return 1
		}
		return 0
	})
}
