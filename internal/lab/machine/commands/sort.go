package commands

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

func init() { register(runSort, "sort") }

// leadingNumber is what sort -n compares.
var leadingNumber = regexp.MustCompile(`^\s*-?[0-9.]*`)

func runSort(_ context.Context, p *Process) int {
	f := p.flags()
	numeric, reverse, unique := f.toggle("n", "numeric-sort"), f.toggle("r", "reverse"), f.toggle("u", "unique")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	var lines []string
	status = p.inputs(names, func(_ string, in io.Reader) int {
		eachLine(in, func(line string) bool { lines = append(lines, line); return true })
		return 0
	})
	number := func(s string) float64 {
		n, _ := strconv.ParseFloat(strings.TrimSpace(leadingNumber.FindString(s)), 64)
		return n
	}
	sort.SliceStable(lines, func(i, j int) bool {
		a, b := lines[i], lines[j]
		if *reverse {
			a, b = b, a
		}
		if *numeric && number(a) != number(b) {
			return number(a) < number(b)
		}
		return a < b
	})
	for i, line := range lines {
		if !*unique || i == 0 || line != lines[i-1] {
			fmt.Fprintln(p.Out, line)
		}
	}
	return status
}
