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

// Principal is the callers that a statement of a resource policy is about. It
// is nil in identity policies.
type Principal struct {
	// Any stands for all callers: "*" or {"AWS": "*"}.
	Any bool
	// AWS holds account ids and ARNs of roles, users and account roots.
	AWS []string
	// Services holds service principals such as lambda.amazonaws.com.
	Services []string
	// Federated holds identity providers, Canonical the canonical ids of accounts and of
	// CloudFront's identities. Nobody signs in by one here: they match no caller.
	Federated, Canonical []string
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

// PolicyType is where a policy is attached, which decides the elements it must
// have (docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html).
type PolicyType string

// The types of policies that the lab knows.
const (
	// IdentityPolicy belongs to a role: no Principal.
	IdentityPolicy PolicyType = "identity policy"
	// ResourcePolicy belongs to a bucket: Principal and Resource.
	ResourcePolicy PolicyType = "resource policy"
	// TrustPolicy names who may assume a role: Principal, no Resource.
	TrustPolicy PolicyType = "trust policy"
	// EndpointPolicy belongs to an interface endpoint.
	EndpointPolicy PolicyType = "endpoint policy"
	// GatewayEndpointPolicy belongs to a gateway endpoint. Its Principal must be
	// "*" (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
	GatewayEndpointPolicy PolicyType = "gateway endpoint policy"
)

// ValidateFor returns an error if the policy lacks an element that a policy of
// this type must have, or has one that it must not have.
func (p Policy) ValidateFor(t PolicyType) error {
	for i, s := range p.Statements {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("%s: %s: %s", t, s.name(i), fmt.Sprintf(format, args...))
		}
		hasResource := s.Resources != nil || s.NotResources != nil
		switch {
		case t == IdentityPolicy && s.Principal != nil:
			return fail("element Principal is not allowed")
		case t != IdentityPolicy && s.Principal == nil:
			return fail("element Principal is missing")
		case t == TrustPolicy && hasResource:
			return fail("element Resource is not allowed")
		case t != TrustPolicy && !hasResource:
			return fail("element Resource is missing")
		case t == GatewayEndpointPolicy && !s.Principal.Any:
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

// name is the statement's name in messages.
func (s Statement) name(i int) string {
	if s.SID != "" {
		return fmt.Sprintf("statement %q", s.SID)
	}
	return fmt.Sprintf("statement %d", i+1)
}
