package deployment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
)

// Finding is a stack that failed under a seed.
type Finding struct {
	Seed uint64
	// Stack is the stack's id, LogicalID and Type are those of the resource that failed
	// first (empty if none did), Reason is why.
	Stack, LogicalID, Type, Reason string
	// Lacking are the dependencies under which the stack does not fail with this seed:
	// as few as were found. None: no dependency helps, so that not the order is to blame.
	Lacking []cfn.Edge
}

// String is the finding as text of one line or two.
func (f Finding) String() string {
	s := fmt.Sprintf("seed %d: %s", f.Seed, f.Reason)
	for _, e := range f.Lacking {
		s += fmt.Sprintf("\nIt does not fail if %s DependsOn %s.", e.From, e.To)
	}
	return s
}

// Search deploys the stacks once for each of n seeds, from o.Seed on, and returns what
// failed. For each stack it says which dependencies lack; a failure of the same
// resource under another seed is not looked into again. It calls each after every seed.
func Search(ctx context.Context, stacks []cfn.Stack, o Options, n int, each func(seed uint64, r Result)) []Finding {
	var out []Finding
	known := map[string][]cfn.Edge{}
	for range n {
		if ctx.Err() != nil {
			break
		}
		r := Run(ctx, stacks, o)
		for _, s := range r.Stacks {
			if s.Err == nil {
				continue
			}
			f := Finding{Seed: o.Seed, Stack: s.ID, Reason: s.Reason()}
			if first, ok := s.firstFailure(); ok {
				f.LogicalID, f.Type = first.LogicalID, first.Type
			}
			key := f.Stack + "/" + f.LogicalID
			if _, looked := known[key]; !looked {
				known[key] = search{ctx, o, stacks, f}.lacking()
			}
			f.Lacking = known[key]
			out = append(out, f)
		}
		if each != nil {
			each(o.Seed, r)
		}
		o.Seed++
	}
	return out
}

// search looks for the dependencies that a failed stack lacks.
type search struct {
	ctx     context.Context
	options Options
	stacks  []cfn.Stack
	finding Finding
}

// lacking returns as few dependencies as it finds, with which the stack succeeds. First
// it tries the references of the resource that failed, as explicit dependencies: a
// dependency on something slow that has nothing to do with it would help as well, by
// chance. Then it tries any other dependency of that resource, and then the references
// of all resources.
func (s search) lacking() []cfn.Edge {
	i := slices.IndexFunc(s.stacks, func(st cfn.Stack) bool { return st.ID == s.finding.Stack })
	if i < 0 || s.finding.LogicalID == "" {
		return nil
	}
	r, err := region.New(region.Options{Name: s.options.Region, Account: s.options.Account})
	if err != nil {
		return nil
	}
	ids, edges, err := r.Edges(s.stacks[i])
	if closed := r.Close(); err != nil || closed != nil {
		return nil
	}
	references := implicit(edges)
	own := slices.DeleteFunc(slices.Clone(references), func(e cfn.Edge) bool { return e.From != s.finding.LogicalID })
	for _, candidates := range [][]cfn.Edge{own, ofFailed(s.finding.LogicalID, ids, edges), references} {
		if len(candidates) > 0 && s.succeeds(i, candidates) {
			return s.reduce(i, candidates)
		}
	}
	return nil
}

// ofFailed are the dependencies that a resource could have besides its explicit ones:
// on everything that does not depend on it.
func ofFailed(id string, ids []string, edges []cfn.Edge) []cfn.Edge {
	users := map[string]bool{id: true} // ids come after what they depend on
	for _, from := range ids {
		for _, e := range edges {
			if e.From == from && users[e.To] {
				users[from] = true
			}
		}
	}
	var out []cfn.Edge
	for _, to := range ids {
		if !users[to] && !slices.Contains(edges, cfn.Edge{From: id, To: to, Explicit: true}) {
			out = append(out, cfn.Edge{From: id, To: to, Explicit: true})
		}
	}
	return out
}

// implicit are the references, as explicit dependencies.
func implicit(edges []cfn.Edge) []cfn.Edge {
	var out []cfn.Edge
	for _, e := range edges {
		if !e.Explicit {
			out = append(out, cfn.Edge{From: e.From, To: e.To, Explicit: true})
		}
	}
	return out
}

// reduce removes dependencies, in halves, quarters and so on, as long as the stack
// succeeds with the others.
func (s search) reduce(stack int, edges []cfn.Edge) []cfn.Edge {
	for size := (len(edges) + 1) / 2; size > 0 && len(edges) > 1; size /= 2 {
		for at := 0; at < len(edges) && len(edges) > 1; {
			rest := slices.Delete(slices.Clone(edges), at, min(at+size, len(edges)))
			if len(rest) > 0 && s.succeeds(stack, rest) {
				edges = rest
			} else {
				at += size
			}
		}
	}
	return edges
}

// succeeds reports whether the stack deploys with these dependencies, under the same seed.
func (s search) succeeds(stack int, edges []cfn.Edge) bool {
	stacks := slices.Clone(s.stacks)
	text, err := withDependencies(stacks[stack].Template, edges)
	if err != nil {
		return false
	}
	stacks[stack].Template = text
	o := s.options
	o.Keep, o.OnEvent, o.OnStep = true, nil, nil
	r := Run(s.ctx, stacks, o)
	i := slices.IndexFunc(r.Stacks, func(st Stack) bool { return st.ID == s.finding.Stack })
	return i >= 0 && !r.Stacks[i].Failed()
}

// withDependencies adds DependsOn to resources of a template.
func withDependencies(template []byte, edges []cfn.Edge) ([]byte, error) {
	var top map[string]any
	if err := json.Unmarshal(template, &top); err != nil {
		return nil, err
	}
	resources, _ := top["Resources"].(map[string]any)
	for _, e := range edges {
		r, ok := resources[e.From].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("there is no resource %s", e.From)
		}
		list, ok := r["DependsOn"].([]any)
		if one, single := r["DependsOn"].(string); !ok && single {
			list = []any{one}
		}
		r["DependsOn"] = append(list, e.To)
	}
	return json.Marshal(top)
}
