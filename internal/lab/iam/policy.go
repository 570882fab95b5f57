package iam

import "fmt"

// Policy is a parsed policy document. The zero value has no statements and
// allows nothing.
type Policy struct {
	// Version is 2012-10-17 or 2008-10-17. Only the former has variables.
	Version    string
	ID         string
	Statements []Statement
}

// Statement is one statement of a policy. Of each pair Actions/NotActions,
// Resources/NotResources at most one is set.
type Statement struct {
	SID        string
	Deny       bool
	Principal  *Principal
	Actions    []string
	NotActions []string
	// Resources and NotResources are ARN patterns, possibly with variables.
	Resources    []string
	NotResources []string
	Conditions   []Condition
}

// Principal says whom a statement of a resource policy is about. Nil in
// identity policies.
type Principal struct {
	// Any stands for everybody: "*" or {"AWS": "*"}.
	Any bool
	// AWS holds account ids and ARNs of roles, users and account roots.
	AWS []string
	// Services holds service principals such as lambda.amazonaws.com.
	Services []string
}

// Condition is one operator applied to one key.
type Condition struct {
	// Operator is the base name, such as StringEquals.
	Operator string
	// Set is ForAllValues, ForAnyValue, or empty for single-valued keys.
	Set string
	// IfExists lets the condition hold where the request has no such key.
	IfExists bool
	Key      string
	Values   []string
}

// Kind is where a policy is attached, which decides the elements it must have.
type Kind string

// The kinds of policies that the lab knows.
const (
	// Identity policies belong to a role: no Principal.
	Identity Kind = "identity policy"
	// Resource policies belong to a bucket: Principal and Resource.
	Resource Kind = "resource policy"
	// Trust policies say who may assume a role: Principal, no Resource.
	Trust Kind = "trust policy"
	// Endpoint policies belong to an interface endpoint.
	Endpoint Kind = "endpoint policy"
	// GatewayEndpoint policies belong to a gateway endpoint; their Principal
	// must be "*"
	// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
	GatewayEndpoint Kind = "gateway endpoint policy"
)

// For checks that the policy has the elements that a policy of this kind must
// have, and none that it must not have.
func (p Policy) For(kind Kind) error {
	for i, s := range p.Statements {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("%s: %s: %s", kind, s.name(i), fmt.Sprintf(format, args...))
		}
		hasResource := s.Resources != nil || s.NotResources != nil
		switch {
		case kind == Identity && s.Principal != nil:
			return fail("element Principal is not allowed")
		case kind != Identity && s.Principal == nil:
			return fail("element Principal is missing")
		case kind == Trust && hasResource:
			return fail("element Resource is not allowed")
		case kind != Trust && !hasResource:
			return fail("element Resource is missing")
		case kind == GatewayEndpoint && !s.Principal.Any:
			return fail(`Principal must be "*"`)
		}
	}
	return nil
}

// FullAccess is the policy that an endpoint has when none is given
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func FullAccess() Policy {
	return Policy{Version: "2012-10-17", Statements: []Statement{{
		Principal: &Principal{Any: true},
		Actions:   []string{"*"},
		Resources: []string{"*"},
	}}}
}

// name tells people which statement is meant.
func (s Statement) name(i int) string {
	if s.SID != "" {
		return fmt.Sprintf("statement %q", s.SID)
	}
	return fmt.Sprintf("statement %d", i+1)
}
