package proof

import (
	"fmt"
	"slices"
	"strings"
)

// RoleLookup describes the probers' role by its ARN, with its policies.
var RoleLookup = newLookup[string, Role]("role", ProberRole,
	"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies")

// TrustLookup describes the verifier's own role by its ARN, with its trust policy
// alone.
var TrustLookup = newLookup[string, Role]("trust of a role", VerifierRole, "iam:GetRole")

// Role is an IAM role with all that gives it permissions.
type Role struct {
	ARN string
	// Trust is its trust policy, as JSON text.
	Trust string
	// Managed are the ARNs of its managed policies, Policies its inline policies. A
	// permissions boundary can only take away from them, and is of no interest.
	Managed  []string
	Policies []RolePolicy
}

// RolePolicy is an inline policy of a role.
type RolePolicy struct {
	Name string
	// Document is JSON text.
	Document string
}

// role looks up the role with this ARN.
func (g *gatherer) role(arn string) Role {
	return look(g, RoleLookup, "the role "+roleName(arn), arn, func(r Role) error {
		switch {
		case r.ARN != arn:
			return fmt.Errorf("the answer was about %q", r.ARN)
		case r.Trust == "":
			return fmt.Errorf("it was described without its trust policy")
		case slices.ContainsFunc(r.Policies, func(p RolePolicy) bool { return p.Document == "" }):
			return fmt.Errorf("a policy was described without its document")
		}
		return nil
	})
}

// trust looks up the trust policy of the role with this ARN.
func (g *gatherer) trust(arn string) Role {
	return look(g, TrustLookup, "the role "+roleName(arn), arn, func(r Role) error {
		if r.ARN != arn || r.Trust == "" {
			return fmt.Errorf("the answer was about %q, or without its trust policy", r.ARN)
		}
		return nil
	})
}

// roleName is the name in a role's ARN (arn:aws:iam::ACCOUNT:role/PATH/NAME).
func roleName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
