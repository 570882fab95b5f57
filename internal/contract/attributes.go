package contract

import (
	"fmt"
	"slices"
	"strconv"
)

// The attributes of the resource. Besides them, each claim whose evidence is wanted has
// one, named by its id, that holds what was seen.
const (
	// AttributeReport holds all verdicts as text.
	AttributeReport = "Report"
	// AttributeSummary holds how many claims hold.
	AttributeSummary = "Summary"
	// AttributeLog holds the address of the verifier's log in AWS's console.
	AttributeLog = "Log"
)

// attributes are those that no claim may be named after.
var attributes = []string{AttributeReport, AttributeSummary, AttributeLog}

// EvidenceIDs finds the ids of the claims whose evidence is wanted in properties that
// may be broken. Outputs refer to their attributes, whatever happens.
func EvidenceIDs(raw map[string]any) []string {
	list, _ := raw[evidenceProperty].([]any)
	var ids []string
	for _, item := range list {
		if id, ok := item.(string); ok && id != "" && !slices.Contains(attributes, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// CountClaims counts the claims of properties that may be broken.
func CountClaims(raw map[string]any) int {
	count, _ := strconv.Atoi(fmt.Sprint(raw[countProperty]))
	return count
}

// idOf is the id of a claim that has not been decoded.
func idOf(claim any) any {
	object, _ := claim.(map[string]any)
	return object["Id"]
}
