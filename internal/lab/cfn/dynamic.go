package cfn

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// dynamicReference is a dynamic reference in a property:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var dynamicReference = regexp.MustCompile(`\{\{resolve:([a-z-]+):([^{}]*)\}\}`)

// resolveDynamic replaces the dynamic references inside evaluated properties. What a template
// or another stack makes has no value before it exists: such a reference is an [Unknown] value
// while the template is checked, and fails where it is needed if there is none then. Secure
// parameters are for passwords of servers, which do not run here: their references stay.
// The result is a copy, because several places may share a parameter's value.
func (e *evaluator) resolveDynamic(v any) any {
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "{{resolve:") {
			return v
		}
		open := false
		text := dynamicReference.ReplaceAllStringFunc(v, func(ref string) string {
			m := dynamicReference.FindStringSubmatch(ref)
			value, err := e.dynamic(m[1], m[2])
			switch {
			case err == nil:
				return value
			case errors.Is(err, errNoReference):
				e.fail("dynamic reference %s is not supported", ref)
			case e.planning:
				open = true
			default:
				e.fail("dynamic reference %s: %v", ref, err)
			}
			return ref
		})
		if open {
			return Unknown{Expr: encodeJSON(v)}
		}
		return text
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

// errNoReference is the error for a service that has no dynamic references here.
var errNoReference = errors.New("no dynamic reference")

// dynamic is the value of a dynamic reference.
func (e *evaluator) dynamic(service, what string) (string, error) {
	switch {
	case service == "secretsmanager" && e.secret != nil:
		return e.secret(what)
	case service == "ssm-secure":
		return "{{resolve:ssm-secure:" + what + "}}", nil
	case service != "ssm" || e.ssm == nil:
		return "", errNoReference
	}
	name, _, _ := strings.Cut(what, ":") // a version may follow
	value, err := e.ssm(name)
	if err != nil {
		return "", err
	}
	text, ok := scalarText(value)
	if !ok {
		return "", fmt.Errorf("its value must be text, not %s", typeName(value))
	}
	return text, nil
}
