package cfn

import (
	"regexp"
	"strings"
)

// dynamicReference is a dynamic reference in a property:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var dynamicReference = regexp.MustCompile(`\{\{resolve:([a-z-]+):([^{}]*)\}\}`)

// resolveDynamic replaces the dynamic references inside evaluated properties.
// References to SSM parameters and secrets have values; those to secure parameters are not
// supported. A secret that a template makes has none before it exists.
// The result is a copy, because several places may share a parameter's value.
func (e *evaluator) resolveDynamic(v any) any {
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "{{resolve:") {
			return v
		}
		return dynamicReference.ReplaceAllStringFunc(v, func(ref string) string {
			m := dynamicReference.FindStringSubmatch(ref)
			if m[1] == "secretsmanager" && e.secret != nil {
				value, err := e.secret(m[2])
				switch {
				case err == nil:
					return value
				case !e.planning:
					e.fail("dynamic reference %s: %v", ref, err)
				}
				return ref
			}
			if m[1] != "ssm" || e.ssm == nil {
				e.fail("dynamic reference %s is not supported", ref)
				return ref
			}
			name, _, _ := strings.Cut(m[2], ":") // a version may follow
			value, err := e.ssm(name)
			if err != nil {
				e.fail("dynamic reference %s: %v", ref, err)
				return ref
			}
			text, _ := e.text(value, "its value")
			return text
		})
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = e.resolveDynamic(x)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range sortedKeys(v) {
			out[k] = e.resolveDynamic(v[k])
		}
		return out
	}
	return v
}
