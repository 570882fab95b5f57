package commands

import (
	"context"
	"fmt"
	"strings"
)

func init() { register(runEcho, "echo") }

// runEcho is the echo of xargs, timeout and services; the shell has its own.
// Its only flag is a leading -n: all else is text, -- too.
func runEcho(_ context.Context, p *Process) int {
	words, end := p.Args, "\n"
	if len(words) > 0 && words[0] == "-n" {
		words, end = words[1:], ""
	}
	fmt.Fprint(p.Out, strings.Join(words, " ")+end)
	return 0
}
