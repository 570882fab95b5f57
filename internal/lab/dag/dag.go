// Package dag holds directed acyclic graphs: what depends on what, in which
// order it may be done, and a walk that does it concurrently.
//
// The graph knows nothing of its nodes. CloudFormation's resources, the
// deletion of physical resources and the stacks of an assembly are three users.
package dag

import (
	"fmt"
	"slices"
	"strings"
)

// Graph is a set of nodes with their dependencies. It is not changed after it
// is made.
type Graph[K comparable] struct {
	order        []K
	dependencies map[K][]K // those that are nodes themselves
	dependents   map[K][]K
}

// New makes a graph. Dependencies that are not among the nodes do not count. A
// cycle is an error that names its nodes.
func New[K comparable](nodes []K, dependencies map[K][]K) (*Graph[K], error) {
	g := &Graph[K]{dependencies: make(map[K][]K, len(nodes)), dependents: make(map[K][]K, len(nodes))}
	for _, n := range nodes {
		g.dependencies[n] = nil
	}
	for _, n := range nodes {
		for _, d := range dependencies[n] {
			if _, ok := g.dependencies[d]; ok {
				g.dependencies[n] = append(g.dependencies[n], d)
			}
		}
	}
	if err := g.sort(nodes); err != nil {
		return nil, err
	}
	for _, n := range g.order {
		for _, d := range g.dependencies[n] {
			g.dependents[d] = append(g.dependents[d], n)
		}
	}
	return g, nil
}

// Order returns the nodes, each after its dependencies, otherwise in the order
// in which they were given to [New].
func (g *Graph[K]) Order() []K { return slices.Clone(g.order) }

// Dependencies returns the nodes that a node depends on directly.
func (g *Graph[K]) Dependencies(node K) []K { return slices.Clone(g.dependencies[node]) }

// sort finds the order by a depth-first search.
func (g *Graph[K]) sort(nodes []K) error {
	const (
		visiting = 1
		done     = 2
	)
	state := make(map[K]int, len(nodes))
	var path []K
	var visit func(K) error
	visit = func(n K) error {
		switch state[n] {
		case done:
			return nil
		case visiting:
			return circular(append(slices.Clone(path[slices.Index(path, n):]), n))
		}
		state[n] = visiting
		path = append(path, n)
		for _, d := range g.dependencies[n] {
			if err := visit(d); err != nil {
				return err
			}
		}
		path = path[:len(path)-1]
		state[n] = done
		g.order = append(g.order, n)
		return nil
	}
	for _, n := range nodes {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}

func circular[K comparable](cycle []K) error {
	names := make([]string, len(cycle))
	for i, n := range cycle {
		names[i] = fmt.Sprint(n)
	}
	return fmt.Errorf("circular dependency: %s", strings.Join(names, " → "))
}
