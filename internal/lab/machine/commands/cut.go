package commands

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

func init() { register(runCut, "cut") }

// runCut is cut -d X -f LIST and cut -c LIST.
func runCut(_ context.Context, p *Process) int {
	f := p.flags()
	onlyDelimited := f.toggle("s", "only-delimited")
	delimiter, fields, chars := f.text("d", "delimiter", "\t"), f.text("f", "fields", ""), f.text("c", "characters", "")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	list, separator := fields.text, delimiter.text
	if !fields.given {
		list, separator = chars.text, ""
	}
	selected, err := parseRanges(list)
	if err != nil {
		return p.Fail(1, "cut: %v", err)
	}
	return p.inputs(names, func(_ string, in io.Reader) int {
		eachLine(in, func(line string) bool {
			if fields.given && !strings.Contains(line, separator) {
				if !*onlyDelimited {
					fmt.Fprintln(p.Out, line)
				}
				return true
			}
			var kept []string
			for i, part := range strings.Split(line, separator) {
				if selected(i + 1) {
					kept = append(kept, part)
				}
			}
			fmt.Fprintln(p.Out, strings.Join(kept, separator))
			return true
		})
		return 0
	})
}

// parseRanges reads a list such as 1,3-5,7-. The function that it returns
// reports whether a position, counted from 1, is in the list.
func parseRanges(list string) (func(int) bool, error) {
	type span struct{ from, to int }
	var spans []span
	for _, part := range strings.Split(list, ",") {
		from, to, isRange := strings.Cut(part, "-")
		s := span{1, math.MaxInt}
		var err1, err2 error
		if from != "" {
			s.from, err1 = strconv.Atoi(from)
		}
		if to != "" {
			s.to, err2 = strconv.Atoi(to)
		}
		if !isRange {
			s.to = s.from
		}
		if err1 != nil || err2 != nil || part == "" || part == "-" {
			return nil, fmt.Errorf("invalid list %q", list)
		}
		spans = append(spans, s)
	}
	return func(i int) bool {
		for _, s := range spans {
			if i >= s.from && i <= s.to {
				return true
			}
		}
		return false
	}, nil
}
