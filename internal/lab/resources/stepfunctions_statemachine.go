package resources

import (
	"encoding/json"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/states"
)

// A state machine of functions runs, as far as package states has its language; another is
// inert. Its Ref is the ARN.
func init() {
	partials["AWS::StepFunctions::StateMachine"] = partial{
		lacks: func(_ *Resources, p map[string]any) string {
			text, known := machineDefinition(p)
			if p["DefinitionS3Location"] != nil {
				return "no executions run: the lab reads no definition from a bucket"
			}
			if !known {
				return ""
			}
			if _, err := states.Parse(text); err != nil {
				return "no executions run: " + err.Error()
			}
			return ""
		},
		put: func(r *Resources, q cfn.Request, out cfn.Result) error {
			text, _ := machineDefinition(q.Properties)
			role := textOf(q.Properties["RoleArn"])
			if err := r.Roles.MayAssume("states.amazonaws.com", role); err != nil {
				return fmt.Errorf("Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role: %w", err)
			}
			return r.Observation.Machines.Put(out.PhysicalID, role, text)
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Machines.Delete(q.PhysicalID) },
	}
}

// machineDefinition is the definition with its substitutions. known: no part of it depends
// on other resources.
func machineDefinition(p map[string]any) (text string, known bool) {
	if !cfn.Known(p["DefinitionString"]) || !cfn.Known(p["Definition"]) || !cfn.Known(p["DefinitionSubstitutions"]) {
		return "", false
	}
	text = textOf(p["DefinitionString"])
	if text == "" {
		whole, err := json.Marshal(p["Definition"])
		if err != nil {
			return "", false
		}
		text = string(whole)
	}
	substitutions, _ := p["DefinitionSubstitutions"].(map[string]any)
	for name, value := range substitutions {
		text = strings.ReplaceAll(text, "${"+name+"}", textOf(value))
	}
	return text, true
}
