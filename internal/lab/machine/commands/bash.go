package commands

import (
	"context"
	"strings"
)

func init() { register(runBash, "bash", "sh") }

// runBash is bash [-e…] FILE [ARG…] and bash [-e…] -c TEXT [NAME [ARG…]]. What
// follows the options belongs to the script, so no flag is read there.
func runBash(ctx context.Context, p *Process) int {
	script := Script{Name: p.Name}
	words := p.Args
	for len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "-c" {
		script.Options = append(script.Options, words[0])
		words = words[1:]
	}
	switch {
	case len(words) >= 2 && words[0] == "-c":
		script.Text, script.Args = words[1], words[min(len(words), 3):]
	case len(words) == 0 || words[0] == "-c":
		return p.Fail(2, "%s: want a script file or -c TEXT", p.Name)
	default:
		text, err := p.Files.ReadFile(p.path(words[0]))
		if err != nil {
			return p.Fail(127, "%s: %s: %s", p.Name, words[0], reason(err))
		}
		script.Name, script.Text, script.Args = words[0], string(text), words[1:]
	}
	return p.Shell(ctx, p, script)
}
