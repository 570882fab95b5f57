package oracle

import (
	"slices"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/templates"
)

// Unproved takes the proofs out of a template, with the outputs that show them:
// what it then deploys is the same, and no verdict keeps it from it.
func Unproved(t templates.Template) {
	for _, proof := range t.OfType(contract.ResourceType) {
		delete(t.Resources(), proof)
		for _, id := range t.IDs() {
			t.SetDependsOn(id, slices.DeleteFunc(t.DependsOn(id), func(on string) bool { return on == proof }))
		}
		outputs, _ := t["Outputs"].(templates.Object)
		for name, output := range outputs {
			if templates.Mentions(output, proof) {
				delete(outputs, name)
			}
		}
	}
}
