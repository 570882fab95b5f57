package eventbridge

import (
	"fmt"
	"reflect"
	"strings"
)

// Pattern is an event pattern
// (docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html):
// objects of fields, and at their ends lists, one of whose entries must match.
type Pattern map[string]any

// ParsePattern checks that the lab has everything in a pattern.
func ParsePattern(p map[string]any) (Pattern, error) {
	for key, value := range p {
		switch value := value.(type) {
		case map[string]any:
			if _, err := ParsePattern(value); err != nil {
				return nil, err
			}
		case []any:
			for _, entry := range value {
				operator, is := entry.(map[string]any)
				if !is {
					continue
				}
				for name, argument := range operator {
					_, text := argument.(string)
					_, list := argument.([]any)
					_, boolean := argument.(bool)
					switch {
					case (name == "prefix" || name == "suffix" || name == "equals-ignore-case") && text, name == "exists" && boolean, name == "anything-but" && (text || list):
					default:
						return nil, fmt.Errorf("the lab has no %s %v in event patterns (%s)", name, argument, key)
					}
				}
			}
		default:
			return nil, fmt.Errorf("the event pattern's %s must be an object or a list, got %v", key, value)
		}
		if strings.HasPrefix(key, "$") {
			return nil, fmt.Errorf("the lab has no %s in event patterns", key)
		}
	}
	return p, nil
}

// Matches reports whether an event's object is like the pattern.
func (p Pattern) Matches(event map[string]any) bool {
	for key, want := range p {
		value, there := event[key]
		if fields, is := want.(map[string]any); is {
			object, _ := value.(map[string]any)
			if !Pattern(fields).Matches(object) {
				return false
			}
			continue
		}
		if !matchesAny(want.([]any), value, there) {
			return false
		}
	}
	return true
}

// matchesAny reports whether an entry matches a value, or one of a list of values.
func matchesAny(entries []any, value any, there bool) bool {
	values, list := value.([]any)
	if !list {
		values = []any{value}
	}
	for _, entry := range entries {
		if operator, is := entry.(map[string]any); is {
			if exists, asked := operator["exists"].(bool); asked {
				if exists == there {
					return true
				}
				continue
			}
		}
		for _, v := range values {
			if there && matches(entry, v) {
				return true
			}
		}
	}
	return false
}

func matches(entry, value any) bool {
	operator, is := entry.(map[string]any)
	if !is {
		return reflect.DeepEqual(entry, value)
	}
	text, _ := value.(string)
	for name, argument := range operator {
		want, _ := argument.(string)
		switch name {
		case "prefix":
			return strings.HasPrefix(text, want)
		case "suffix":
			return strings.HasSuffix(text, want)
		case "equals-ignore-case":
			return strings.EqualFold(text, want)
		case "anything-but":
			if list, ok := argument.([]any); ok {
				for _, not := range list {
					if reflect.DeepEqual(not, value) {
						return false
					}
				}
				return true
			}
			return text != want
		}
	}
	return false
}
