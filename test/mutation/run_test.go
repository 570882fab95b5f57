package mutation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
)

// Fate is what became of a mutant.
type Fate string

// The fates. A mutant is dead unless it survived.
const (
	// Refused: the template is not one, or AWS would not create one of its resources.
	Refused Fate = "refused"
	// Refuted: a verification failed and says which claims do not hold.
	Refuted Fate = "refuted"
	// Unverified: a verification failed before it judged any claim.
	Unverified Fate = "unverified"
	// Stuck: the stack failed and could not be deleted either. Only a resource
	// whose function is not the verifier may end so.
	Stuck Fate = "stuck"
	// Unreported: the instance's report did not arrive.
	Unreported Fate = "unreported"
	// Survived: the stack deployed.
	Survived Fate = "survived"
)

// Outcome is what became of a mutant and why.
type Outcome struct {
	Mutant string
	Fate   Fate
	// Claims are those that a verification refuted, and, marked with a question
	// mark, those that it could not prove.
	Claims []string
	// Reason is the stack's own reason.
	Reason string
	// Left is what the stack left behind after its deletion; empty: nothing.
	Left string
}

// Deploy deploys a mutant into a Region of its own and deletes it again.
func Deploy(ctx context.Context, m Mutant) (out Outcome, err error) {
	r, err := region.New(region.Options{})
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	out.Mutant = m.Name
	if m.First.Template != nil {
		if _, err := r.Deploy(ctx, m.First); err != nil {
			return out, fmt.Errorf("%s: before the update: %w", m.Name, err)
		}
	}
	_, deployed := r.Deploy(ctx, m.Stack)
	if ctx.Err() != nil {
		return out, fmt.Errorf("%s: %w", m.Name, context.Cause(ctx))
	}
	out.Fate, out.Reason = fateOf(deployed)
	if out.Fate == Refuted {
		request := "Create"
		if m.First.Template != nil {
			request = "Update"
		}
		if out.Claims = notHolding(r.Logs(m.Stack.Name), request); len(out.Claims) == 0 {
			out.Fate = Unverified
		}
	}
	if _, ok := r.Stack(m.Stack.Name); ok {
		if _, err := r.Delete(ctx, m.Stack.Name); err != nil {
			out.Fate = Stuck
			return out, nil
		}
	}
	if left := r.Left(); left != nil {
		out.Left = left.Error()
	}
	return out, nil
}

func fateOf(err error) (Fate, string) {
	if err == nil {
		return Survived, ""
	}
	failure, ok := errors.AsType[*cfn.Failure](err)
	if !ok || len(failure.Failures) == 0 {
		return Refused, err.Error()
	}
	cause := failure.Failures[0]
	// The report and the verification fail independently; the verification says
	// more.
	for _, f := range failure.Failures {
		if f.Type == contract.ResourceType {
			cause = f
		}
	}
	switch cause.Type {
	case contract.ResourceType:
		return Refuted, cause.Reason
	case "AWS::CloudFormation::WaitCondition":
		return Unreported, cause.Reason
	}
	return Refused, cause.LogicalID + ": " + cause.Reason
}

// notHolding reads from the functions' logs which claims did not hold in the end
// of a request. After an update that fails comes another, which rolls back: a
// claim that was refuted stays so.
func notHolding(logs []region.Log, request string) []string {
	last := map[string]string{}
	for _, log := range logs {
		for line := range strings.Lines(log.Text) {
			_, object, found := strings.Cut(line, "{")
			if !found {
				continue
			}
			var entry struct{ Msg, RequestType, Claim, State string }
			if json.Unmarshal([]byte("{"+object), &entry) == nil && entry.Msg == "verdict" && entry.RequestType == request {
				if request == "Create" || entry.State != "holds" {
					last[entry.Claim] = entry.State
				}
			}
		}
	}
	var out []string
	for claim, state := range last {
		switch state {
		case "refuted":
			out = append(out, claim)
		case "unproven":
			out = append(out, claim+"?")
		}
	}
	slices.Sort(out)
	return out
}
