// Package template reads CloudFormation templates as data: which resource waits
// for which, what the whole amounts to, and what may safely come after a proof.
//
// The constructs use it on the template that is being synthesized, the verifier
// on the one that was deployed: both then mean the same. It knows the form of
// templates and nothing of CDK, of AWS's APIs or of the lab.
package template

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Template is a parsed template.
type Template struct {
	sections  map[string]any
	resources map[string]Resource
	waits     map[string][]string // for which resources, by resource
}

// Resource is one resource of a template, as it stands there.
type Resource map[string]any

// Type returns the resource's type, such as AWS::EC2::Route.
func (r Resource) Type() string {
	name, _ := r["Type"].(string)
	return name
}

// Properties returns the resource's properties, never nil.
func (r Resource) Properties() map[string]any {
	properties, _ := r["Properties"].(map[string]any)
	if properties == nil {
		properties = map[string]any{}
	}
	return properties
}

// Parse reads a template in JSON.
func Parse(text []byte) (*Template, error) {
	t := &Template{resources: map[string]Resource{}, waits: map[string][]string{}}
	if err := json.Unmarshal(text, &t.sections); err != nil {
		return nil, fmt.Errorf("the template is not a JSON object: %w", err)
	}
	resources, _ := t.sections["Resources"].(map[string]any)
	for id, value := range resources {
		resource, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("resource %s: want an object, got %T", id, value)
		}
		t.resources[id] = resource
	}
	for id, resource := range t.resources {
		t.waits[id] = t.references(id, resource)
	}
	return t, nil
}

// IDs returns the logical ids of all resources, sorted.
func (t *Template) IDs() []string { return slices.Sorted(maps.Keys(t.resources)) }

// Resource returns a resource by its logical id, nil if there is none.
func (t *Template) Resource(id string) Resource { return t.resources[id] }

// OfType returns the logical ids of the resources of a type, sorted.
func (t *Template) OfType(name string) []string {
	return slices.DeleteFunc(t.IDs(), func(id string) bool { return t.resources[id].Type() != name })
}

// WaitsFor returns the resources that a resource waits for directly: those that
// it depends on and those that it refers to. It is sorted.
func (t *Template) WaitsFor(id string) []string { return slices.Clone(t.waits[id]) }

// references are the resources that a value refers to or depends on.
func (t *Template) references(own string, value map[string]any) []string {
	found := map[string]bool{}
	add := func(id string) {
		if _, ok := t.resources[id]; ok && id != own {
			found[id] = true
		}
	}
	for _, id := range items(value["DependsOn"]) {
		if id, ok := id.(string); ok {
			add(id)
		}
	}
	for key, part := range value {
		if key != "DependsOn" {
			VisitReferences(part, add)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// VisitReferences calls visit with the logical id of each Ref, Fn::GetAtt and
// Fn::Sub below the value; ids of parameters and pseudo parameters are among
// them.
func VisitReferences(value any, visit func(id string)) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			VisitReferences(item, visit)
		}
	case map[string]any:
		for key, argument := range value {
			switch key {
			case "Ref":
				visitText(argument, visit)
			case "Fn::GetAtt":
				for i, item := range items(argument) {
					if i == 0 {
						visitText(item, visit)
					}
				}
			case "Fn::Sub":
				visitSubstitutions(argument, visit)
			default:
				VisitReferences(argument, visit)
			}
		}
	}
}

// visitText takes the id out of "Id" or "Id.Attribute".
func visitText(value any, visit func(id string)) {
	if text, ok := value.(string); ok {
		id, _, _ := strings.Cut(text, ".")
		visit(id)
	}
}

// visitSubstitutions finds the ${Id} and ${Id.Attribute} of Fn::Sub, in both of
// its forms. A variable of its own hides a resource of the same name.
func visitSubstitutions(argument any, visit func(id string)) {
	text, _ := argument.(string)
	own := map[string]any{}
	if form := items(argument); len(form) == 2 {
		text, _ = form[0].(string)
		own, _ = form[1].(map[string]any)
		VisitReferences(own, visit)
	}
	for {
		_, rest, found := strings.Cut(text, "${")
		if !found {
			return
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return
		}
		text = after
		name = strings.TrimSpace(name)
		if _, variable := own[name]; !variable && !strings.HasPrefix(name, "!") {
			visitText(name, visit)
		}
	}
}

// items returns a list as it is, nothing as no item, and anything else as one.
func items(value any) []any {
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		return value
	}
	return []any{value}
}
