package oracle

import (
	"slices"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/templates"
)

// checks are the types of resources that only tell whether a deployment is as it
// should be.
var checks = []string{contract.ResourceType, "AWS::CloudFormation::WaitCondition"}

// Unchecked takes the proofs and the wait conditions out of a template, with the
// outputs that show them. What it then deploys is the same, and no verdict keeps
// it from that.
func Unchecked(t templates.Template) {
	for _, typ := range checks {
		for _, check := range t.OfType(typ) {
			delete(t.Resources(), check)
			for _, id := range t.IDs() {
				t.SetDependsOn(id, slices.DeleteFunc(t.DependsOn(id), func(on string) bool { return on == check }))
			}
			outputs, _ := t["Outputs"].(templates.Object)
			for name, output := range outputs {
				if templates.Mentions(output, check) {
					delete(outputs, name)
				}
			}
		}
	}
}
