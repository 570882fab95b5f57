package proof

import (
	"fmt"
	"slices"
)

// Limited: the policy of Endpoint is Policy and no other.
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

// judgeLimited wants the endpoint's policy to say what was declared.
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
	if where, differ := difference("", declared, actual); differ {
		return refuted("the policy of "+c.Endpoint+", and who changed it",
			"it differs%s: its actions are %s", where, printable(shorten(joinWords(policyActions(actual)), 200)))
	}
	return holds("%s", printable(shorten(joinCommas(policyActions(actual)), 400)))
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
