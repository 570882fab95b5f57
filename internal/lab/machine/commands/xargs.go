package commands

import (
	"context"
	"io"
	"strconv"
	"strings"
)

func init() { register(runXargs, "xargs") }

// statusXargsFailed is xargs's exit status if a command failed.
const statusXargsFailed = 123

// runXargs is xargs [-n N] [-I X] COMMAND […]. It splits its input at white
// space, and knows no quotes.
func runXargs(ctx context.Context, p *Process) int {
	f := p.flags()
	f.leading = true
	maxArgs, placeholder := f.text("n", "max-args", ""), f.text("I", "", "")
	base, status := f.parse()
	if status != 0 {
		return status
	}
	n := 0
	if maxArgs.given {
		var err error
		if n, err = strconv.Atoi(maxArgs.text); err != nil || n < 1 {
			return p.Fail(1, "xargs: invalid number %q", maxArgs.text)
		}
	}
	if placeholder.given {
		n = 1
	}
	if len(base) == 0 {
		base = []string{"echo"}
	}
	text, err := io.ReadAll(p.In)
	if err != nil {
		return 1
	}
	words := strings.Fields(string(text))
	if n == 0 {
		n = max(len(words), 1)
	}
	for len(words) > 0 {
		batch := words[:min(n, len(words))]
		words = words[len(batch):]
		line := append([]string{}, base...)
		if placeholder.text == "" {
			line = append(line, batch...)
		} else {
			for j := range line {
				line[j] = strings.ReplaceAll(line[j], placeholder.text, batch[0])
			}
		}
		child := p.child()
		child.In = strings.NewReader("")
		if child.Run(ctx, line) != 0 {
			status = statusXargsFailed
		}
	}
	return status
}
