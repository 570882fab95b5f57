package picture

import (
	"fmt"
	"slices"
	"strings"
)

// strand is one line: the ways that some claims have in common. Its ways have the lanes
// and the ports that they share once.
type strand struct {
	state   State
	stopped bool
	ways    []course
	claims  []int // indices of the model's claims
	// faint strands share their lanes with others: there are too many to tell apart.
	faint  bool
	letter string
}

// course is one way of a strand: the keys of the boxes on it, and what is between them.
type course struct {
	spots []string
	legs  []leg
}

// crowded is the number of strands from which on those that hold are faint.
const crowded = 16

// strands finds the lines of the claims' paths.
func (p *plan) strands() []*strand {
	var out []*strand
	byKey := map[string]*strand{}
	for i, c := range p.model.Claims {
		s := &strand{state: c.State, stopped: c.Stopped != ""}
		key := fmt.Sprint(c.State, s.stopped)
		for _, path := range c.Paths {
			if spots := p.resolve(path); len(spots) > 0 {
				s.ways = append(s.ways, course{spots: spots})
				key += "\n" + strings.Join(spots, "\t")
			}
		}
		if len(s.ways) == 0 {
			continue
		}
		if known := byKey[key]; known != nil {
			s = known
		} else {
			byKey[key] = s
			out = append(out, s)
		}
		s.claims = append(s.claims, i)
	}
	// What does not hold is drawn last, over the others.
	slices.SortStableFunc(out, func(a, b *strand) int { return rank(a.state) - rank(b.state) })
	for i, s := range out {
		s.letter = letter(i)
		s.faint = len(out) >= crowded && s.state == Holds
	}
	return out
}

// rank orders states, the worst last.
func rank(s State) int {
	return map[State]int{Holds: 0, Unproven: 1, Refuted: 2}[s]
}

// letter numbers lines: A to Z, then AA.
func letter(i int) string {
	if i >= 26 {
		return letter(i/26-1) + letter(i%26)
	}
	return string(rune('A' + i))
}

// resolve finds the boxes of a path. Hops that the picture does not show are left out.
func (p *plan) resolve(path []Hop) (spots []string) {
	subnet := ""
	for _, h := range path {
		key := h.ID
		s := p.spots[key]
		if s == nil && subnet != "" {
			key = tableKey(subnet, h.ID, h.Route)
			if s = p.spots[key]; s == nil {
				key = tableKey(subnet, h.ID, "")
				s = p.spots[key]
			}
		}
		if s == nil {
			continue
		}
		subnet = s.subnet
		if len(spots) == 0 || spots[len(spots)-1] != key {
			spots = append(spots, key)
		}
	}
	return spots
}

// same reports whether two strands share their lanes.
func same(a, b *strand) bool { return a == b || a.faint && b.faint }

// side is the side of a box at which a line ends.
type side int

const (
	leftSide side = iota
	rightSide
)

// leg is the part of a line from one box to the next.
type leg struct {
	from, to    string
	exit, entry side
	via         []way
}

// way is a channel that a leg goes along: the vertical one to the left of a column, the
// horizontal one below a row of a VPC, or the one inside of a subnet.
type way struct {
	kind     byte // v, h or i
	a, b     int  // v: the column; h: the VPC and the row
	subnet   string
	vertical bool
}

func vertical(column int) way { return way{kind: 'v', a: column, vertical: true} }
func horizontal(vpc, row int) way {
	return way{kind: 'h', a: vpc, b: row}
}
func inside(subnet string) way { return way{kind: 'i', subnet: subnet, vertical: true} }

// leg finds the channels from one box to another. No channel crosses a box.
func (p *plan) leg(from, to string) leg {
	a, b := p.spots[from], p.spots[to]
	l := leg{from: from, to: to}
	outside := p.columns + 1
	switch {
	case a.subnet != "" && a.subnet == b.subnet && (b.table || a.table) && !(a.table && b.table):
		// A thing and the route table of its own subnet.
		l.via = []way{inside(a.subnet)}
	case a.column == b.column && a.column == outside:
		l.via = []way{vertical(outside)}
	case a.column == b.column:
		l.exit, l.entry = rightSide, rightSide
		l.via = []way{vertical(a.column + 1)}
	case a.column < b.column:
		l.exit = rightSide
		l.via = p.across(a, b, a.column+1, b.column)
	default:
		l.entry = rightSide
		l.via = p.across(a, b, a.column, b.column+1)
	}
	return l
}

// across goes from one vertical channel to another, by the horizontal channel of the row of
// that end which is in one.
func (p *plan) across(a, b *spot, from, to int) []way {
	if from == to {
		return []way{vertical(from)}
	}
	row := a
	if a.column >= p.columns {
		row = b
	}
	return []way{vertical(from), horizontal(row.vpc, row.row), vertical(to)}
}

// lanes are the channels with the strands that go along each.
type lanes struct {
	users map[way][]*strand
}

func (l *lanes) add(w way, s *strand) {
	if l.users == nil {
		l.users = map[way][]*strand{}
	}
	for _, other := range l.users[w] {
		if same(other, s) {
			return
		}
	}
	l.users[w] = append(l.users[w], s)
}

// lane is the place of a strand in a channel.
func (l *lanes) lane(w way, s *strand) int {
	return slices.IndexFunc(l.users[w], func(o *strand) bool { return same(o, s) })
}

func (l *lanes) size(w way) float64 { return channel + laneWide*float64(len(l.users[w])) }

func (l *lanes) vertical(column int) float64     { return l.size(vertical(column)) }
func (l *lanes) horizontal(vpc, row int) float64 { return l.size(horizontal(vpc, row)) }
func (l *lanes) inside(subnet string) float64    { return l.size(inside(subnet)) - 4 }
func (l *lanes) offset(w way, s *strand) float64 {
	return channel/2 + laneWide*(float64(l.lane(w, s))+0.5)
}
