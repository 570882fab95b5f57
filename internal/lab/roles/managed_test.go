package roles

import (
	"testing"

	"provenendpoints/internal/lab/iam"
)

// TestManagedPolicies keeps the data well-formed.
func TestManagedPolicies(t *testing.T) {
	t.Parallel()
	for name, p := range managedPolicies() {
		if _, err := iam.Parse(p.Text()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
