package machine

import (
	"context"
	"fmt"
	"io"
	"strings"
)

func uniq(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "c", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	return p.inputs(f.operands, func(_ string, in io.Reader) int {
		last, n := "", 0
		flush := func() {
			switch {
			case n == 0:
			case f.on["c"]:
				fmt.Fprintf(p.out, "%7d %s\n", n, last)
			default:
				fmt.Fprintln(p.out, last)
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

// paste is paste -s [-d X]: it joins lines.
func paste(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "s", "d")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	if !f.on["s"] {
		return p.fail(1, "paste: only -s is supported")
	}
	delimiter, ok := f.values["d"]
	if !ok {
		delimiter = "\t"
	}
	return p.inputs(f.operands, func(_ string, in io.Reader) int {
		var lines []string
		eachLine(in, func(line string) bool { lines = append(lines, line); return true })
		fmt.Fprintln(p.out, strings.Join(lines, delimiter))
		return 0
	})
}

// translate is tr: SET1 SET2, -d SET1 and -s SET1.
func translate(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "dsc", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	if len(f.operands) == 0 || (len(f.operands) == 1) != (f.on["d"] || f.on["s"]) {
		return p.fail(1, "tr: want two sets, or one with -d or -s")
	}
	from := characters(f.operands[0])
	var to []rune
	if len(f.operands) > 1 {
		to = characters(f.operands[1])
	}
	index := func(r rune) int {
		for i, c := range from {
			if c == r {
				return i
			}
		}
		return -1
	}
	text, err := io.ReadAll(p.in)
	if err != nil {
		return 1
	}
	var out strings.Builder
	last := rune(-1)
	for _, r := range string(text) {
		i := index(r)
		member := (i >= 0) != f.on["c"]
		switch {
		case member && f.on["d"], member && f.on["s"] && r == last:
			continue
		case member && len(to) > 0:
			if i < 0 || i >= len(to) {
				i = len(to) - 1
			}
			out.WriteRune(to[i])
		default:
			out.WriteRune(r)
		}
		last = r
	}
	fmt.Fprint(p.out, out.String())
	return 0
}

// characters spells out a set of tr: ranges, escapes and the common classes.
func characters(set string) []rune {
	for class, chars := range map[string]string{
		"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:alnum:]": "A-Za-z0-9", "[:space:]": " \t\n\r\v\f",
	} {
		set = strings.ReplaceAll(set, class, chars)
	}
	set = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`).Replace(set)
	in := []rune(set)
	var out []rune
	for i := 0; i < len(in); i++ {
		if i+2 < len(in) && in[i+1] == '-' && in[i] <= in[i+2] {
			for r := in[i]; r <= in[i+2]; r++ {
				out = append(out, r)
			}
			i += 2
			continue
		}
		out = append(out, in[i])
	}
	return out
}

// xargs is xargs [-n N] [-I X] COMMAND […].
func xargs(ctx context.Context, p *process) int {
	i, n, placeholder := 0, 0, ""
	for i < len(p.args) && strings.HasPrefix(p.args[i], "-") {
		switch {
		case p.args[i] == "-n" && i+1 < len(p.args):
			if _, err := fmt.Sscan(p.args[i+1], &n); err != nil || n < 1 {
				return p.fail(1, "xargs: invalid number %q", p.args[i+1])
			}
		case p.args[i] == "-I" && i+1 < len(p.args):
			placeholder, n = p.args[i+1], 1
		default:
			return p.unknownFlag(p.args[i])
		}
		i += 2
	}
	base := p.args[i:]
	if len(base) == 0 {
		base = []string{"echo"}
	}
	text, err := io.ReadAll(p.in)
	if err != nil {
		return 1
	}
	words := strings.Fields(string(text))
	if n == 0 {
		n = max(len(words), 1)
	}
	status := 0
	for len(words) > 0 {
		batch := words[:min(n, len(words))]
		words = words[len(batch):]
		args := append([]string{}, base...)
		if placeholder == "" {
			args = append(args, batch...)
		} else {
			for j := range args {
				args[j] = strings.ReplaceAll(args[j], placeholder, batch[0])
			}
		}
		child := *p
		child.in = strings.NewReader("")
		if child.run(ctx, args) != 0 {
			status = 123
		}
	}
	return status
}
