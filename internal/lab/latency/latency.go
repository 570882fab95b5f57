package latency

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// What is something that takes time.
type What string

// Row is a row of the table.
type Row struct {
	What What
	// Min and Max are the bounds. The duration is at least Min and less than Max, or
	// Min if they are equal.
	Min, Max time.Duration
	// Rarely, if not zero, is the bound in place of Max for one in [Rare] draws.
	Rarely time.Duration
	// Source is where the duration is documented or reported; "assumed: …" if nowhere.
	Source string
	// Seen reports whether it was seen on AWS with the stacks of this project.
	Seen bool
}

// Rare is how many draws come on one rare one.
const Rare = 8

// Late draws durations for one seed. A nil Late is never late.
type Late struct{ seed uint64 }

// New returns the durations of a seed.
func New(seed uint64) *Late { return &Late{seed: seed} }

// Of returns how long something takes for what the parts name. It panics if the
// table has no such row, which is a mistake in the program.
func (l *Late) Of(what What, parts ...string) time.Duration {
	row, ok := rows[what]
	if !ok {
		panic(fmt.Sprintf("latency: there is no row %q", what))
	}
	if l == nil {
		return 0
	}
	return l.draw(row, parts)
}

// Choice chooses one of n, from 0, for what the parts name. Without a seed it is the first.
func (l *Late) Choice(n int, parts ...string) int {
	if l == nil {
		return 0
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00choice\x00%s", l.seed, strings.Join(parts, "\x00")))
	return int(binary.BigEndian.Uint64(sum[:]) % uint64(n))
}

// Longest is the upper bound of a row: nothing of it takes longer.
func Longest(what What) time.Duration {
	row := rows[what]
	return max(row.Max, row.Rarely)
}

// Usual is Of without what happens rarely.
func (l *Late) Usual(what What, parts ...string) time.Duration {
	row, ok := rows[what]
	if !ok {
		panic(fmt.Sprintf("latency: there is no row %q", what))
	}
	if l == nil {
		return 0
	}
	row.Rarely = 0
	return l.draw(row, parts)
}

// draw chooses a duration, to the nanosecond: two of them are hardly ever equal.
func (l *Late) draw(row Row, parts []string) time.Duration {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s", l.seed, row.What, strings.Join(parts, "\x00")))
	longest := row.Max
	if row.Rarely > 0 && binary.BigEndian.Uint64(sum[8:])%Rare == 0 {
		longest = row.Rarely
	}
	if longest <= row.Min {
		return row.Min
	}
	return row.Min + time.Duration(binary.BigEndian.Uint64(sum[:])%uint64(longest-row.Min))
}

// rows are the table by what they are about.
var rows = func() map[What]Row {
	out := make(map[What]Row, len(Table))
	for _, r := range Table {
		if _, twice := out[r.What]; twice {
			panic(fmt.Sprintf("latency: two rows %q", r.What))
		}
		out[r.What] = r
	}
	return out
}()
