package resources

import (
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
)

// attribute is an attribute of a load balancer or of a target group.
type attribute struct {
	Key   string `cfn:"required"`
	Value string
}

// validateAttributes refuses attributes and values that are not supported.
func validateAttributes(property string, supported map[string][]string) func(map[string]any) cfn.Findings {
	return func(p map[string]any) cfn.Findings {
		var f cfn.Findings
		list, _ := p[property].([]any)
		for _, e := range list {
			entry, _ := e.(map[string]any)
			key, ok := cfn.Literal(entry["Key"])
			if !ok {
				continue
			}
			values, known := supported[key]
			value, literal := cfn.Literal(entry["Value"])
			switch {
			case !known:
				f = append(f, fmt.Sprintf("property %s: %s is not supported", property, key))
			case literal && values != nil && !slices.Contains(values, value):
				f = append(f, fmt.Sprintf("property %s: %s: %q is not supported, only %s", property, key, value, strings.Join(values, ", ")))
			}
		}
		return f
	}
}

// attributeValue returns the value of an attribute, or the default.
func attributeValue(list []attribute, key, otherwise string) string {
	for _, a := range list {
		if a.Key == key {
			return a.Value
		}
	}
	return otherwise
}
