package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

func init() { register(runEnv, "env") }

// runEnv is env [NAME=VALUE…] [COMMAND…]; without a command it prints the
// environment.
func runEnv(ctx context.Context, p *Process) int {
	f := p.flags()
	f.leading = true
	words, status := f.parse()
	if status != 0 {
		return status
	}
	settings := len(words)
	if i := slices.IndexFunc(words, func(w string) bool { return !strings.Contains(w, "=") }); i >= 0 {
		settings = i
	}
	env := MergeEnv(slices.Concat(p.Env, words[:settings])...)
	if settings < len(words) {
		child := p.child()
		child.Env = env
		return child.Run(ctx, words[settings:])
	}
	for _, line := range env {
		fmt.Fprintln(p.Out, line)
	}
	return 0
}
