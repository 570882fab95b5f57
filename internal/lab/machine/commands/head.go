package commands

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
)

func init() {
	register(func(_ context.Context, p *Process) int { return headOrTail(p, false) }, "head")
	register(func(_ context.Context, p *Process) int { return headOrTail(p, true) }, "tail")
}

// headOrTail prints the first or the last lines (10 by default) or bytes; tail
// -n +N prints from line N on. -N is an old way to write -n N.
func headOrTail(p *Process, tail bool) int {
	words := p.Args
	if len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' && words[0][1] >= '0' && words[0][1] <= '9' {
		words = append([]string{"-n", words[0][1:]}, words[1:]...)
	}
	f := p.flags()
	f.toggle("q", "quiet") // nothing prints names here
	lines, chars := f.text("n", "lines", "10"), f.text("c", "bytes", "")
	names, status := f.parseWords(words)
	if status != 0 {
		return status
	}
	wanted := lines.text
	if chars.given {
		wanted = chars.text
	}
	n, err := strconv.Atoi(strings.TrimPrefix(wanted, "+"))
	if err != nil || n < 0 {
		return p.Fail(1, "%s: invalid number: %q", p.Name, wanted)
	}
	fromStart := tail && strings.HasPrefix(wanted, "+")
	return p.inputs(names, func(_ string, in io.Reader) int {
		text, err := io.ReadAll(in)
		if err != nil {
			return 1
		}
		units := bytes.SplitAfter(text, []byte("\n"))
		if len(units[len(units)-1]) == 0 {
			units = units[:len(units)-1]
		}
		if chars.given {
			units = bytes.SplitAfter(text, nil)
		}
		switch k := min(n, len(units)); {
		case fromStart:
			units = units[min(max(n-1, 0), len(units)):]
		case tail:
			units = units[len(units)-k:]
		default:
			units = units[:k]
		}
		if _, err := p.Out.Write(bytes.Join(units, nil)); err != nil {
			return 1
		}
		return 0
	})
}
