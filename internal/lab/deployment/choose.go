package deployment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

// Choose returns the stacks of an assembly with these names or ids and those that they
// depend on, each after its dependencies; all of them if no name is given.
func Choose(a cfn.Assembly, names []string) ([]cfn.Stack, error) {
	if len(names) == 0 {
		return slices.Clone(a.Stacks), nil
	}
	wanted := map[string]bool{}
	for _, name := range names {
		s, ok := a.Stack(name)
		if !ok {
			return nil, fmt.Errorf("there is no stack %q in the assembly; it has %s", name, strings.Join(ids(a.Stacks), ", "))
		}
		wanted[s.ID] = true
	}
	var chosen []cfn.Stack
	for _, s := range slices.Backward(a.Stacks) { // each comes after its dependencies
		if wanted[s.ID] {
			chosen = append(chosen, s)
			for _, d := range s.Dependencies {
				wanted[d] = true
			}
		}
	}
	slices.Reverse(chosen)
	return chosen, nil
}

func ids(stacks []cfn.Stack) []string {
	out := make([]string, len(stacks))
	for i, s := range stacks {
		out[i] = s.ID
	}
	return out
}

// SetParameters gives the stacks values of their templates' parameters, by stack and
// name. The stack "" stands for every stack that has such a parameter. Each must be
// one of a template's.
func SetParameters(stacks []cfn.Stack, given map[string]map[string]string) error {
	for _, stack := range slices.Sorted(maps.Keys(given)) {
		for _, name := range slices.Sorted(maps.Keys(given[stack])) {
			found := false
			for i := range stacks {
				s := &stacks[i]
				if stack != "" && stack != s.ID && stack != s.Name || !slices.Contains(s.ParameterNames(), name) {
					continue
				}
				found = true
				s.Parameters = maps.Clone(s.Parameters)
				if s.Parameters == nil {
					s.Parameters = map[string]string{}
				}
				s.Parameters[name] = given[stack][name]
			}
			switch {
			case !found && stack == "":
				return fmt.Errorf("parameter %s: no stack has a parameter of this name", name)
			case !found:
				return fmt.Errorf("parameter %s:%s: there is no such stack, or it has no such parameter", stack, name)
			}
		}
	}
	return nil
}
