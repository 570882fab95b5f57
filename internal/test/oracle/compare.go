package oracle

import (
	"strings"

	"provenendpoints/internal/lab/reach"
)

// Worse returns the lines in which a matrix is worse than the declared one, in
// order: somebody can do more, a name leads elsewhere, or something that must be
// possible is not. must reports which lines that concerns.
//
// What a new place does is compared with what any place of its VPC may do. A new
// place in a VPC of its own does no harm unless it reaches what is declared. What
// is new in a VPC may be reached from inside that VPC, unless it leads elsewhere
// as an endpoint does.
func Worse(declared, found reach.Matrix, must func(reach.Line) bool) []reach.Difference {
	d := declaration{Matrix: declared, lines: map[reach.Key]reach.Line{}, places: map[string]bool{}, things: map[string]bool{}}
	for _, l := range declared.Lines {
		d.lines[l.Key()] = l
		d.places[l.Who], d.things[l.What] = true, true
	}
	var out []reach.Difference
	seen := map[reach.Key]bool{}
	for _, l := range found.Lines {
		seen[l.Key()] = true
		want := d.lines[l.Key()].Can
		diff := reach.Difference{Line: l, Less: reach.Without(want, l.Can)}
		if !must(l) {
			diff.Less = nil
		}
		if !d.isHarmless(l, found.Homes) {
			diff.More = reach.Without(l.Can, d.allowed(l, found.Homes))
		}
		if len(diff.More)+len(diff.Less) > 0 {
			out = append(out, diff)
		}
	}
	for _, l := range declared.Lines {
		if !seen[l.Key()] && len(l.Can) > 0 && must(l) {
			out = append(out, reach.Difference{Line: l, Less: l.Can})
		}
	}
	return out
}

// declaration is a declared matrix in use.
type declaration struct {
	reach.Matrix
	lines          map[reach.Key]reach.Line
	places, things map[string]bool
}

// allowed are the ways that a line may have.
func (d declaration) allowed(l reach.Line, homes map[string]string) []string {
	if d.places[l.Who] {
		return d.lines[l.Key()].Can
	}
	var ways []string
	for _, other := range d.Lines {
		if other.Verb == l.Verb && other.What == l.What && homes[l.Who] != "" && d.Homes[other.Who] == homes[l.Who] {
			ways = append(ways, other.Can...)
		}
	}
	return ways
}

// isHarmless reports whether a line is about new things only that concern nobody:
// a role of somebody else's, a name that nobody
// asked for before, a place in a VPC of its own, a neighbour.
func (d declaration) isHarmless(l reach.Line, homes map[string]string) bool {
	newHome := func(place string) bool { return homes[place] != "" && !d.hasHome(homes[place]) }
	switch {
	case !d.places[l.Who] && strings.HasPrefix(l.Who, roleOf), !d.things[l.What] && strings.HasPrefix(l.What, nameOf):
		return true
	case !d.places[l.Who] && newHome(l.Who):
		return !d.things[l.What] || strings.HasPrefix(l.What, outside) || strings.HasPrefix(l.What, nameOf)
	case !d.things[l.What] && isLocal(l.What):
		return homes[l.Who] != "" && homes[l.Who] == homes[l.What]
	}
	return false
}

func (d declaration) hasHome(vpc string) bool {
	for _, home := range d.Homes {
		if home == vpc {
			return true
		}
	}
	return false
}
