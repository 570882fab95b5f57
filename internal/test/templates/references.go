package templates

import (
	"slices"
	"strings"

	"provenendpoints/internal/template"
)

// RefTo returns a Ref to a logical id.
func RefTo(id string) Object { return Object{"Ref": id} }

// Target returns the logical id that a value refers to by Ref or Fn::GetAtt, ""
// if the value is no such reference. Pseudo parameters and parameters count.
func Target(value any) string {
	reference := object(value)
	if id, ok := reference["Ref"].(string); ok {
		return id
	}
	switch attribute := reference["Fn::GetAtt"].(type) {
	case []any:
		if len(attribute) > 0 {
			id, _ := attribute[0].(string)
			return id
		}
	case string:
		id, _, _ := strings.Cut(attribute, ".")
		return id
	}
	return ""
}

// Targets returns the Target of each element of a list.
func Targets(list any) []string {
	elements, _ := list.([]any)
	ids := make([]string, len(elements))
	for i, element := range elements {
		ids[i] = Target(element)
	}
	return ids
}

// References returns every logical id that a value refers to anywhere inside, by
// Ref, Fn::GetAtt or Fn::Sub, each as often as it does.
func References(value any) []string {
	var ids []string
	template.VisitReferences(value, func(id string) { ids = append(ids, id) })
	return ids
}

// Mentions reports whether a value refers to a logical id anywhere inside.
func Mentions(value any, id string) bool { return slices.Contains(References(value), id) }

// IsIntrinsic reports whether a value is a call of an intrinsic function.
func IsIntrinsic(value any) bool {
	call := object(value)
	if len(call) != 1 {
		return false
	}
	for name := range call {
		return name == "Ref" || strings.HasPrefix(name, "Fn::")
	}
	return false
}
