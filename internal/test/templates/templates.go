// Package templates reads and edits CloudFormation templates as JSON, for every
// test that looks into one or changes one. It knows CloudFormation's forms
// (resources, Ref, DependsOn) and nothing of this project's constructs, nor how
// a template is synthesized (package assembled) or deployed (package deployed).
// Package template reads templates for the verification; it edits none.
package templates

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"provenendpoints/internal/template"
)

// Object is a JSON object.
type Object = map[string]any

// Template is a template as JSON.
type Template Object

// Parse reads a template.
func Parse(text []byte) (Template, error) {
	var t Template
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return t, nil
}

// Clone returns a deep copy.
func (t Template) Clone() Template { return Template(template.Clone(Object(t)).(Object)) }

// Resources returns the resources by logical id.
func (t Template) Resources() Object { return object(t["Resources"]) }

// IDs returns the logical ids of all resources, sorted.
func (t Template) IDs() []string { return slices.Sorted(maps.Keys(t.Resources())) }

// OfType returns the logical ids of the resources of a type, sorted.
func (t Template) OfType(typ string) []string {
	return slices.DeleteFunc(t.IDs(), func(id string) bool { return t.Type(id) != typ })
}

// Each calls do with the logical id and the properties of every resource of a
// type, sorted by id.
func (t Template) Each(typ string, do func(id string, properties Object)) {
	for _, id := range t.OfType(typ) {
		do(id, t.Properties(id))
	}
}

// Resource returns a resource, nil if there is none with the id.
func (t Template) Resource(id string) Object { return object(t.Resources()[id]) }

// Type returns the type of a resource.
func (t Template) Type(id string) string { s, _ := t.Resource(id)["Type"].(string); return s }

// Properties returns the properties of a resource, nil if it has none.
func (t Template) Properties(id string) Object { return object(t.Resource(id)["Properties"]) }

// DependsOn returns the explicit dependencies of a resource.
func (t Template) DependsOn(id string) []string {
	switch on := t.Resource(id)["DependsOn"].(type) {
	case []any:
		ids := make([]string, len(on))
		for i, other := range on {
			ids[i], _ = other.(string)
		}
		return ids
	case string:
		return []string{on}
	}
	return nil
}

// SetDependsOn replaces the explicit dependencies of a resource.
func (t Template) SetDependsOn(id string, on []string) {
	if len(on) == 0 {
		delete(t.Resource(id), "DependsOn")
		return
	}
	list := make([]any, len(on))
	for i, other := range on {
		list[i] = other
	}
	t.Resource(id)["DependsOn"] = list
}

// Add adds a resource, or replaces the one with the id.
func (t Template) Add(id, typ string, properties Object, dependsOn ...string) {
	t.Resources()[id] = Object{"Type": typ, "Properties": properties}
	t.SetDependsOn(id, dependsOn)
}

// Referenced reports whether another resource or an output refers to a resource
// otherwise than by DependsOn.
func (t Template) Referenced(id string) bool {
	for _, other := range t.IDs() {
		if other != id && Mentions(t.Properties(other), id) {
			return true
		}
	}
	return Mentions(t["Outputs"], id)
}

func object(v any) Object { o, _ := v.(Object); return o }
