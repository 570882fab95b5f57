package roles

import (
	"testing"

	"provenendpoints/internal/lab/iam"
)

// TestManagedPolicies keeps the data well-formed.
func TestManagedPolicies(t *testing.T) {
	t.Parallel()
	for name, p := range managedPolicies() {
		again := map[string]any{"Version": p.Version, "Statement": map[string]any{"Effect": "Allow", "Action": p.Statements[0].Actions, "Resource": "*"}}
		if _, err := iam.Parse(again); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
