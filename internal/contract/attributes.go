package contract

import "slices"

// The attributes of the resource. Besides them, each claim has one, named by its
// id, that holds what was seen.
const (
	// AttributeReport holds all verdicts as text.
	AttributeReport = "Report"
	// AttributeSummary holds how many claims hold.
	AttributeSummary = "Summary"
)

// attributes are those that no claim may be named after.
var attributes = []string{AttributeReport, AttributeSummary}

// ClaimIDs finds the ids of the claims in properties that may be broken. Outputs
// refer to their attributes, whatever happens.
func ClaimIDs(raw map[string]any) []string {
	list, _ := raw[claimsProperty].([]any)
	var ids []string
	for _, item := range list {
		if id, ok := idOf(item).(string); ok && id != "" && !slices.Contains(attributes, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// idOf is the id of a claim that has not been decoded.
func idOf(claim any) any {
	object, _ := claim.(map[string]any)
	return object["Id"]
}
