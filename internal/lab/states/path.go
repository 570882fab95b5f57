package states

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// steps splits a reference path into its members and indices.
func steps(path string) ([]string, error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, fmt.Errorf("path %q does not begin with $", path)
	}
	var out []string
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "."):
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			out, rest = append(out, rest[1:end+1]), rest[end+1:]
		case strings.HasPrefix(rest, "["):
			inner, after, ok := strings.Cut(rest[1:], "]")
			if !ok {
				return nil, fmt.Errorf("path %q: a bracket is not closed", path)
			}
			out, rest = append(out, strings.Trim(inner, `'"`)), after
		default:
			return nil, fmt.Errorf("path %q is not a reference path", path)
		}
	}
	return out, nil
}

// get selects a value by a path. Paths of $$, the context object, select from context.
func get(path string, from, context any) (any, error) {
	if strings.HasPrefix(path, "$$") {
		path, from = path[1:], context
	}
	names, err := steps(path)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		switch v := from.(type) {
		case map[string]any:
			inner, ok := v[name]
			if !ok {
				return nil, fmt.Errorf("the path %q finds nothing in the input", path)
			}
			from = inner
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil, fmt.Errorf("the path %q finds nothing in the input", path)
			}
			from = v[i]
		default:
			return nil, fmt.Errorf("the path %q finds nothing in the input", path)
		}
	}
	return from, nil
}

// put sets a value at a path and makes the objects on the way.
func put(path string, into, value any) (any, error) {
	names, err := steps(path)
	if err != nil || len(names) == 0 {
		return value, err
	}
	root, ok := clone(into).(map[string]any)
	if !ok {
		root = map[string]any{}
	}
	at := root
	for _, name := range names[:len(names)-1] {
		inner, ok := at[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			at[name] = inner
		}
		at = inner
	}
	at[names[len(names)-1]] = value
	return root, nil
}

func clone(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if json.Unmarshal(text, &out) != nil {
		return v
	}
	return out
}

// fill evaluates a payload template: members whose names end in .$ hold paths
// (docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html).
func fill(template, from, context any) (any, error) {
	switch t := template.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, v := range t {
			plain, isPath := strings.CutSuffix(name, ".$")
			var err error
			if path, ok := v.(string); isPath && ok {
				if !strings.HasPrefix(path, "$") {
					return nil, fmt.Errorf("the lab has no intrinsic functions of Step Functions: %s", path)
				}
				out[plain], err = get(path, from, context)
			} else {
				out[name], err = fill(v, from, context)
			}
			if err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := make([]any, len(t))
		for i, v := range t {
			var err error
			if out[i], err = fill(v, from, context); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return template, nil
}
