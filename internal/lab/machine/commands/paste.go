package commands

import (
	"context"
	"fmt"
	"io"
	"strings"
)

func init() { register(runPaste, "paste") }

// runPaste is paste -s [-d X]: it joins lines.
func runPaste(_ context.Context, p *Process) int {
	f := p.flags()
	serial, delimiter := f.toggle("s", "serial"), f.text("d", "delimiters", "\t")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	if !*serial {
		return p.Fail(1, "paste: only -s is supported")
	}
	return p.inputs(names, func(_ string, in io.Reader) int {
		var lines []string
		eachLine(in, func(line string) bool { lines = append(lines, line); return true })
		fmt.Fprintln(p.Out, strings.Join(lines, delimiter.text))
		return 0
	})
}
