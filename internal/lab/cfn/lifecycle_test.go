package cfn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// life is a stack that lives through a random sequence of operations, with
// faults and interruptions. The seed makes the sequence, not the order in which
// goroutines run.
type life struct {
	*harness
	rng  *rand.Rand
	seed uint64
	log  []string
}

// template makes a random acyclic template of up to six things that refer to one
// another, some of which need replacement when they change.
func (l *life) template() string {
	ids := []string{"A", "B", "C", "D", "E", "F"}
	l.rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	ids = ids[:2+l.rng.IntN(5)]
	var out []string
	for i, id := range ids {
		props := []string{fmt.Sprintf(`"Value":"%d"`, l.rng.IntN(3)), fmt.Sprintf(`"Fixed":"%d"`, l.rng.IntN(2))}
		for j := range i {
			switch l.rng.IntN(4) {
			case 0:
				props = append(props, fmt.Sprintf(`"R%d":{"Ref":%q}`, j, ids[j]))
			case 1:
				props = append(props, fmt.Sprintf(`"G%d":{"Fn::GetAtt":[%q,"Value"]}`, j, ids[j]))
			}
		}
		out = append(out, aThing(id, "{"+strings.Join(props, ",")+"}"))
	}
	return things(out...)
}

// faults makes some calls of the next operation fail.
func (l *life) faults() {
	clear(l.world.faults)
	for range l.rng.IntN(3) {
		call := []string{"create", "create", "update", "update", "delete"}[l.rng.IntN(5)] + " " + string(rune('A'+l.rng.IntN(6)))
		l.world.faults[call] = errors.New("fault: " + call)
		if strings.HasPrefix(call, "create") && l.rng.IntN(2) == 0 {
			l.world.faults[call] = partial{errors.New("partial: " + call)}
		}
	}
}

// context ends, now and then, in the middle of an operation.
func (l *life) context() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	if l.rng.IntN(6) > 0 {
		return ctx, cancel
	}
	n := 1 + l.rng.IntN(4)
	l.world.begun = make(chan string)
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-l.world.begun:
				if n--; n == 0 {
					cancel()
				}
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		close(done)
		<-ended
		cancel()
		l.world.begun = nil
	}
}

// fatal ends the test with the story so far.
func (l *life) fatal(format string, args ...any) {
	l.t.Helper()
	l.t.Fatalf("seed %d: %s\n%s", l.seed, fmt.Sprintf(format, args...), strings.Join(l.log, "\n"))
}

// check compares what exists with what the engine knows of.
func (l *life) check() {
	l.t.Helper()
	known := map[string]bool{}
	if s := l.stacks["S"]; s != nil {
		all := slices.Concat(slices.Collect(maps.Values(s.resources)), s.orphans)
		if s.failedRollback != nil {
			all = append(all, s.failedRollback.earlierOrphans...)
			for _, c := range s.failedRollback.changes {
				all = append(all, c.made)
			}
			for _, w := range s.failedRollback.before {
				all = append(all, w.resource)
			}
		}
		for _, r := range all {
			if r != nil && r.physical != "" {
				known[r.physical] = true
			}
		}
		for id, r := range s.resources {
			if props, exists := l.world.things[r.physical]; r.physical != "" && !exists {
				l.fatal("%s (%s) does not exist", id, r.physical)
			} else if strings.HasSuffix(string(s.status), "_COMPLETE") && !equal(props, r.props) {
				l.fatal("%s is %v, the engine believes %v", id, props, r.props)
			}
		}
	}
	for id := range l.world.things {
		if !known[id] {
			l.fatal("%s is lost", id)
		}
	}
}

// step does one operation and checks what must hold after it.
func (l *life) step() {
	l.faults()
	before := map[string]map[string]any{}
	if s := l.stacks["S"]; s != nil {
		for _, r := range s.resources {
			before[r.physical] = l.world.things[r.physical]
		}
	}
	ctx, end := l.context()
	var out Outcome
	var err error
	switch status := l.status(); {
	case status == UpdateRollbackFailed && l.rng.IntN(2) == 0:
		out, err = l.ContinueRollback(ctx, "S")
		l.note("continue", out, err)
	case status == "" || updatable(status) && l.rng.IntN(5) > 0:
		template := l.template()
		out, err = l.Deploy(ctx, Stack{Name: "S", Template: []byte(template)})
		l.note("deploy "+template, out, err)
		if err != nil && out.Status == UpdateRollbackComplete {
			for id, props := range before {
				if d := cmp.Diff(props, l.world.things[id]); d != "" {
					l.fatal("%s is not what it was: %s", id, d)
				}
			}
		}
		if out.Status == RollbackComplete && len(l.world.things) > 0 {
			l.fatal("left after the rollback: %v", l.world.ids())
		}
	default:
		out, err = l.Delete(ctx, "S")
		l.note("delete", out, err)
	}
	end()
	l.check()
}

func (l *life) status() Status {
	s, _ := l.Stack("S")
	return s.Status
}

func (l *life) note(what string, out Outcome, err error) {
	l.log = append(l.log, fmt.Sprintf("%s\n  faults %v\n  → %s, %v", what, l.world.faults, out.Status, err))
}

func TestLivesOfStacks(t *testing.T) {
	t.Parallel()
	seen := map[Status]int{}
	for seed := range uint64(120) {
		l := &life{harness: newHarness(t), rng: rand.New(rand.NewPCG(seed, 1)), seed: seed}
		for range 12 {
			l.step()
			seen[l.status()]++
		}
		clear(l.world.faults)
		if l.status() != "" {
			out, err := l.Delete(context.Background(), "S")
			l.note("delete", out, err)
			if err != nil {
				l.fatal("%v", err)
			}
		}
		if left := l.world.ids(); len(left) > 0 {
			l.fatal("left %v", left)
		}
	}
	for _, s := range []Status{
		"", CreateComplete, CreateFailed, UpdateComplete, UpdateFailed, DeleteFailed, RollbackComplete, RollbackFailed,
		UpdateRollbackComplete, UpdateRollbackFailed,
	} {
		if seen[s] == 0 {
			t.Errorf("no life has come to %q: %v", s, seen)
		}
	}
}
