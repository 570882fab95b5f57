package cfn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// topological returns ids so that each comes after its dependencies, otherwise
// in their given order. Dependencies that are not among ids do not count. A
// cycle is an error that names it.
func topological(ids []string, deps map[string][]string) ([]string, error) {
	const (
		visiting = 1
		done     = 2
	)
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	state := make(map[string]int, len(ids))
	order := make([]string, 0, len(ids))
	var path []string
	var visit func(id string) error
	visit = func(id string) error {
		switch state[id] {
		case done:
			return nil
		case visiting:
			cycle := append(slices.Clone(path[slices.Index(path, id):]), id)
			return fmt.Errorf("circular dependency: %s", strings.Join(cycle, " → "))
		}
		state[id] = visiting
		path = append(path, id)
		for _, d := range deps[id] {
			if known[d] {
				if err := visit(d); err != nil {
					return err
				}
			}
		}
		path = path[:len(path)-1]
		state[id] = done
		order = append(order, id)
		return nil
	}
	for _, id := range ids {
		if err := visit(id); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// reverse turns dependencies round: who depends on each id.
func reverse(ids []string, deps map[string][]string) map[string][]string {
	out := make(map[string][]string, len(ids))
	for _, id := range ids {
		for _, d := range deps[id] {
			out[d] = append(out[d], id)
		}
	}
	return out
}

// errCancelled is the cause of a context that ended because a sibling failed.
var errCancelled = errors.New("a sibling failed")

// errSkipped marks a node that was not started because one before it failed.
var errSkipped = errors.New("skipped")

// walk runs do for every id as soon as its dependencies among ids are done,
// independent ones at the same time, and returns the errors by id. The ids must
// have no cycle. With stop, the first failure cancels what is running and lets
// nothing else start; without, only what depends on a failure is skipped.
// Nodes that were not started have errSkipped.
func walk(ctx context.Context, ids []string, deps map[string][]string, stop bool, do func(ctx context.Context, id string) error) map[string]error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	missing := make(map[string]int, len(ids))
	for _, id := range ids {
		missing[id] = 0
	}
	for _, id := range ids {
		for _, d := range deps[id] {
			if _, ok := missing[d]; ok {
				missing[id]++
			}
		}
	}
	after := reverse(ids, deps)
	type finished struct {
		id  string
		err error
	}
	results := make(chan finished)
	errs := map[string]error{}
	running, stopped := 0, false
	start := func(id string) {
		running++
		go func() { results <- finished{id, do(ctx, id)} }()
	}
	var skip func(id string)
	skip = func(id string) {
		for _, next := range after[id] {
			if _, ok := errs[next]; !ok {
				errs[next] = errSkipped
				skip(next)
			}
		}
	}
	for _, id := range ids {
		if missing[id] == 0 {
			start(id)
		}
	}
	done := 0
	for running > 0 {
		f := <-results
		running--
		done++
		if f.err != nil {
			errs[f.id] = f.err
			skip(f.id)
			if stop && !stopped {
				stopped = true
				cancel(errCancelled)
			}
			continue
		}
		for _, next := range after[f.id] {
			if missing[next]--; missing[next] == 0 && errs[next] == nil {
				if stopped || ctx.Err() != nil {
					errs[next] = errSkipped
					skip(next)
				} else {
					start(next)
				}
			}
		}
	}
	for _, err := range errs {
		if errors.Is(err, errSkipped) {
			done++
		}
	}
	if done != len(ids) {
		panic("cfn: walk over a cycle") // the callers' graphs have none
	}
	return errs
}
