package templates

import (
	"encoding/json"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/template"
)

// Resynthesize gives the proofs of a template that was edited what a synthesis
// of an application with that edit would give them: the digests of the stack,
// and the dependencies on all that could change who reaches whom. The stack is
// the key of its digest. Without that, the edit is one by hand.
func Resynthesize(t Template, stack string) error {
	edited, err := parsed(t)
	if err != nil {
		return err
	}
	digest := edited.Digest(contract.ResourceType)
	for _, id := range t.OfType(contract.ResourceType) {
		if stacks := object(t.Properties(id)["Stacks"]); stacks != nil {
			stacks[stack] = digest
		}
		claims, _ := t.Properties(id)["Claims"].([]any)
		for _, claim := range claims {
			if fields := object(claim); fields["Digest"] != nil {
				fields["Digest"] = digest
			}
		}
		t.SetDependsOn(id, edited.Ends(edited.Awaited(contract.ResourceType)))
	}
	return Restate(t)
}

// Restate gives the proofs of a template in which claims were edited the digest of what
// they say now, as a synthesis would.
func Restate(t Template) error {
	edited, err := parsed(t)
	if err != nil {
		return err
	}
	said := edited.ProofsDigest()
	for _, id := range t.OfType(contract.ResourceType) {
		claims, _ := t.Properties(id)["Claims"].([]any)
		for _, claim := range claims {
			if fields := object(claim); fields["Proofs"] != nil {
				fields["Proofs"] = said
			}
		}
	}
	return nil
}

// parsed is the template as the constructs and the verifier read it.
func parsed(t Template) (*template.Template, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return template.Parse(text)
}
