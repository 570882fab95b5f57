package template

import (
	"maps"
	"slices"
)

// After returns the resources that wait for any of the given ones, directly or
// through others, sorted. The given ones themselves are not among them.
func (t *Template) After(ids ...string) []string {
	after := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for id, waits := range t.waits {
			if after[id] || slices.Contains(ids, id) {
				continue
			}
			if slices.ContainsFunc(waits, func(on string) bool { return after[on] || slices.Contains(ids, on) }) {
				after[id], changed = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(after))
}

// Before returns the resources that must be complete before the given ones may
// begin, if those are to come last: all others but those that wait for a given
// one. Of these it returns the ends of all chains, which bring the rest with
// them. It is sorted.
func (t *Template) Before(ids ...string) []string {
	excluded := map[string]bool{}
	for _, id := range slices.Concat(ids, t.After(ids...)) {
		excluded[id] = true
	}
	waited := map[string]bool{} // something else that comes before waits for it
	for id, waits := range t.waits {
		if excluded[id] {
			continue
		}
		for _, on := range waits {
			waited[on] = true
		}
	}
	return slices.DeleteFunc(t.IDs(), func(id string) bool { return excluded[id] || waited[id] })
}
