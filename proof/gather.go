package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Facts are what AWS's own APIs said about the things that one claim names.
// The zero value is that nothing is known.
type Facts struct{ known any }

// Gather looks up the facts that judging the claim (and making its probe)
// needs. The error names the look-up that failed; the claim is then unproven.
func Gather(ctx context.Context, lookups Lookups, claim Claim) (Facts, error) {
	return gather(ctx, remember(ctx, lookups), claim)
}

func gather(ctx context.Context, memory *memory, claim Claim) (Facts, error) {
	declared := claim.lookups()
	if len(declared) == 0 {
		return Facts{}, nil
	}
	if len(memory.from) == 0 {
		return Facts{}, errors.New("there is nothing to look facts up with")
	}
	g := &gatherer{ctx: ctx, memory: memory, declared: declared}
	facts := kindEntries[claim.Kind].gather(g, claim)
	if g.err != nil {
		return Facts{}, g.err
	}
	return facts, nil
}

// gatherer makes look-ups for one claim. Each lookup_NAME.go gives it a method.
// After an error further look-ups are not made and return nothing, so that a
// kind need not look at errors.
type gatherer struct {
	ctx      context.Context
	memory   *memory
	declared []source
	err      error
}

// look makes one look-up. What is looked up is said in errors. The check, if
// there is one, finds out whether the answer is whole.
func look[K, V any](g *gatherer, lookup *Lookup[K, V], what string, key K, check func(V) error) V {
	var none V
	if g.err != nil {
		return none
	}
	if !slices.Contains(g.declared, source(lookup)) {
		g.fail(what, fmt.Errorf("the claim's kind does not declare the look-up %s", lookup.name))
		return none
	}
	value, err := recall(g.ctx, g.memory, lookup, key)
	if err == nil && check != nil {
		err = check(value)
	}
	if err != nil {
		g.fail(what, err)
		return none
	}
	return value
}

// fail ends the gathering, unless it has ended already.
func (g *gatherer) fail(what string, err error) {
	if g.err == nil {
		g.err = fmt.Errorf("looking up %s: %w", what, err)
	}
}
