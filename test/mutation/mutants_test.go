package mutation

import (
	"encoding/json"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/templates"
)

// Mutant is a stack that was changed in one place.
type Mutant struct {
	// Name says what was done, where and when, unique within the stack. Edit says
	// what and where: mutants with the same edit end in the same place.
	Name, Edit string
	// When is when an addition comes; empty for removals and turns.
	When When
	// Stack is what to deploy, after First has been deployed, if that is set.
	Stack, First cfn.Stack
	// Base is the template that was changed.
	Base templates.Template
	// Halves are the two edits of a pair; nil of all others.
	Halves *Halves
}

// cutter makes one mutant: its name, and the edit to make on a copy of the
// template.
type cutter func(name string, edit func(templates.Template))

// rule finds the places of a template that it can break, and calls cut for each.
type rule func(t templates.Template, cut cutter)

// rules are all rules, in the order of the mutants.
var rules = []rule{
	removeResources, removeDependencies, removeProperties, removeElements,
	flipFlags, turnValues, swapReferences,
}

// Mutants derives all mutants of a stack in which something is removed or turned. prepare, if not nil, edits the template
// before, such as to shorten the time limit of its verification.
func Mutants(s cfn.Stack, prepare func(templates.Template)) ([]Mutant, error) {
	original, err := templates.Parse(s.Template)
	if err != nil {
		return nil, fmt.Errorf("stack %s: %w", s.ID, err)
	}
	if prepare != nil {
		prepare(original)
	}
	var out []Mutant
	names := map[string]bool{}
	for _, r := range rules {
		r(original, func(name string, edit func(templates.Template)) {
			if err != nil {
				return
			}
			if names[name] {
				err = fmt.Errorf("stack %s: two mutants are called %q", s.ID, name)
				return
			}
			names[name] = true
			t := original.Clone()
			edit(t)
			if err = digest(t); err != nil {
				return
			}
			m := Mutant{Name: name, Edit: name, Stack: s, Base: original}
			if m.Stack.Template, err = json.Marshal(t); err == nil {
				out = append(out, m)
			}
		})
	}
	return out, err
}

// ignored are properties that are for people only, or that make CloudFormation
// run a verification again, which a creation does anyway.
var ignored = []string{"Tags", "Description", "GroupDescription", "Stacks", "Subject", "PolicyName", "Metadata"}

// places visits the places in all resources' properties, except those that are
// ignored and the insides of claims, of which their Call is one: a claim is dropped as a
// whole or not at all.
func places(t templates.Template, visit func(id string, at path, v any)) {
	for _, id := range t.IDs() {
		walk(t.Properties(id), nil, func(at path, v any) {
			for _, step := range at {
				if s, ok := step.(string); ok && slices.Contains(ignored, s) {
					return
				}
			}
			if at[0] == "Claims" && len(at) > 2 || at[0] == "Call" {
				return
			}
			visit(id, at, v)
		})
	}
}
