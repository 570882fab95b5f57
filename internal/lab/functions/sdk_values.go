package functions

import (
	"encoding/base64"
	"time"

	"provenendpoints/internal/awsapi"
)

// unmarked turns an operation's input, as JSON has it, into the values that it is made
// with: the stand-ins send times as text and bytes marked, and the SDKs for JavaScript
// and Python take text for bytes.
func unmarked(s *awsapi.Service, operation string, members map[string]any) map[string]any {
	if input := s.Operations[operation].Input; input != nil {
		members, _ = asShape(s, input, members).(map[string]any)
	}
	return members
}

// asShape leaves what the shape does not have as it is: the call refuses it by name.
func asShape(s *awsapi.Service, r *awsapi.Reference, v any) any {
	if r == nil || s.Shapes[r.Shape] == nil {
		return v
	}
	shape := s.Shapes[r.Shape]
	switch shape.Type {
	case "blob":
		if data, ok := blob(v); ok {
			return data
		}
	case "timestamp":
		if text, ok := v.(string); ok {
			if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
				return at
			}
		}
	case "list":
		items, _ := v.([]any)
		for i := range items {
			items[i] = asShape(s, shape.Member, items[i])
		}
	case "map", "structure":
		members, _ := v.(map[string]any)
		for name, member := range members {
			if shape.Type == "map" {
				members[name] = asShape(s, shape.Value, member)
			} else {
				members[name] = asShape(s, shape.Members[name], member)
			}
		}
	}
	return v
}

// marked turns an output into what JSON has. Times and bytes are marked, because the
// SDKs have types for them.
func marked(v any) any {
	switch v := v.(type) {
	case []byte:
		return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(v)}
	case time.Time:
		return map[string]any{"$date": v.UTC().Format(time.RFC3339Nano)}
	case []any:
		for i := range v {
			v[i] = marked(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = marked(v[name])
		}
	}
	return v
}
