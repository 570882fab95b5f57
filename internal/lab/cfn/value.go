package cfn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// scalarText returns a scalar as the text that CloudFormation makes of it.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// stringify turns every scalar inside v into a string, as CloudFormation does
// with the properties of custom resources.
func stringify(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = stringify(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = stringify(e)
		}
		return out
	}
	if s, ok := scalarText(v); ok {
		return s
	}
	return v
}

// decodeJSON reads one JSON value, keeps numbers as they are written and
// refuses trailing text.
func decodeJSON(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err == nil {
		return fmt.Errorf("text after the end of the JSON value")
	}
	return nil
}

// encodeJSON returns v as compact JSON with sorted keys, without HTML escapes.
func encodeJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprintf("%v", v) // cannot happen for decoded JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// keys returns the sorted keys of a map.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}

// typeName names the type of a JSON value for messages.
func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number, int, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	case noValue:
		return "AWS::NoValue"
	case Unknown:
		return "a value that depends on a resource"
	}
	return fmt.Sprintf("%T", v)
}
