package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
)

// timing is the wall time that the phases took.
type timing struct {
	Compile, Synth, Lab time.Duration
}

// result is what happened to all stacks.
type result struct {
	Stacks []stackResult
	Timing timing
	// Left is an error that names what the stacks left behind; nil if nothing.
	Left error
}

// stackResult is what happened to one stack.
type stackResult struct {
	ID      string
	Outcome cfn.Outcome
	// Events are those of the deployment, oldest first, Deletion those of the deletion.
	Events, Deletion []cfn.Event
	Resources        int
	// Err is why the stack could not be deployed or deleted.
	Err error
	// Skipped names the stack that had to be deployed before and was not.
	Skipped string
	// Took is the time by the lab's clock, Wall by the wall's.
	Took, Wall time.Duration
	// Logs are the functions' logs and the instances' consoles, by name.
	Logs []region.Log
}

// OK tells whether everything was deployed, verified and deleted.
func (r result) OK() bool {
	for _, s := range r.Stacks {
		if s.Err != nil || s.Skipped != "" {
			return false
		}
	}
	return r.Left == nil
}

// deploy deploys the stacks into one new Region, independent ones at the same
// time, and deletes them again.
func deploy(ctx context.Context, stacks []cfn.Stack, keep bool, p *progress) (out result) {
	start := time.Now()
	r, err := region.New(region.Options{OnEvent: func(e cfn.Event) {
		p.tick(fmt.Sprintf("%s: %s %s", e.Stack, e.LogicalID, e.Status))
	}})
	if err != nil {
		return result{Stacks: []stackResult{{ID: "lab", Err: err}}}
	}
	defer func() { out.Left = errors.Join(out.Left, r.Close()) }()
	p.say("deploying " + count(len(stacks)) + " in the lab")
	results := make([]stackResult, len(stacks))
	inOrder(stacks, func(i int, failed string) bool {
		results[i] = deployOne(ctx, r, stacks[i], failed)
		return results[i].Err == nil && failed == ""
	})
	out.Stacks = results
	if !keep {
		p.say("deleting the stacks")
		for i := len(stacks) - 1; i >= 0; i-- {
			deleteOne(ctx, r, stacks[i], &out.Stacks[i])
		}
		out.Left = r.Left()
	}
	out.Timing.Lab = time.Since(start)
	return out
}

// inOrder calls do for every stack, as soon as those that it depends on are
// done; do says whether it went well, and is told of the first dependency that
// did not.
func inOrder(stacks []cfn.Stack, do func(i int, failed string) bool) {
	type state struct {
		done chan struct{}
		ok   bool
	}
	states := map[string]*state{}
	for _, s := range stacks {
		states[s.ID] = &state{done: make(chan struct{})}
	}
	var all sync.WaitGroup
	for i, s := range stacks {
		all.Go(func() {
			mine, failed := states[s.ID], ""
			defer close(mine.done)
			for _, d := range s.Dependencies {
				if before := states[d]; before != nil {
					<-before.done
					if !before.ok && failed == "" {
						failed = d
					}
				}
			}
			mine.ok = do(i, failed)
		})
	}
	all.Wait()
}

func deployOne(ctx context.Context, r *region.Region, s cfn.Stack, failed string) stackResult {
	out := stackResult{ID: s.ID, Skipped: failed}
	if failed != "" {
		return out
	}
	wall, clock := time.Now(), r.Now()
	out.Outcome, out.Err = r.Deploy(ctx, s)
	out.Took, out.Wall = r.Now().Sub(clock), time.Since(wall)
	out.Events = r.Events(s.Name)
	out.Resources = len(r.Resources(s.Name))
	out.Logs = r.Logs(s.Name)
	return out
}

// deleteOne deletes a stack that exists, failed or not.
func deleteOne(ctx context.Context, r *region.Region, s cfn.Stack, out *stackResult) {
	info, ok := r.Stack(s.Name)
	if !ok {
		return
	}
	before := len(r.Events(s.Name))
	_, err := r.Delete(ctx, s.Name)
	if events := r.Events(info.ID); len(events) > before {
		out.Deletion = events[before:]
	}
	if err != nil {
		out.Err = errors.Join(out.Err, fmt.Errorf("delete: %w", err))
	}
}
