package commands

import (
	"context"
	"fmt"
	"io"
)

func init() { register(runUniq, "uniq") }

func runUniq(_ context.Context, p *Process) int {
	f := p.flags()
	counts := f.toggle("c", "count")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	return p.inputs(names, func(_ string, in io.Reader) int {
		last, n := "", 0
		flush := func() {
			switch {
			case n == 0:
			case *counts:
				fmt.Fprintf(p.Out, "%7d %s\n", n, last)
			default:
				fmt.Fprintln(p.Out, last)
			}
		}
		eachLine(in, func(line string) bool {
			if n > 0 && line == last {
				n++
				return true
			}
			flush()
			last, n = line, 1
			return true
		})
		flush()
		return 0
	})
}
