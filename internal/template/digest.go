package template

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
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
