package iam

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func parseConditions(value any, version string) ([]Condition, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("element Condition: want an object, got %s", typeName(value))
	}
	var out []Condition
	for _, name := range sortedKeys(object) {
		base, err := parseOperator(name)
		if err != nil {
			return nil, err
		}
		keys, ok := object[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("condition %s: want an object, got %s", name, typeName(object[name]))
		}
		for _, key := range sortedKeys(keys) {
			if exists, _ := Key(key); !exists {
				return nil, fmt.Errorf("condition %s: there is no key %q", name, key)
			}
			c := base
			c.Key = key
			c.Values, err = conditionValues(keys[key], operators[base.Operator], version)
			if err != nil {
				return nil, fmt.Errorf("condition %s: key %s: %w", name, key, err)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func parseOperator(name string) (Condition, error) {
	var c Condition
	rest := name
	if set, after, ok := strings.Cut(rest, ":"); ok {
		if set != "ForAllValues" && set != "ForAnyValue" {
			return c, fmt.Errorf("unsupported condition operator %q", name)
		}
		c.Set, rest = set, after
	}
	c.Operator, c.IfExists = strings.CutSuffix(rest, "IfExists")
	if op, ok := operators[c.Operator]; !ok || op.presence && c.IfExists {
		return c, fmt.Errorf("unsupported condition operator %q", name)
	}
	return c, nil
}

func conditionValues(value any, op operator, version string) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	out := make([]string, len(list))
	for i, item := range list {
		switch v := item.(type) {
		case string:
			out[i] = v
		case bool:
			out[i] = strconv.FormatBool(v)
		case json.Number:
			out[i] = v.String()
		default:
			return nil, fmt.Errorf("want a string, got %s", typeName(item))
		}
		if err := op.check(out[i]); err != nil {
			return nil, fmt.Errorf("%q: %w", out[i], err)
		}
		if op.text {
			if err := checkVariables(out[i], version); err != nil {
				return nil, fmt.Errorf("%q: %w", out[i], err)
			}
		}
	}
	return out, nil
}

// holds reports whether the condition is true for a request. If the request does
// not have the key, plain operators are false, negated and IfExists ones true;
// ForAllValues is true and ForAnyValue false, and the two ignore IfExists
// (…/reference_policies_condition-single-vs-multi-valued-context-keys.html).
func (c Condition) holds(r Request, version string) bool {
	op := operators[c.Operator]
	values := r.values(c.Key)
	if op.presence {
		return slices.ContainsFunc(c.Values, func(want string) bool { return strings.EqualFold(want, "true") == (len(values) == 0) })
	}
	holds := func(value string) bool { return c.matches(value, r, version) != op.negated }
	fails := func(value string) bool { return !holds(value) }
	switch {
	case c.Set == "ForAllValues":
		return !slices.ContainsFunc(values, fails)
	case c.Set == "ForAnyValue":
		return slices.ContainsFunc(values, holds)
	case len(values) == 0:
		return c.IfExists || op.negated
	case op.negated:
		return !slices.ContainsFunc(values, fails)
	}
	return slices.ContainsFunc(values, holds)
}

// matches reports whether a value of the request fits any value of the policy.
func (c Condition) matches(value string, r Request, version string) bool {
	op := operators[c.Operator]
	return slices.ContainsFunc(c.Values, func(pattern string) bool {
		ok := true
		if op.text {
			pattern, ok = expand(pattern, version, r, op.like)
		}
		return ok && op.match(value, pattern)
	})
}
