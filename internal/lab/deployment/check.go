package deployment

import (
	"fmt"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/dag"
)

// check checks every stack before anything of any is created, and finds the order:
// a stack comes after those that its assembly names, and after those whose exports or
// outputs it uses. ready is false if a stack is refused; its result says why, and
// that of the others that they were not deployed.
func (d *deployment) check() (ready bool, err error) {
	seen := make([]cfn.Inspection, len(d.chosen))
	ready = true
	for i, s := range d.chosen {
		r := d.regions.of(s)
		d.result[i].ID = s.ID
		d.result[i].Region, d.result[i].Account = r.Place()
		if s.Empty() {
			continue
		}
		s.Awaited = d.awaited(s)
		if seen[i], err = r.Inspect(s); err != nil {
			d.result[i].Err, ready = err, false
		}
		d.inert[s.ID] = seen[i].Inert
	}
	if !ready {
		for i := range d.result {
			d.result[i].Unused = d.result[i].Err == nil
		}
		return false, nil
	}
	ids, needs := make([]string, len(d.chosen)), map[string][]string{}
	for i, s := range d.chosen {
		ids[i], needs[s.ID] = s.ID, d.needs(i, seen)
	}
	d.order, err = dag.New(ids, needs)
	if err != nil {
		err = fmt.Errorf("the stacks cannot be put in order: %w", err)
	}
	return err == nil, err
}

// needs are the ids of the stacks that must be deployed before a stack.
func (d *deployment) needs(i int, seen []cfn.Inspection) []string {
	s := d.chosen[i]
	var out []string
	add := func(id string) {
		if id != s.ID && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, id := range s.Dependencies {
		// A stack that was not chosen, or is empty, holds nothing back.
		if slices.ContainsFunc(d.chosen, func(o cfn.Stack) bool { return o.ID == id }) {
			add(id)
		}
	}
	for j, other := range d.chosen {
		at := d.regions.placeOf(other)
		for _, name := range seen[i].Imports {
			if at == d.regions.placeOf(s) && slices.Contains(seen[j].Exports, name) {
				add(other.ID)
			}
		}
		for _, name := range s.UsedParameters() {
			if at == d.regions.placeOf(s) && slices.Contains(other.MadeParameters(), name) {
				add(other.ID)
			}
		}
		for _, of := range seen[i].Outputs {
			if of.Stack == other.Name && at == (place{of.Account, of.Region}) {
				add(other.ID)
			}
		}
	}
	slices.Sort(out)
	return out
}

// awaited are the parameters in Parameter Store that other stacks make where a stack goes.
func (d *deployment) awaited(of cfn.Stack) map[string]bool {
	out := map[string]bool{}
	for _, s := range d.chosen {
		if s.ID == of.ID || d.regions.placeOf(s) != d.regions.placeOf(of) {
			continue
		}
		for _, name := range s.MadeParameters() {
			out[name] = true
		}
	}
	return out
}
