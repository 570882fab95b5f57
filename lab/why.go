package main

import (
	"context"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/trace"
	"provenendpoints/internal/why"
	"provenendpoints/proof"
)

// explained is why the proof of a stack failed; a nil cause says that the template, created
// anew, does not fail.
type explained struct {
	stack string
	cause *why.Cause
	err   error
}

// explain finds out why the proofs of stacks failed, by deploying their templates again
// with changes, in copies of the lab of the same course.
func explain(ctx context.Context, p prepared, r deployment.Result, o options, progress *progress) []explained {
	var out []explained
	stacks := p.stacks
	for _, step := range append([][]cfn.Stack{p.stacks}, p.then...) {
		stacks = latest(stacks, step)
		n := min(len(step), len(r.Stacks))
		for _, s := range r.Stacks[:n] {
			if !s.Failed() || !slices.ContainsFunc(s.Reports(), doesNotHold) {
				continue
			}
			progress.step("finding out why " + s.ID + " failed")
			i := slices.IndexFunc(stacks, func(other cfn.Stack) bool { return other.ID == s.ID })
			if i < 0 {
				continue
			}
			deploy := why.InLab(deployment.Options{Stubs: p.stubs, Accept: o.Accept, Region: o.Region, Account: o.Account, Seed: o.Seed}, stacks, s.ID)
			cause, err := why.Explain(ctx, stacks[i].Template, deploy)
			out = append(out, explained{s.ID, cause, err})
		}
		r.Stacks = r.Stacks[n:]
	}
	return out
}

func doesNotHold(r verdict.Report) bool {
	return slices.ContainsFunc(r.Verdicts, func(v verdict.Verdict) bool { return v.State != proof.Holds })
}

// latest are stacks with those of a further step in the place of earlier ones.
func latest(stacks, step []cfn.Stack) []cfn.Stack {
	out := slices.Clone(stacks)
	for _, s := range step {
		if i := slices.IndexFunc(out, func(other cfn.Stack) bool { return other.ID == s.ID }); i >= 0 {
			out[i] = s
		} else {
			out = append(out, s)
		}
	}
	return out
}

// why prints why the proofs of stacks failed.
func (s *screen) why(all []explained) {
	for _, x := range all {
		s.printf("\n%s\n", s.bad.Sprint("Why "+x.stack+" failed"))
		switch {
		case x.err != nil:
			s.block(2, x.err.Error())
		case x.cause == nil:
			s.block(2, "created anew, all its claims hold: they are refuted by the update alone")
		default:
			s.cause(x.cause)
		}
	}
}

func (s *screen) cause(c *why.Cause) {
	rows := []row{{cells: []cell{{"claim", s.subtle}, {c.Claim + " is " + string(c.State) + ": " + c.Seen, nil}}}}
	if c.Hop != nil {
		rows = append(rows, row{cells: []cell{{"first hop", s.subtle}, {c.Words, nil}}})
	}
	if c.Resource != "" {
		text := c.Resource + " (" + c.Type + ")"
		if c.Property != "" {
			text += ", " + c.Property
		}
		rows = append(rows, row{cells: []cell{{"decided by", s.subtle}, {text, s.head}}})
	}
	if c.Change != "" {
		rows = append(rows, row{cells: []cell{{"mended by", s.subtle}, {c.Change, s.good}}})
		rows = append(rows, row{cells: []cell{{"", nil}, {"deployed with this change, every claim holds; whether it is wanted is yours to judge", s.subtle}}})
	} else {
		rows = append(rows, row{cells: []cell{{"mended by", s.subtle}, {fmt.Sprintf("none of %d changes that were tried", c.Tried), s.bad}}})
	}
	s.table(2, rows)
}

// jsonCause is why the proof of a stack failed.
type jsonCause struct {
	Stack    string          `json:"stack"`
	Claim    string          `json:"claim,omitempty"`
	State    string          `json:"state,omitempty"`
	Seen     string          `json:"seen,omitempty"`
	Hop      *trace.Hop      `json:"hop,omitempty"`
	Trace    *trace.Exchange `json:"trace,omitempty"`
	Resource string          `json:"resource,omitempty"`
	Type     string          `json:"type,omitempty"`
	Property string          `json:"property,omitempty"`
	Change   string          `json:"change,omitempty"`
	Attempts []string        `json:"attempts,omitempty"`
	Error    string          `json:"error,omitempty"`
}

func jsonCauses(all []explained) []jsonCause {
	var out []jsonCause
	for _, x := range all {
		j := jsonCause{Stack: x.stack}
		if x.err != nil {
			j.Error = x.err.Error()
		}
		if c := x.cause; c != nil {
			j.Claim, j.State, j.Seen, j.Hop, j.Trace = c.Claim, string(c.State), c.Seen, c.Hop, c.Trace
			j.Resource, j.Type, j.Property, j.Change, j.Attempts = c.Resource, c.Type, c.Property, c.Change, c.Attempts
		}
		out = append(out, j)
	}
	return out
}
