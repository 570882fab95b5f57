package template

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// Digest returns a hash of all that a deployment of the template can change:
// everything but the outputs, the description, and the bodies of resources of
// the given types. Those hold the digest themselves.
func (t *Template) Digest(without ...string) string {
	sections := maps.Clone(t.sections)
	delete(sections, "Outputs")
	delete(sections, "Description")
	resources := map[string]any{}
	for id, resource := range t.resources {
		resources[id] = resource
		for _, name := range without {
			if resource.Type() == name {
				resources[id] = map[string]any{"Type": name}
			}
		}
	}
	sections["Resources"] = resources
	// Maps are written with their keys sorted: equal templates, equal texts. What
	// was read from JSON can be written as JSON.
	text, _ := json.Marshal(sections)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// DigestOf returns a hash of the properties of a resource and of all resources that they
// refer to, directly or through others, but for those that are left out. Where it
// stays the same, CloudFormation has no cause to replace the resource. What the
// resource depends on without a reference is not part of it.
func (t *Template) DigestOf(id string, without ...string) string {
	found := map[string]any{}
	var visit func(id string)
	visit = func(id string) {
		resource, known := t.resources[id]
		if _, seen := found[id]; !known || seen || slices.Contains(without, id) {
			return
		}
		found[id] = map[string]any{"Type": resource.Type(), "Properties": resource.Properties()}
		VisitReferences(resource.Properties(), visit)
	}
	visit(id)
	text, _ := json.Marshal(found)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
