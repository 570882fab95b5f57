package commands

import (
	"context"
	"fmt"
	"strconv"
)

func init() { register(runSeq, "seq") }

// runSeq is seq [FIRST [STEP]] LAST, for integers. It has no flags: a word with
// a dash is a negative number.
func runSeq(_ context.Context, p *Process) int {
	var numbers []int
	for _, arg := range p.Args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return p.Fail(1, "seq: invalid number %q", arg)
		}
		numbers = append(numbers, n)
	}
	first, step, last := 1, 1, 0
	switch len(numbers) {
	case 1:
		last = numbers[0]
	case 2:
		first, last = numbers[0], numbers[1]
	case 3:
		first, step, last = numbers[0], numbers[1], numbers[2]
	default:
		return p.Fail(1, "seq: want LAST, FIRST LAST or FIRST STEP LAST")
	}
	if step == 0 {
		return p.Fail(1, "seq: the step must not be zero")
	}
	for n := first; (step > 0 && n <= last) || (step < 0 && n >= last); n += step {
		if _, err := fmt.Fprintln(p.Out, n); err != nil {
			return 1
		}
	}
	return 0
}
