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

// digestFields are the fields of claims that hold digests themselves.
var digestFields = []string{"Digest", "Proofs"}

// ProofsDigest returns a hash of what the proofs of the template say: which there are, under
// which conditions, who judges and measures, and every claim but for the digests that claims
// hold. How long a proof may take and what it tells people are not part of it.
func (t *Template) ProofsDigest() string {
	said := map[string]any{}
	for _, id := range t.OfType(ProofType) {
		resource := t.resources[id]
		proof := map[string]any{"Condition": resource["Condition"]}
		for _, name := range []string{"ServiceToken", "VantagePoints", "Call", "Claims", "Members"} {
			proof[name] = withoutDigests(resource.Properties()[name])
		}
		said[id] = proof
	}
	text, _ := json.Marshal(said)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// withoutDigests is a copy of claims, or of members with theirs, without digests.
func withoutDigests(value any) any {
	list, ok := value.([]any)
	if !ok {
		return value
	}
	bare := make([]any, len(list))
	for i, item := range list {
		bare[i] = item
		if fields, ok := item.(map[string]any); ok {
			fields = maps.Clone(fields)
			for _, name := range digestFields {
				delete(fields, name)
			}
			delete(fields, "Subject")
			if claims, ok := fields["Claims"]; ok {
				fields["Claims"] = withoutDigests(claims)
			}
			bare[i] = fields
		}
	}
	return bare
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
