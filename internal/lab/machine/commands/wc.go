package commands

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

func init() { register(runWc, "wc") }

func runWc(_ context.Context, p *Process) int {
	f := p.flags()
	lines, words, chars := f.toggle("l", "lines"), f.toggle("w", "words"), f.toggle("c", "bytes")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	all := !*lines && !*words && !*chars
	return p.inputs(names, func(name string, in io.Reader) int {
		text, err := io.ReadAll(in)
		if err != nil {
			return 1
		}
		var fields []string
		for _, column := range []struct {
			wanted bool
			n      int
		}{{*lines, bytes.Count(text, []byte("\n"))}, {*words, len(bytes.Fields(text))}, {*chars, len(text)}} {
			if all || column.wanted {
				fields = append(fields, strconv.Itoa(column.n))
			}
		}
		if name != "-" {
			fields = append(fields, name)
		}
		fmt.Fprintln(p.Out, strings.Join(fields, " "))
		return 0
	})
}
