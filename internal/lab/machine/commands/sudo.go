package commands

import (
	"context"
	"slices"
)

func init() { register(runSudo, "sudo") }

// runSudo is sudo [-E…] [-u USER] COMMAND […]. Everything runs as root here.
func runSudo(ctx context.Context, p *Process) int {
	f := p.flags()
	f.leading, f.status = true, 1
	for _, letter := range []string{"E", "H", "n", "i", "S"} {
		f.toggle(letter, "")
	}
	f.text("u", "user", "")
	f.text("g", "group", "")
	words, status := f.parse()
	if status != 0 {
		return status
	}
	c := p.child()
	for len(words) > 0 && slices.Contains([]byte(words[0]), '=') {
		c.Env = MergeEnv(append(c.Env, words[0])...)
		words = words[1:]
	}
	if len(words) == 0 {
		return p.Fail(1, "usage: sudo -h | -K | -k | -V")
	}
	return c.Run(ctx, words)
}
