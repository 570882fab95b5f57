package template

import (
	"maps"
	"slices"
)

// After returns the resources that wait for any of the given ones, directly or
// through others, sorted. The given ones themselves are not among them.
func (t *Template) After(ids ...string) []string {
	after := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for id, waits := range t.waits {
			if after[id] || slices.Contains(ids, id) {
				continue
			}
			if slices.ContainsFunc(waits, func(on string) bool { return after[on] || slices.Contains(ids, on) }) {
				after[id], changed = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(after))
}

// Awaited returns the resources that the proofs of a stack must wait for, sorted:
// all that could change who reaches whom, but for what itself waits for a proof.
// The proofs are the resources of the type.
func (t *Template) Awaited(proof string) []string {
	proofs := t.OfType(proof)
	after, own := t.After(proofs...), t.verification(proofs)
	return slices.DeleteFunc(t.IDs(), func(id string) bool {
		return slices.Contains(after, id) || t.mayFollow(id, proof, own) == ""
	})
}

// Loose returns those of [Template.Awaited] that no proof waits for, directly or through
// others, sorted: who wrote them left that out, as an edit by hand does. Nothing says whether
// CloudFormation turns to them before the proofs, or after.
func (t *Template) Loose(proof string) []string {
	before := map[string]bool{}
	var visit func(ids []string)
	visit = func(ids []string) {
		for _, id := range ids {
			if !before[id] {
				before[id] = true
				visit(t.waits[id])
			}
		}
	}
	visit(t.OfType(proof))
	return slices.DeleteFunc(t.Awaited(proof), func(id string) bool { return before[id] })
}

// Functions returns the functions that the proofs of a stack refer to, sorted: the one
// that answers and those that measure. They are invoked as soon as a proof begins,
// which fails while a function is Pending
// (docs.aws.amazon.com/lambda/latest/dg/functions-states.html).
func (t *Template) Functions(proof string) []string {
	own := t.verification(t.OfType(proof))
	own = slices.DeleteFunc(own, func(id string) bool { return t.resources[id].Type() != "AWS::Lambda::Function" })
	slices.Sort(own)
	return slices.Compact(own)
}

// Ends returns those of the given resources that no other of them names in its
// DependsOn. To depend on the ends is to wait until all are complete. A reference
// does not count: CloudFormation begins what refers to a resource at
// CONFIGURATION_COMPLETE, which may be long before CREATE_COMPLETE
// (aws.amazon.com/about-aws/whats-new/2024/03/aws-cloudformation-40-percent-faster-stack-creation).
func (t *Template) Ends(ids []string) []string {
	waited := map[string]bool{}
	for _, id := range ids {
		for _, on := range items(t.resources[id]["DependsOn"]) {
			if on, ok := on.(string); ok && on != id {
				waited[on] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return waited[id] })
}
