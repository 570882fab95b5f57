package dag

import (
	"context"
	"errors"
)

// ErrCancelled is the cause of the context that a visit runs under once
// another visit has failed.
var ErrCancelled = errors.New("another node failed")

// ErrSkipped is the error of a node that was not visited because a node that it
// depends on failed, or because the walk was over.
var ErrSkipped = errors.New("skipped")

// FailureMode says what the failure of one visit means for the others.
type FailureMode int

const (
	// SkipDependents skips what depends on the failed node and visits the rest.
	SkipDependents FailureMode = iota
	// CancelAll cancels the visits that are under way and starts no other.
	CancelAll
)

// Walk visits every node as soon as the visits of its dependencies have
// succeeded, independent nodes concurrently. It returns the errors by node;
// nodes that were not visited have [ErrSkipped].
func (g *Graph[K]) Walk(ctx context.Context, mode FailureMode, visit func(ctx context.Context, node K) error) map[K]error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &walk[K]{
		graph: g, ctx: ctx, visit: visit,
		waiting: make(map[K]int, len(g.order)), results: make(chan result[K]), errs: map[K]error{},
	}
	for _, n := range g.order {
		w.waiting[n] = len(g.dependencies[n])
	}
	for _, n := range g.order {
		if w.waiting[n] == 0 {
			w.start(n)
		}
	}
	for w.running > 0 {
		r := <-w.results
		w.running--
		if r.err == nil {
			w.release(r.node)
			continue
		}
		w.errs[r.node] = r.err
		w.skipDependents(r.node)
		if mode == CancelAll && !w.cancelled {
			w.cancelled = true
			cancel(ErrCancelled)
		}
	}
	return w.errs
}

// walk is one walk under way. Only the goroutine of Walk uses it.
type walk[K comparable] struct {
	graph     *Graph[K]
	ctx       context.Context
	visit     func(context.Context, K) error
	waiting   map[K]int // the dependencies that are not done, by node
	running   int
	results   chan result[K]
	errs      map[K]error
	cancelled bool
}

type result[K comparable] struct {
	node K
	err  error
}

func (w *walk[K]) start(n K) {
	w.running++
	go func() { w.results <- result[K]{n, w.visit(w.ctx, n)} }()
}

// release starts the dependents of a node that have waited for it alone.
func (w *walk[K]) release(n K) {
	for _, next := range w.graph.dependents[n] {
		w.waiting[next]--
		switch {
		case w.waiting[next] > 0 || w.errs[next] != nil:
		case w.cancelled || w.ctx.Err() != nil:
			w.errs[next] = ErrSkipped
			w.skipDependents(next)
		default:
			w.start(next)
		}
	}
}

func (w *walk[K]) skipDependents(n K) {
	for _, next := range w.graph.dependents[n] {
		if w.errs[next] == nil {
			w.errs[next] = ErrSkipped
			w.skipDependents(next)
		}
	}
}
