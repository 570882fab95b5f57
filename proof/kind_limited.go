package proof

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Limited: the policy of Endpoint is Policy, whatever it denies besides.
const Limited Kind = "limited"

var _ = define(Limited, definition[limitedFacts]{
	required: []string{"Endpoint", "Policy"},
	lookups:  always(EndpointLookup),
	gather:   func(g *gatherer, c Claim) limitedFacts { return limitedFacts{g.endpoint(c.Endpoint).Policy} },
	subject:  func(c Claim) string { return "the policy of " + c.target() },
	expected: func(Claim, limitedFacts) string { return "be the one that was declared" },
	judge:    judgeLimited,
})

type limitedFacts struct {
	// policy is that of the endpoint, as JSON text.
	policy string
}

// judgeLimited wants the endpoint's policy to say what was declared. A statement that
// denies more only takes away.
func judgeLimited(c Claim, f limitedFacts, _ Observation) finding {
	if f.policy == "" {
		return unproven("", "the policy of the endpoint is unknown")
	}
	declared, err := readPolicy(c.Policy)
	if err != nil {
		return unproven("", "the declared policy cannot be read: %v", err)
	}
	actual, err := readPolicy(f.policy)
	if err != nil {
		return unproven("", "the policy of the endpoint cannot be read: %v", err)
	}
	if where, differ := policyDifference(declared, actual); differ {
		return refuted("the policy of "+c.Endpoint+", and who changed it",
			"it differs%s: its actions are %s", where, printable(shorten(joinWords(policyActions(actual)), 200)))
	}
	return holds("%s", printable(shorten(joinCommas(policyActions(actual)), 400)))
}

// policyDifference finds the first place in which a policy says something else than the
// declared one. Statements have no order, their ids and the policy's say nothing, and a
// statement that denies what the declared policy does not is no difference
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
func policyDifference(declared, actual any) (where string, differ bool) {
	want, got := bareStatements(declared), bareStatements(actual)
	aligned := make([]any, len(want))
	for i, statement := range want {
		if at := slices.IndexFunc(got, func(other any) bool { return reflect.DeepEqual(statement, other) }); at >= 0 {
			aligned[i] = got[at]
			got = slices.Delete(got, at, at+1)
		}
	}
	for i := range aligned {
		if aligned[i] == nil && len(got) > 0 {
			aligned[i], got = got[0], got[1:]
		}
	}
	got = slices.DeleteFunc(got, func(statement any) bool {
		fields, _ := statement.(map[string]any)
		return fields["Effect"] == "Deny"
	})
	aligned = slices.DeleteFunc(append(aligned, got...), func(statement any) bool { return statement == nil })
	return difference("", withStatements(declared, want), withStatements(actual, aligned))
}

// bareStatements are the statements of a policy without their ids.
func bareStatements(policy any) (statements []any) {
	root, _ := policy.(map[string]any)
	for _, statement := range itemsOf(root["Statement"]) {
		if fields, ok := statement.(map[string]any); ok {
			fields = maps.Clone(fields)
			delete(fields, "Sid")
			statement = fields
		}
		statements = append(statements, statement)
	}
	return statements
}

// withStatements is a policy with other statements and without its id.
func withStatements(policy any, statements []any) any {
	root, _ := policy.(map[string]any)
	root = maps.Clone(root)
	delete(root, "Id")
	switch len(statements) {
	case 0:
		delete(root, "Statement")
	case 1:
		root["Statement"] = statements[0]
	default:
		root["Statement"] = statements
	}
	return root
}

// policyActions are what the policy's statements are about, each once.
func policyActions(policy any) []string {
	var found []string
	root, _ := policy.(map[string]any)
	for _, statement := range itemsOf(root["Statement"]) {
		fields, _ := statement.(map[string]any)
		for _, element := range []string{"Action", "NotAction"} {
			for _, action := range itemsOf(fields[element]) {
				text := fmt.Sprint(action)
				if element == "NotAction" {
					text = "all but " + text
				}
				if effect := fmt.Sprint(fields["Effect"]); effect != "Allow" {
					text = effect + " " + text
				}
				found = append(found, text)
			}
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 0 {
		return []string{"nothing"}
	}
	return found
}
