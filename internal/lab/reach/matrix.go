package reach

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Line says what one place can do to another.
type Line struct {
	// Who does what Verb says to What.
	Who, Verb, What string
	// Can are the ways in which that is possible, such as "tcp 443", sorted. None:
	// it is not possible.
	Can []string
}

// Matrix is who can do what to whom.
type Matrix struct {
	// Homes are the VPCs of the places, by the places' names. What is in no VPC is
	// not in it.
	Homes map[string]string
	Lines []Line
}

// Key identifies a line.
type Key struct{ Who, Verb, What string }

// Key returns what identifies the line.
func (l Line) Key() Key { return Key{l.Who, l.Verb, l.What} }

// String is the line as a sentence.
func (l Line) String() string {
	return fmt.Sprintf("%s %s %s: %s", l.Who, l.Verb, l.What, can(l.Can))
}

const nothing = "no"

func can(ways []string) string {
	if len(ways) == 0 {
		return nothing
	}
	return strings.Join(ways, ", ")
}

// Sort brings a matrix into its one order.
func (m *Matrix) Sort() {
	for i := range m.Lines {
		slices.Sort(m.Lines[i].Can)
		m.Lines[i].Can = slices.Compact(m.Lines[i].Can)
	}
	slices.SortFunc(m.Lines, Line.compare)
}

func (l Line) compare(o Line) int {
	return cmp.Or(cmp.Compare(l.Who, o.Who), cmp.Compare(l.Verb, o.Verb), cmp.Compare(l.What, o.What))
}

// String is the matrix as text that a person reads and [Parse] reads again.
func (m Matrix) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, "# Where the places are")
	byHome := map[string][]string{}
	for place, home := range m.Homes {
		byHome[home] = append(byHome[home], place)
	}
	for _, home := range slices.Sorted(maps.Keys(byHome)) {
		fmt.Fprintf(&b, "\n%s\n", home)
		for _, place := range slices.Sorted(slices.Values(byHome[home])) {
			fmt.Fprintf(&b, "  %s\n", place)
		}
	}
	who := ""
	width := 0
	for _, l := range m.Lines {
		width = max(width, len(l.What))
	}
	for _, l := range m.Lines {
		if l.Who != who {
			who = l.Who
			fmt.Fprintf(&b, "\n# %s\n\n", who)
		}
		fmt.Fprintf(&b, "%-13s  %-*s  %s\n", l.Verb, width, l.What, can(l.Can))
	}
	return b.String()
}

// Parse reads what String wrote.
func Parse(text string) (Matrix, error) {
	m := Matrix{Homes: map[string]string{}}
	lines := bufio.NewScanner(strings.NewReader(text))
	who, home := "", ""
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		title, isTitle := strings.CutPrefix(line, "# ")
		switch {
		case strings.TrimSpace(line) == "":
		case isTitle && n == 1:
		case isTitle:
			who = title
		case who == "" && strings.HasPrefix(line, "  "):
			m.Homes[strings.TrimSpace(line)] = home
		case who == "":
			home = line
		default:
			fields := slices.DeleteFunc(strings.Split(line, "  "), func(f string) bool { return strings.TrimSpace(f) == "" })
			if len(fields) != 3 {
				return m, fmt.Errorf("line %d has %d columns, want 3: %q", n, len(fields), line)
			}
			l := Line{Who: who, Verb: strings.TrimSpace(fields[0]), What: strings.TrimSpace(fields[1])}
			if ways := strings.TrimSpace(fields[2]); ways != nothing {
				l.Can = strings.Split(ways, ", ")
			}
			m.Lines = append(m.Lines, l)
		}
	}
	return m, lines.Err()
}
