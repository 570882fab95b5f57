package mutation

// removeResources removes each resource that nothing refers to. One that is
// referred to cannot go: CloudFormation refuses the template.
func removeResources(t tree, cut func(string, func(tree))) {
	for _, id := range t.ids() {
		if t.referenced(id) {
			continue
		}
		cut("remove resource "+id, func(t tree) {
			delete(t.resources(), id)
			for _, other := range t.ids() {
				without(t, other, id)
			}
		})
	}
}

// removeDependencies removes each entry of each DependsOn.
func removeDependencies(t tree, cut func(string, func(tree))) {
	for _, id := range t.ids() {
		for _, d := range t.dependsOn(id) {
			cut("remove dependency of "+id+" on "+d.(string), func(t tree) { without(t, id, d.(string)) })
		}
	}
}

// without removes a dependency if it is there.
func without(t tree, id, on string) {
	var rest []any
	for _, d := range t.dependsOn(id) {
		if d != on {
			rest = append(rest, d)
		}
	}
	if len(rest) == 0 {
		delete(t.resource(id), "DependsOn")
		return
	}
	t.resource(id)["DependsOn"] = rest
}

// removeProperties removes each property, and each member of a policy statement
// (its conditions above all).
func removeProperties(t tree, cut func(string, func(tree))) {
	places(t, func(id string, at path, _ any) {
		if _, named := at[len(at)-1].(string); !named {
			return
		}
		cut("remove "+id+" "+at.String(), func(t tree) { remove(t.properties(id), at) })
	})
}

// removeElements removes each element of each list: each rule of a security
// group, each statement, subnet, target, claim, and so on.
func removeElements(t tree, cut func(string, func(tree))) {
	places(t, func(id string, at path, _ any) {
		if _, indexed := at[len(at)-1].(int); !indexed {
			return
		}
		cut("remove "+id+" "+at.String(), func(t tree) { remove(t.properties(id), at) })
	})
}
