package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

func init() { register(runTr, "tr") }

// runTr is tr SET1 SET2, tr -d SET1 and tr -s SET1; -c takes the complement.
func runTr(_ context.Context, p *Process) int {
	f := p.flags()
	deletes, squeezes, complement := f.toggle("d", "delete"), f.toggle("s", "squeeze-repeats"), f.toggle("c", "complement")
	sets, status := f.parse()
	if status != 0 {
		return status
	}
	if len(sets) == 0 || (len(sets) == 1) != (*deletes || *squeezes) {
		return p.Fail(1, "tr: want two sets, or one with -d or -s")
	}
	from := expandSet(sets[0])
	var to []rune
	if len(sets) > 1 {
		to = expandSet(sets[1])
	}
	text, err := io.ReadAll(p.In)
	if err != nil {
		return 1
	}
	var out strings.Builder
	last := rune(-1)
	for _, r := range string(text) {
		i := slices.Index(from, r)
		member := (i >= 0) != *complement
		switch {
		case member && *deletes, member && *squeezes && r == last:
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
	fmt.Fprint(p.Out, out.String())
	return 0
}

// setClasses are the character classes of a set, as ranges.
var setClasses = strings.NewReplacer(
	"[:upper:]", "A-Z", "[:lower:]", "a-z", "[:digit:]", "0-9", "[:alnum:]", "A-Za-z0-9", "[:space:]", " \t\n\r\v\f",
)

// setEscapes are the escapes of a set.
var setEscapes = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`)

// expandSet lists the characters of a set: ranges, escapes and classes.
func expandSet(set string) []rune {
	in := []rune(setEscapes.Replace(setClasses.Replace(set)))
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
