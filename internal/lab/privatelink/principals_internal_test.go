package privatelink

import "testing"

// Principals are ARNs, services, or everybody.
func TestPrincipals(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"*", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/a/b", "arn:aws:iam::123456789012:user/x", "vpce.amazonaws.com"} {
		if err := checkPrincipals([]string{p}); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	for _, p := range []string{"", "123456789012", "somebody", "arn:aws:iam::1234:root", "arn:aws:s3:::bucket"} {
		if checkPrincipals([]string{"*", p}) == nil {
			t.Errorf("%q was taken", p)
		}
	}
}
