package mutation

import (
	"slices"

	"provenendpoints/internal/test/templates"
)

// removeResources removes each resource that nothing refers to. CloudFormation
// refuses a template without a resource that something refers to.
func removeResources(t templates.Template, cut cutter) {
	for _, id := range t.IDs() {
		if t.Referenced(id) {
			continue
		}
		cut("remove resource "+id, func(t templates.Template) {
			delete(t.Resources(), id)
			for _, other := range t.IDs() {
				without(t, other, id)
			}
		})
	}
}

// removeDependencies removes each entry of each DependsOn.
func removeDependencies(t templates.Template, cut cutter) {
	for _, id := range t.IDs() {
		for _, d := range t.DependsOn(id) {
			cut("remove dependency of "+id+" on "+d, func(t templates.Template) { without(t, id, d) })
		}
	}
}

// without removes a dependency if it is there.
func without(t templates.Template, id, on string) {
	t.SetDependsOn(id, slices.DeleteFunc(t.DependsOn(id), func(other string) bool { return other == on }))
}

// removeProperties removes each property, and each member of a policy statement
// (its conditions above all).
func removeProperties(t templates.Template, cut cutter) {
	places(t, func(id string, at path, _ any) {
		if _, named := at[len(at)-1].(string); !named {
			return
		}
		cut("remove "+id+" "+at.String(), func(t templates.Template) { remove(t.Properties(id), at) })
	})
}

// removeElements removes each element of each list: each rule of a security
// group, each statement, subnet, target, claim, and so on.
func removeElements(t templates.Template, cut cutter) {
	places(t, func(id string, at path, _ any) {
		if _, indexed := at[len(at)-1].(int); !indexed {
			return
		}
		cut("remove "+id+" "+at.String(), func(t templates.Template) { remove(t.Properties(id), at) })
	})
}
