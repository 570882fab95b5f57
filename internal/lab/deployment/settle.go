package deployment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/lab/region"
)

// How long user data may run and targets may be unknown, by the lab's clock. What
// runs longer is taken for a service: a script that never ends.
const (
	bootTime   = 15 * time.Minute
	healthTime = 15 * time.Minute
	healthLook = 5 * time.Second
)

// afterwards is what takes time when the stacks are complete.
var afterwards = []latency.What{latency.EndpointAnswers, latency.PolicyEffect, latency.ReadShows}

// lateness is how long what is complete may not be there yet.
func lateness() time.Duration {
	var longest time.Duration
	for _, what := range afterwards {
		longest = max(longest, latency.Longest(what))
	}
	return longest
}

// Settle waits until what is complete is there, the user data of the instances has ended
// and load balancers find their targets healthy, and notes in the results how the
// instances started and what is wrong.
func (l *Lab) Settle(ctx context.Context, results []Stack) {
	there := func(s Stack) bool { return !s.Failed() && !s.Empty && !s.Unused }
	if !slices.ContainsFunc(results, there) || l.clock.Sleep(ctx, lateness()) != nil {
		return
	}
	booted, cancel := l.clock.WithTimeout(ctx, bootTime)
	defer cancel()
	for i := range results {
		s := &results[i]
		r, stack, ok := l.Region(s.ID)
		if !ok || !there(*s) {
			continue
		}
		family := r.WithNested(stack.Name)
		for _, name := range family {
			for _, boot := range r.Boots(booted, name) {
				s.Boots = append(s.Boots, boot)
				if boot.Err != nil && !StillRuns(boot) {
					s.Warnings = append(s.Warnings, fmt.Sprintf("the user data of %s failed: %v", boot.Name, boot.Err))
				}
			}
		}
		l.settleTargets(ctx, r)
		for _, name := range family {
			s.Warnings = append(s.Warnings, unhealthy(r, name)...)
		}
		s.Logs = r.AllLogs(stack.Name)
	}
}

// Boot is the first start of an instance.
type Boot = region.Boot

// StillRuns reports whether an instance's user data had not ended when nobody waited
// any more.
func StillRuns(b Boot) bool {
	return errors.Is(b.Err, context.DeadlineExceeded) || errors.Is(b.Err, context.Canceled)
}

// settleTargets waits until every target of a Region that is in use is healthy, as long as
// a start or an update may take.
func (l *Lab) settleTargets(ctx context.Context, r *region.Region) {
	for waited := time.Duration(0); waited < healthTime; waited += healthLook {
		if !slices.ContainsFunc(health(r), groupHealth.bad) {
			return
		}
		if l.clock.Sleep(ctx, healthLook) != nil {
			return
		}
	}
}

// groupHealth is the health of a target with its group's id.
type groupHealth struct {
	elb.TargetHealth
	group string
}

// bad reports whether the target does not take connections, though it is in use.
func (t groupHealth) bad() bool {
	return t.State == elb.StateInitial || t.State == elb.StateUnhealthy
}

func health(r *region.Region) []groupHealth {
	var out []groupHealth
	for _, g := range r.LoadBalancing.TargetGroups() {
		targets, err := r.LoadBalancing.TargetHealth(g.ID)
		if err != nil {
			continue // it was deleted meanwhile
		}
		for _, t := range targets {
			out = append(out, groupHealth{t, g.ID})
		}
	}
	return out
}

// unhealthy words what is wrong with the targets of a stack's groups.
func unhealthy(r *region.Region, stack string) []string {
	owner := map[string]string{}
	for _, res := range r.Resources(stack) {
		owner[res.PhysicalID] = res.LogicalID
	}
	var out []string
	for _, t := range health(r) {
		if owner[t.group] == "" || !t.bad() {
			continue
		}
		target := t.ID
		if name := owner[t.ID]; name != "" {
			target = name + " (" + t.ID + ")"
		}
		out = append(out, fmt.Sprintf("the target %s of %s is %s: %s", target, owner[t.group], t.State, t.Description))
	}
	return out
}
