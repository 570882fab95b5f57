package reach

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is what is different about one line of two matrices.
type Difference struct {
	Line
	// More are the ways that the declaration does not have, Less those that are
	// missing.
	More, Less []string
}

// String says it in words.
func (d Difference) String() string {
	s := fmt.Sprintf("%s %s %s", d.Who, d.Verb, d.What)
	if len(d.More) > 0 {
		s += " (more: " + strings.Join(d.More, ", ") + ")"
	}
	if len(d.Less) > 0 {
		s += " (less: " + strings.Join(d.Less, ", ") + ")"
	}
	return s
}

// Compare returns every line in which a matrix differs from the declared one, in
// order. A line that is not there is one that cannot.
func Compare(declared, found Matrix) []Difference {
	want := map[Key]Line{}
	for _, l := range declared.Lines {
		want[l.Key()] = l
	}
	var out []Difference
	compare := func(l Line, declared, found []string) {
		d := Difference{Line: l, More: Without(found, declared), Less: Without(declared, found)}
		if len(d.More)+len(d.Less) > 0 {
			out = append(out, d)
		}
	}
	for _, l := range found.Lines {
		compare(l, want[l.Key()].Can, l.Can)
		delete(want, l.Key())
	}
	for _, l := range declared.Lines {
		if _, missing := want[l.Key()]; missing {
			compare(l, l.Can, nil)
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return a.Line.compare(b.Line) })
	return out
}

// Without returns the elements of a that are not in b.
func Without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
