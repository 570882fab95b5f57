package cfn

import (
	"fmt"
	"regexp"
	"strings"
)

// Fn::ForEach, of the transform AWS::LanguageExtensions, stands in the place of keys: it is
// written out before anything else is read
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html).

// loopPrefix begins the key of a loop, before its name.
const loopPrefix = "Fn::ForEach::"

// loops writes the loops of a template out.
type loops struct {
	parameters map[string]any    // the template's, as defined
	given      map[string]string // their values
	findings   Findings
}

// expand returns a value without loops.
func (l *loops) expand(at string, v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = l.expand(fmt.Sprintf("%s.%d", at, i), e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range sortedKeys(v) {
			if !strings.HasPrefix(key, loopPrefix) {
				out[key] = l.expand(at+"."+key, v[key])
			}
		}
		for _, key := range sortedKeys(v) {
			if strings.HasPrefix(key, loopPrefix) {
				l.loop(at+"."+key, v[key], out)
			}
		}
		return out
	}
	return v
}

// loop writes one loop out, into the object that it stands in.
func (l *loops) loop(at string, v any, into map[string]any) {
	fail := func(format string, args ...any) {
		l.findings = append(l.findings, at+": "+fmt.Sprintf(format, args...))
	}
	parts, _ := v.([]any)
	if len(parts) != 3 {
		fail("it takes a list of an identifier, a collection and a fragment")
		return
	}
	identifier, ok := parts[0].(string)
	fragment, isObject := parts[2].(map[string]any)
	if !ok || !isObject {
		fail("the identifier must be text and the fragment an object")
		return
	}
	values, err := l.collection(parts[1])
	if err != nil {
		fail("%v", err)
		return
	}
	for _, value := range values {
		made, _ := replaced(fragment, identifier, value).(map[string]any)
		for key, inner := range l.expand(at, made).(map[string]any) {
			if _, twice := into[key]; twice {
				fail("the key %s comes twice", key)
			}
			into[key] = inner
		}
	}
}

// collection are the values of a loop: a list, or a parameter that is one.
func (l *loops) collection(v any) ([]string, error) {
	if ref, ok := v.(map[string]any); ok && len(ref) == 1 {
		name, _ := ref["Ref"].(string)
		definition, _ := l.parameters[name].(map[string]any)
		text, ok := l.given[name]
		if !ok {
			text, ok = scalarText(definition["Default"])
		}
		if definition == nil || !ok {
			return nil, fmt.Errorf("the collection must be a list, or a parameter with a value")
		}
		var out []string
		for _, part := range strings.Split(text, ",") {
			out = append(out, strings.TrimSpace(part))
		}
		return out, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("the collection must be a list, or a parameter with a value")
	}
	var out []string
	for _, e := range list {
		if text, ok := scalarText(e); ok {
			out = append(out, text)
			continue
		}
		inner, err := l.collection(e)
		if err != nil {
			return nil, err
		}
		out = append(out, inner...)
	}
	return out, nil
}

// notAlphanumeric is what &{…} leaves out of a value.
var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]+`)

// replaced puts a value in the place of the identifier: in keys, in texts, and for a Ref.
func replaced(v any, identifier, value string) any {
	text := strings.NewReplacer("${"+identifier+"}", value, "&{"+identifier+"}", notAlphanumeric.ReplaceAllString(value, "")).Replace
	switch v := v.(type) {
	case string:
		return text(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = replaced(e, identifier, value)
		}
		return out
	case map[string]any:
		if v["Ref"] == identifier && len(v) == 1 {
			return value
		}
		out := make(map[string]any, len(v))
		for key, e := range v {
			out[text(key)] = replaced(e, identifier, value)
		}
		return out
	}
	return v
}

// hasLoops reports whether there is a loop in a value.
func hasLoops(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if hasLoops(e) {
				return true
			}
		}
	case map[string]any:
		for key, e := range v {
			if strings.HasPrefix(key, loopPrefix) || hasLoops(e) {
				return true
			}
		}
	}
	return false
}
