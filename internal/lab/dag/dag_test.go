package dag

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func order(nodes []string, dependencies map[string][]string) ([]string, error) {
	g, err := New(nodes, dependencies)
	if err != nil {
		return nil, err
	}
	return g.Order(), nil
}

func graph(t *testing.T, nodes []string, dependencies map[string][]string) *Graph[string] {
	t.Helper()
	g, err := New(nodes, dependencies)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestOrder(t *testing.T) {
	t.Parallel()
	got, err := order([]string{"a", "b", "c", "d"}, map[string][]string{"a": {"d", "x"}, "d": {"b"}})
	if d := cmp.Diff([]string{"b", "d", "a", "c"}, got); d != "" || err != nil {
		t.Error(d, err)
	}
	for want, deps := range map[string]map[string][]string{
		"circular dependency: a → a":         {"a": {"a"}},
		"circular dependency: b → c → d → b": {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b"}},
	} {
		if _, err := order([]string{"a", "b", "c", "d"}, deps); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	ids := []string{"a", "b", "c", "d", "e"}
	deps := map[string][]string{"b": {"a"}, "c": {"b", "outside"}, "d": {"a"}}
	for _, c := range []struct {
		name, fails string
		mode        FailureMode
		ran         []string
		skipped     []string
	}{
		{"all", "", CancelAll, ids, nil},
		{"go on", "b", SkipDependents, []string{"a", "b", "d", "e"}, []string{"c"}},
		{"nothing starts", "a", SkipDependents, []string{"a", "e"}, []string{"b", "c", "d"}},
	} {
		var mu sync.Mutex
		ran := map[string]bool{}
		errs := graph(t, ids, deps).Walk(context.Background(), c.mode, func(_ context.Context, id string) error {
			mu.Lock()
			defer mu.Unlock()
			for _, d := range deps[id] {
				if d != "outside" && !ran[d] {
					t.Errorf("%s: %s ran before %s", c.name, id, d)
				}
			}
			ran[id] = true
			if id == c.fails {
				return boom
			}
			return nil
		})
		if d := cmp.Diff(c.ran, slices.Sorted(maps.Keys(ran))); d != "" {
			t.Errorf("%s: ran %s", c.name, d)
		}
		var skipped []string
		for id, err := range errs {
			if err == ErrSkipped {
				skipped = append(skipped, id)
			} else if id != c.fails || err != boom {
				t.Errorf("%s: %s: %v", c.name, id, err)
			}
		}
		slices.Sort(skipped)
		if d := cmp.Diff(c.skipped, skipped); d != "" {
			t.Errorf("%s: skipped %s", c.name, d)
		}
	}
}

func TestWalkStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	running := make(chan struct{})
	var cause error
	errs := graph(t, []string{"fails", "runs", "later"}, map[string][]string{"later": {"runs"}}).Walk(context.Background(), CancelAll, func(ctx context.Context, id string) error {
		if id == "fails" {
			<-running
			return errors.New("boom")
		}
		close(running)
		<-ctx.Done()
		cause = context.Cause(ctx)
		return nil // it succeeds nevertheless
	})
	if cause != ErrCancelled || errs["runs"] != nil || errs["later"] != ErrSkipped || errs["fails"] == nil {
		t.Errorf("%v, %v", cause, errs)
	}
}
