package cfn

import "slices"

// Edge is a dependency between two resources of a template, by their logical ids.
type Edge struct {
	From, To string
	// Explicit reports whether it is a DependsOn: From then waits until To is stable.
	Explicit bool
}

// Edges returns the dependencies of a stack's template, each resource's after those of
// what it depends on, and the logical ids in that order. The error is that of [Engine.Check].
func (e *Engine) Edges(st Stack) (ids []string, edges []Edge, err error) {
	p, findings := e.compile(st, e.stackARN(st.Name, checkedID), true)
	if len(findings) > 0 {
		return nil, nil, &Refusal{Stack: st.Name, Findings: findings}
	}
	ids = p.graph.Order()
	for _, from := range ids {
		for _, to := range p.graph.Dependencies(from) {
			edges = append(edges, Edge{from, to, slices.Contains(p.explicit[from], to)})
		}
	}
	return ids, edges, nil
}
