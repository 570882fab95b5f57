package proof

import (
	"fmt"
	"slices"
	"strings"
)

// RoleLookup describes the probers' role by its ARN, with its policies.
var RoleLookup = newLookup[string, Role]("role", ProberRole,
	"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies")

// VerifierRoleLookup describes the verifier's own role by its ARN, with its policies.
var VerifierRoleLookup = newLookup[string, Role]("role of the verifier", VerifierRole,
	"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies")

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
	return g.roleBy(RoleLookup, arn)
}

// verifierRole looks up the verifier's own role with this ARN.
func (g *gatherer) verifierRole(arn string) Role { return g.roleBy(VerifierRoleLookup, arn) }

func (g *gatherer) roleBy(lookup *Lookup[string, Role], arn string) Role {
	return look(g, lookup, "the role "+roleName(arn), arn, func(r Role) error {
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

// roleName is the name in a role's ARN (arn:aws:iam::ACCOUNT:role/PATH/NAME).
func roleName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
