package mutation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/template"
	"provenendpoints/internal/test/templates"
)

// When is when an addition comes into the stack.
type When string

// The times of additions. Where an addition changes resources that exist, it has
// no time of its own in a new stack: it is there before the proof.
const (
	// Before: the proof waits for it, as synthesis would have it.
	Before When = "before the proof"
	// During: nothing says in which order the two come.
	During When = "while the proof runs"
	// After: it waits for the proof.
	After When = "after the proof"
	// Updated: an update adds it to a running stack, as synthesis would have it.
	Updated When = "by an update"
	// Stale: an update adds it, and leaves the digest and the dependencies of the
	// proof as they were: somebody has edited the JSON.
	Stale When = "by an update that leaves the proof alone"
)

// Whens are the times in the order of the mutants.
var Whens = []When{Before, During, After, Updated, Stale}

// addition is a template in the making.
type addition struct {
	templates.Template
	// ids are what was added; edited is set where resources that exist were changed.
	ids    []string
	edited bool
}

// add adds a resource.
func (x *addition) add(id, typ string, properties templates.Object, dependsOn ...string) {
	x.Add(id, typ, properties, slices.DeleteFunc(dependsOn, func(s string) bool { return s == "" })...)
	x.ids = append(x.ids, id)
}

// change returns the properties of a resource that exists, to be changed.
func (x *addition) change(id string) templates.Object {
	x.edited = true
	return x.Properties(id)
}

// edit is something that can be added: its name, unique within the stack, and how.
type edit struct {
	name string
	make func(*addition)
}

// generators find what can be added to a template.
var generators = []func(t templates.Template) []edit{
	addedRoutes, addedNeighbours, addedEndpoints, addedAccess, addedBalancing, addedConsumers, addedGrants, addedNames, addedFilters, addedHarmless,
}

// additions are all edits that the generators know for a template.
func additions(t templates.Template) []edit {
	var out []edit
	for _, g := range generators {
		out = append(out, g(t)...)
	}
	return out
}

// Additions derives the mutants with something added, at each time.
func Additions(s cfn.Stack, prepare func(templates.Template)) ([]Mutant, error) {
	original, err := templates.Parse(s.Template)
	if err != nil {
		return nil, fmt.Errorf("stack %s: %w", s.ID, err)
	}
	prepare(original)
	var out []Mutant
	names := map[string]bool{}
	for _, e := range additions(original) {
		if names[e.name] {
			return nil, fmt.Errorf("stack %s: two additions are called %q", s.ID, e.name)
		}
		names[e.name] = true
		ms, err := addedAt(s, original, "add "+e.name, e.make, Whens...)
		if err != nil {
			return nil, err
		}
		out = append(out, ms...)
	}
	return out, nil
}

// merge makes a second edit, whose resources get names of their own.
func (x *addition) merge(do func(*addition)) {
	second := &addition{Template: x.Clone()}
	for _, id := range x.ids {
		delete(second.Resources(), id)
	}
	do(second)
	rename := map[string]string{}
	for _, id := range second.ids {
		rename[id] = "Second" + id
	}
	for _, id := range x.IDs() {
		// What exists has the first edit already; the second may have changed it.
		switch {
		case slices.Contains(x.ids, id):
		case second.Resource(id) == nil:
			delete(x.Resources(), id)
		case !reflect.DeepEqual(x.Resource(id), second.Resource(id)):
			x.Resources()[id] = renamed(second.Resource(id), rename)
		}
	}
	for _, id := range second.ids {
		x.Resources()[rename[id]] = renamed(second.Resource(id), rename)
		x.ids = append(x.ids, rename[id])
	}
	x.edited = x.edited || second.edited
}

// renamed replaces logical ids in references and dependencies.
func renamed(v any, names map[string]string) any {
	switch v := v.(type) {
	case string:
		if other, ok := names[v]; ok {
			return other
		}
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			out[key] = renamed(inner, names)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = renamed(inner, names)
		}
		return out
	}
	return v
}

// addedAt makes the mutants of an edit, one for each of the times.
func addedAt(s cfn.Stack, original templates.Template, name string, do func(*addition), whens ...When) ([]Mutant, error) {
	made := &addition{Template: original.Clone()}
	do(made)
	before, err := json.Marshal(original)
	if err != nil {
		return nil, err
	}
	var out []Mutant
	for _, when := range whens {
		if made.edited && (when == During || when == After) {
			continue
		}
		t := made.Clone()
		for _, proof := range t.OfType(contract.ResourceType) {
			switch when {
			case Before, Updated:
				t.SetDependsOn(proof, append(t.DependsOn(proof), made.ids...))
			case After:
				for _, id := range made.ids {
					t.SetDependsOn(id, append(t.DependsOn(id), proof))
				}
			}
		}
		if when != Stale {
			if err := digest(t); err != nil {
				return nil, err
			}
		}
		m := Mutant{Name: name + ", " + string(when), Edit: name, When: when, Stack: s, Base: original}
		if m.Stack.Template, err = json.Marshal(t); err != nil {
			return nil, err
		}
		if when == Updated || when == Stale {
			m.First = s
			m.First.Template = before
		}
		out = append(out, m)
	}
	return out, nil
}

// digest writes the digest of a template into its proofs, as synthesis does.
func digest(t templates.Template) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	parsed, err := template.Parse(text)
	if err != nil {
		return err
	}
	t.Each(contract.ResourceType, func(_ string, p templates.Object) {
		stacks, _ := p["Stacks"].(templates.Object)
		for name := range stacks {
			stacks[name] = parsed.Digest(contract.ResourceType)
		}
	})
	return nil
}
