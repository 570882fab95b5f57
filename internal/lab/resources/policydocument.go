package resources

import (
	"encoding/json"
	"fmt"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
)

// checkPolicy returns what is wrong with a policy document of a template,
// before anything is created. Values that depend on resources are stood in for
// by an ARN: elements, operators and keys are known without them.
func checkPolicy(property string, document any, kind iam.PolicyType) cfn.Findings {
	if document == nil {
		return nil
	}
	if _, unknown := document.(cfn.Unknown); unknown {
		return nil
	}
	if _, err := parsePolicy(standIn(document), kind); err != nil {
		return cfn.Findings{fmt.Sprintf("property %s: %v", property, err)}
	}
	return nil
}

// standIn replaces unknown values.
func standIn(v any) any {
	switch v := v.(type) {
	case cfn.Unknown:
		return "arn:aws:iam::123456789012:role/stand-in"
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = standIn(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = standIn(e)
		}
		return out
	}
	return v
}

// parsePolicy reads a policy document for its place.
func parsePolicy(document any, kind iam.PolicyType) (iam.Policy, error) {
	p, err := iam.Parse(document)
	if err != nil {
		return p, err
	}
	return p, p.ValidateFor(kind)
}

// policyText writes a policy document as JSON; none is empty.
func policyText(document any) (string, error) {
	switch d := document.(type) {
	case nil:
		return "", nil
	case string:
		return d, nil
	}
	text, err := json.Marshal(document)
	return string(text), err
}
