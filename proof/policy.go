package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// readPolicy reads a policy document into a form in which two documents that
// mean the same by IAM's grammar are the same:
//
//   - a single value and a list of it are the same, and lists of texts have no
//     order (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html);
//   - numbers and booleans are the same as their texts, as in condition values;
//   - {"AWS": "*"} is the principal "*"
//     (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
func readPolicy(text string) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	if document == nil || decoder.More() {
		return nil, errors.New("want one JSON object")
	}
	return canonicalValue(document), nil
}

// canonicalValue brings a value into that form. Every list has at least two items.
func canonicalValue(value any) any {
	switch value := value.(type) {
	case map[string]any:
		result := make(map[string]any, len(value))
		for key, item := range value {
			result[key] = canonicalValue(item)
		}
		for _, element := range []string{"Principal", "NotPrincipal"} {
			if named, _ := result[element].(map[string]any); len(named) == 1 && named["AWS"] == "*" {
				result[element] = "*"
			}
		}
		return result
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = canonicalValue(item)
		}
		return sortTexts(list)
	case nil:
		return nil
	}
	return fmt.Sprint(value)
}

// sortTexts sorts a list of texts. A list of one becomes its item.
func sortTexts(values []any) any {
	if len(values) == 1 {
		return values[0]
	}
	texts := make([]string, 0, len(values))
	for _, value := range values {
		text, ok := value.(string)
		if !ok {
			return values // statements keep their order
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	if len(texts) == 1 {
		return texts[0]
	}
	sorted := make([]any, len(texts))
	for i, text := range texts {
		sorted[i] = text
	}
	return sorted
}

// itemsOf are the items of a canonical value that may be a single one.
func itemsOf(value any) []any {
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		return value
	}
	return []any{value}
}

// difference finds the first place in which two canonical values differ.
func difference(at string, a, b any) (where string, differ bool) {
	here := " in " + at
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok {
			return here, true
		}
		for _, key := range keysOfBoth(a, other) {
			if where, differ := difference(joinPath(at, key), a[key], other[key]); differ {
				return where, true
			}
		}
		return "", false
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return here, true
		}
		for i := range a {
			if where, differ := difference(fmt.Sprintf("%s %d", at, i+1), a[i], other[i]); differ {
				return where, true
			}
		}
		return "", false
	}
	return here, a != b
}

// keysOfBoth are the keys of both, sorted.
func keysOfBoth(a, b map[string]any) []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(all)
	return slices.Compact(all)
}

// joinPath is the path of an element inside another.
func joinPath(at, key string) string {
	if at == "" {
		return key
	}
	return at + " " + key
}
