package cfn

import (
	"regexp"
	"strings"
)

// reference is a dynamic reference in a property:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var reference = regexp.MustCompile(`\{\{resolve:([a-z-]+):([^{}]*)\}\}`)

// dynamic replaces the dynamic references inside evaluated properties. Those to
// SSM parameters have values; those to secrets are not supported. The result is
// a copy: values that parameters share with other places stay as they are.
func (e *evaluator) resolveDynamic(v any) any {
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "{{resolve:") {
			return v
		}
		return reference.ReplaceAllStringFunc(v, func(ref string) string {
			m := reference.FindStringSubmatch(ref)
			if m[1] != "ssm" || e.ssm == nil {
				e.fail("dynamic reference %s is not supported", ref)
				return ref
			}
			name, _, _ := strings.Cut(m[2], ":") // the version, if any, is behind it
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
