package cfn

import (
	"fmt"
	"slices"
	"strings"
)

// exportValue returns the value of an export, of whichever stack.
func (e *Engine) exportValue(name string) (any, bool) {
	_, o, ok := e.findExport(name)
	return o.Value, ok
}

// exporter returns the name of the stack that exports a name.
func (e *Engine) exporter(name string) (string, bool) {
	stack, _, ok := e.findExport(name)
	return stack, ok
}

func (e *Engine) findExport(name string) (string, Output, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.stacks {
		for _, o := range s.outputs {
			if o.Export == name {
				return s.name, o, true
			}
		}
	}
	return "", Output{}, false
}

// importers returns the names of the stacks that use an export.
func (e *Engine) importers(name string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, s := range e.stacks {
		if s.plan != nil && s.plan.imports[name] {
			out = append(out, s.name)
		}
	}
	slices.Sort(out)
	return out
}

// checkUnchanged returns an error if an export that other stacks use would get
// another value.
func (e *Engine) checkUnchanged(old, updated []Output) error {
	for _, o := range old {
		for _, u := range updated {
			if users := e.importers(u.Export); u.Export != "" && u.Export == o.Export && u.Value != o.Value && len(users) > 0 {
				return fmt.Errorf("Export %s cannot be updated as it is in use by %s", u.Export, strings.Join(users, ", "))
			}
		}
	}
	return nil
}

// checkUnused returns an error if another stack uses an export of this one.
func (e *Engine) checkUnused(s *stack) error {
	for _, o := range s.outputs {
		if o.Export == "" {
			continue
		}
		users := slices.DeleteFunc(e.importers(o.Export), func(user string) bool { return user == s.name })
		if len(users) > 0 {
			return fmt.Errorf("Export %s cannot be deleted as it is in use by %s", o.Export, strings.Join(users, ", "))
		}
	}
	return nil
}
