package commands

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

func init() { register(runGrep, "grep") }

// runGrep is grep. Status 0: a line was selected; 1: none; 2: an error.
func runGrep(_ context.Context, p *Process) int {
	f := p.flags()
	extended, fixed := f.toggle("E", "extended-regexp"), f.toggle("F", "fixed-strings")
	ignoreCase, invert := f.toggle("i", "ignore-case"), f.toggle("v", "invert-match")
	wholeWords, wholeLines := f.toggle("w", "word-regexp"), f.toggle("x", "line-regexp")
	counts, onlyMatching, quiet := f.toggle("c", "count"), f.toggle("o", "only-matching"), f.toggle("q", "quiet")
	numbers, noNames := f.toggle("n", "line-number"), f.toggle("h", "no-filename")
	f.toggle("s", "no-messages")
	expression, maxCount := f.text("e", "regexp", ""), f.text("m", "max-count", "-1")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	if expression.again {
		return p.Fail(2, "grep: only one -e is supported")
	}
	expr := expression.text
	if !expression.given {
		if len(names) == 0 {
			return p.Fail(2, "grep: want a pattern")
		}
		expr, names = names[0], names[1:]
	}
	switch {
	case *fixed:
		expr = regexp.QuoteMeta(expr)
	case !*extended:
		expr = basicRegexp(expr)
	}
	if *wholeWords {
		expr = `\b(?:` + expr + `)\b`
	}
	if *wholeLines {
		expr = `^(?:` + expr + `)$`
	}
	if *ignoreCase {
		expr = "(?i)" + expr
	}
	pattern, err := regexp.Compile(expr)
	if err != nil {
		return p.Fail(2, "grep: %v", err)
	}
	most, err := strconv.Atoi(maxCount.text)
	if err != nil {
		return p.Fail(2, "grep: invalid number %q", maxCount.text)
	}
	found := false
	status = p.inputs(names, func(name string, in io.Reader) int {
		matches, number := 0, 0
		eachLine(in, func(line string) bool {
			number++
			if pattern.MatchString(line) == *invert {
				return true
			}
			found = true
			matches++
			prefix := ""
			if len(names) > 1 && !*noNames {
				prefix = name + ":"
			}
			if *numbers {
				prefix += strconv.Itoa(number) + ":"
			}
			switch {
			case *quiet:
				return false
			case *counts:
			case *onlyMatching:
				for _, part := range pattern.FindAllString(line, -1) {
					fmt.Fprintln(p.Out, prefix+part)
				}
			default:
				fmt.Fprintln(p.Out, prefix+line)
			}
			return matches != most
		})
		if *counts {
			fmt.Fprintln(p.Out, matches)
		}
		return 0
	})
	switch {
	case status != 0:
		return 2
	case found:
		return 0
	}
	return 1
}
