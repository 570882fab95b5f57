package contract

import (
	"fmt"
	"maps"
	"reflect"

	"provenendpoints/proof"
)

// callProperty holds the call of the claims which need one and name none: those of an
// endpoint all make the same call.
const callProperty = "Call"

// shareCall moves the call that claims have in common into a property of its own: the
// first claim's with one, if another claim has it, too.
func shareCall(raw map[string]any) {
	list, _ := raw[claimsProperty].([]any)
	var having []map[string]any
	for _, item := range list {
		claim, _ := item.(map[string]any)
		if call := claim[callProperty]; call != nil && needsCall(claim) && (len(having) == 0 || reflect.DeepEqual(call, having[0][callProperty])) {
			having = append(having, claim)
		}
	}
	if len(having) < 2 {
		return
	}
	raw[callProperty] = having[0][callProperty]
	for _, claim := range having {
		delete(claim, callProperty)
	}
}

// ClaimsOf are the claims in properties as the template or CloudFormation has them, each
// with the call that it makes. What is no list of claims stays as it is.
func ClaimsOf(raw map[string]any) any {
	list, ok := raw[claimsProperty].([]any)
	if !ok || raw[callProperty] == nil {
		return raw[claimsProperty]
	}
	claims := make([]any, len(list))
	for i, item := range list {
		claims[i] = item
		if claim, _ := item.(map[string]any); takesCall(claim) {
			whole := maps.Clone(claim)
			whole[callProperty] = raw[callProperty]
			claims[i] = whole
		}
	}
	return claims
}

// needsCall reports whether a claim is of a kind that makes a call.
func needsCall(claim map[string]any) bool {
	kind, _ := claim["Kind"].(string)
	return proof.Kind(kind).Requires(callProperty)
}

// takesCall reports whether a claim makes the call that is said once for all.
func takesCall(claim map[string]any) bool { return claim[callProperty] == nil && needsCall(claim) }

// checkCall refuses a call that no claim makes: one of them was lost on the way.
func checkCall(raw map[string]any) error {
	if raw[callProperty] == nil {
		return nil
	}
	list, _ := raw[claimsProperty].([]any)
	for _, item := range list {
		if claim, _ := item.(map[string]any); takesCall(claim) {
			return nil
		}
	}
	return fmt.Errorf("%s: must be left out where each claim names its own, got %s", callProperty, show(raw[callProperty]))
}
