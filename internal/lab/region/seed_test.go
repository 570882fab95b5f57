package region_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
)

// course deploys the scenarios at the same time into one Region, deletes them one
// after the other, and returns all events with their times since the start.
func course(t *testing.T, seed uint64) []string {
	t.Helper()
	var stacks []cfn.Stack
	for _, id := range assembled.Scenarios {
		stacks = append(stacks, scenario(t, id)) // before there is a clock that the synthesis could let run
	}
	var events []cfn.Event
	r := newRegion(t, region.Options{Seed: seed, OnEvent: func(e cfn.Event) { events = append(events, e) }})
	start := r.Now()
	var all sync.WaitGroup
	for _, s := range stacks {
		all.Go(func() {
			if _, err := r.Deploy(within(t), s); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		})
	}
	all.Wait()
	for _, s := range stacks {
		remove(t, r, s)
	}
	var out []string
	for _, e := range events {
		id, _, _ := strings.Cut(e.PhysicalID, "?") // a presigned URL's signature is as new as the wall's time
		out = append(out, fmt.Sprintf("%v %s: %s (%s)", e.Time.Sub(start), e.Stack, e, id))
	}
	return out
}

// One seed is one course of events: their order, their times, the ids, the reasons.
// How goroutines are scheduled decides nothing of it.
func TestOneSeedOneCourse(t *testing.T) {
	t.Parallel()
	first := course(t, 1)
	if d := cmp.Diff(first, course(t, 1)); d != "" {
		t.Errorf("the same seed, another course:\n%s", d)
	}
	if cmp.Equal(first, course(t, 2)) {
		t.Error("another seed, the same course")
	}
}
