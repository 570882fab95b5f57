package states

import (
	"fmt"
	"path"
	"strings"
)

// matches evaluates a rule of a Choice state
// (docs.aws.amazon.com/step-functions/latest/dg/state-choice.html#amazon-states-language-choice-state-rules).
// What it does not know is an error.
func matches(rule map[string]any, input any) (bool, error) {
	if list, ok := rule["And"].([]any); ok {
		return all(list, input, true)
	}
	if list, ok := rule["Or"].([]any); ok {
		return all(list, input, false)
	}
	if inner, ok := rule["Not"].(map[string]any); ok {
		is, err := matches(inner, input)
		return !is, err
	}
	variable, ok := rule["Variable"].(string)
	if !ok {
		return false, fmt.Errorf("a rule has neither Variable, And, Or nor Not")
	}
	value, missing := get(variable, input, nil)
	for name, want := range rule {
		switch name {
		case "Variable", "Next", "Comment":
			continue
		}
		if other, isPath := strings.CutSuffix(name, "Path"); isPath {
			at, _ := want.(string)
			want, _ = get(at, input, nil)
			name = other
		}
		is, err := compare(name, value, missing == nil, want)
		if err != nil || !is {
			return false, err
		}
	}
	return true, nil
}

// all evaluates rules until one is not as wanted.
func all(rules []any, input any, and bool) (bool, error) {
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		is, err := matches(rule, input)
		if err != nil || is != and {
			return is, err
		}
	}
	return and, nil
}

func compare(operator string, value any, there bool, want any) (bool, error) {
	truth, _ := want.(bool)
	kind := func(is bool) (bool, error) { return is == truth, nil }
	number, isNumber := value.(float64)
	text, isText := value.(string)
	_, isBool := value.(bool)
	wantNumber, _ := want.(float64)
	wantText, _ := want.(string)
	switch operator {
	case "IsPresent":
		return kind(there)
	case "IsNull":
		return kind(there && value == nil)
	case "IsString":
		return kind(isText)
	case "IsNumeric":
		return kind(isNumber)
	case "IsBoolean":
		return kind(isBool)
	case "BooleanEquals":
		return isBool && value == want, nil
	case "StringEquals":
		return isText && text == wantText, nil
	case "StringLessThan":
		return isText && text < wantText, nil
	case "StringGreaterThan":
		return isText && text > wantText, nil
	case "StringMatches":
		ok, err := path.Match(strings.ReplaceAll(wantText, "/", "\x00"), strings.ReplaceAll(text, "/", "\x00"))
		return isText && ok, err
	case "NumericEquals":
		return isNumber && number == wantNumber, nil
	case "NumericLessThan":
		return isNumber && number < wantNumber, nil
	case "NumericLessThanEquals":
		return isNumber && number <= wantNumber, nil
	case "NumericGreaterThan":
		return isNumber && number > wantNumber, nil
	case "NumericGreaterThanEquals":
		return isNumber && number >= wantNumber, nil
	}
	return false, fmt.Errorf("the lab has no comparison %s", operator)
}
