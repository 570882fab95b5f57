package why

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
)

// timeLimit is the time limit of proofs in copies of the lab, in seconds by the lab's
// clock: nothing changes there any more, and who waits for the cause need not wait for
// the whole limit of each change that does not help.
const timeLimit = "90"

// InLab deploys a stack with other templates, together with the stacks that it needs,
// each time into a new lab of the same course.
func InLab(o deployment.Options, stacks []cfn.Stack, id string) Deploy {
	o.Traces, o.Captures, o.Keep, o.OnStep, o.OnEvent = true, "", true, nil, nil
	return func(ctx context.Context, text []byte) (out Deployed, err error) {
		text, err = shortened(text)
		if err != nil {
			return out, err
		}
		own := slices.IndexFunc(stacks, func(s cfn.Stack) bool { return s.ID == id })
		if own < 0 {
			return out, fmt.Errorf("there is no stack %s", id)
		}
		changed := slices.Clone(stacks)
		changed[own].Template, changed[own].NoRollback = text, true
		lab := deployment.New(o)
		defer func() { err = errors.Join(err, lab.Close()) }()
		results, err := lab.Deploy(ctx, needed(changed, own))
		if err != nil {
			return out, err
		}
		for _, s := range results {
			if s.ID == id {
				return deployedAs(s), nil
			}
		}
		return out, fmt.Errorf("the stack %s was not deployed", id)
	}
}

// needed are a stack and those that it depends on.
func needed(stacks []cfn.Stack, own int) []cfn.Stack {
	wanted := []string{stacks[own].ID}
	for i := 0; i < len(wanted); i++ {
		for _, s := range stacks {
			if s.ID == wanted[i] {
				wanted = append(wanted, s.Dependencies...)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(stacks), func(s cfn.Stack) bool { return !slices.Contains(wanted, s.ID) })
}

func deployedAs(s deployment.Stack) Deployed {
	out := Deployed{Holds: !s.Failed(), Reason: s.Reason(), Reports: s.Reports(), Physical: map[string]string{}, Owners: s.Traces.Owners}
	for _, e := range s.Events {
		if !e.OfStack() && e.PhysicalID != "" {
			out.Physical[e.LogicalID] = e.PhysicalID
		}
	}
	return out
}

// shortened is a template whose proofs have less time.
func shortened(text []byte) ([]byte, error) {
	d, err := read(text)
	if err != nil {
		return nil, err
	}
	for _, id := range d.ofType(contract.ResourceType) {
		d.properties(id)["TimeLimit"] = timeLimit
	}
	return d.text()
}
