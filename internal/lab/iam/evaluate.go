package iam

import (
	"fmt"
	"slices"
	"strings"
)

// Request is a call that policies allow or deny.
type Request struct {
	// Principal is the ARN of the role (not of its session) that makes the
	// call. It is empty for an AWS service, whose name is in Service, and for
	// anonymous calls.
	Principal string
	// Session is the ARN of the role's session, as AWS prints it. Default: Principal.
	Session string
	// Account is the account id of the principal.
	Account string
	// Service is the service principal, such as lambda.amazonaws.com, where an
	// AWS service makes the call.
	Service string
	// Action is what the call does, such as s3:ListBucket.
	Action string
	// Resource is the ARN of the resource, or "*" for actions without one.
	Resource string
	// Context are the condition keys of the request, in any case. A key without a
	// value is absent.
	Context map[string][]string

	// generous takes conditions on keys that the lab cannot evaluate for true in an Allow and
	// for false in a Deny; otherwise it is the other way round. The keys that were asked for
	// are kept in open.
	generous bool
	open     *[]string
}

// Decision is the outcome of evaluating a request.
type Decision struct {
	Allowed bool
	// Reason is why the request is denied, in AWS's words: "because no identity-based policy
	// allows the s3:ListBucket action", "with an explicit deny in a VPC
	// endpoint policy". It is empty if the request is allowed. See
	// docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html.
	Reason string
	// Explicit reports whether a Deny statement decided.
	Explicit bool
	// Unknown is the condition key that decides and whose value the lab does not know.
	// AWS may allow or deny; the lab must not guess. Allowed is false.
	Unknown string
}

// effect is the effect of a policy on a request. A greater one takes precedence.
type effect int

const (
	silent effect = iota
	// delegates: an Allow that names the account. It leaves the decision to
	// the account's identity policies
	// (…/reference_policies_elements_principal.html#principal-accounts).
	delegates
	allows
	denies
)

// Evaluate decides on a request within one account
// (…/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
// An explicit deny in any policy wins. Otherwise the endpoint policy, if the
// path has an endpoint, must allow the request, and so must an identity policy or
// the resource's policy. A nil policy is none at all.
func Evaluate(r Request, identity []Policy, endpoint, resource *Policy) Decision {
	var open []string
	r.open = &open
	strict := evaluate(r, identity, endpoint, resource)
	if strict.Allowed || len(open) == 0 {
		return strict
	}
	r.generous = true
	generous := evaluate(r, identity, endpoint, resource)
	if generous.Allowed {
		return Decision{Unknown: open[0], Reason: fmt.Sprintf("because the lab does not know the condition key %s, which decides on the %s action", open[0], r.Action)}
	}
	return generous
}

func evaluate(r Request, identity []Policy, endpoint, resource *Policy) Decision {
	byIdentity := silent
	for _, p := range identity {
		byIdentity = max(byIdentity, p.effect(r, false))
	}
	byResource, byEndpoint := silent, allows
	if resource != nil {
		byResource = resource.effect(r, true)
	}
	if endpoint != nil {
		byEndpoint = endpoint.effect(r, true)
	}
	for _, by := range []struct {
		effect effect
		name   string
	}{{byIdentity, "an identity-based policy"}, {byResource, "a resource-based policy"}, {byEndpoint, "a VPC endpoint policy"}} {
		if by.effect == denies {
			return Decision{Explicit: true, Reason: "with an explicit deny in " + by.name}
		}
	}
	switch {
	case byIdentity != allows && byResource != allows:
		return Decision{Reason: fmt.Sprintf("because no identity-based policy allows the %s action", r.Action)}
	case byEndpoint == silent:
		// An endpoint policy that names the account allows the request too: the
		// caller's own policies decide what remains.
		return Decision{Reason: fmt.Sprintf("because no VPC endpoint policy allows the %s action", r.Action)}
	}
	return Decision{Allowed: true}
}

// EvaluateTrust decides on sts:AssumeRole by the trust policy of the role that is assumed,
// which must allow it. Where it names the account and not the caller, an identity policy
// must allow it, too
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
// A trust policy that is nil is that of a role that does not exist.
func EvaluateTrust(r Request, identity []Policy, endpoint, trust *Policy) Decision {
	none := Policy{}
	if trust == nil {
		trust = &none
	}
	// What the trust policy says alone: as that of a caller without policies of its own.
	alone := Evaluate(r, nil, nil, trust)
	switch {
	case alone.Unknown != "":
		return alone
	case !alone.Allowed && !alone.Explicit && trust.effect(r, true) == silent:
		return Decision{Reason: fmt.Sprintf("because no resource-based policy allows the %s action", r.Action)}
	}
	return Evaluate(r, identity, endpoint, trust)
}

// effect is the strongest effect of any statement of the policy.
func (p Policy) effect(r Request, principals bool) effect {
	out := silent
	for _, s := range p.Statements {
		out = max(out, s.effect(r, p.Version, principals))
	}
	return out
}

func (s Statement) effect(r Request, version string, principals bool) effect {
	out := allows
	if principals {
		if out = s.Principal.matches(r); out == silent {
			return silent
		}
	}
	if !s.matchesAction(r.Action) || !s.matchesResource(r, version) {
		return silent
	}
	var open []string
	for _, c := range s.Conditions {
		switch {
		case !known(c.Key):
			open = append(open, c.Key)
		case !c.holds(r, version):
			return silent
		}
	}
	if len(open) > 0 {
		if r.open != nil {
			*r.open = append(*r.open, open...)
		}
		if r.generous == s.Deny {
			return silent
		}
	}
	if s.Deny {
		return denies
	}
	return out
}

func (s Statement) matchesAction(action string) bool {
	match := func(pattern string) bool { return matchAction(pattern, action) }
	if s.NotActions != nil {
		return !slices.ContainsFunc(s.NotActions, match)
	}
	return slices.ContainsFunc(s.Actions, match)
}

// matchesResource is true for trust policies, which have no resource: they are
// about their own role.
func (s Statement) matchesResource(r Request, version string) bool {
	match := func(pattern string) bool {
		expanded, ok := expand(pattern, version, r, true)
		return ok && glob(expanded, r.Resource)
	}
	switch {
	case s.NotResources != nil:
		return !slices.ContainsFunc(s.NotResources, match)
	case s.Resources != nil:
		return slices.ContainsFunc(s.Resources, match)
	}
	return true
}

// matches returns silent, delegates or allows: how the principal covers the
// caller.
func (p *Principal) matches(r Request) effect {
	switch {
	case p == nil:
		return silent
	case p.Any:
		return allows
	case r.Service != "" && slices.Contains(p.Services, r.Service):
		return allows
	case r.Principal != "" && slices.Contains(p.AWS, r.Principal), r.Session != "" && slices.Contains(p.AWS, r.Session):
		return allows
	}
	for _, name := range p.AWS {
		account := name
		if parts := strings.Split(name, ":"); len(parts) == 6 && parts[5] == "root" {
			account = parts[4]
		}
		if r.Account != "" && account == r.Account {
			return delegates
		}
	}
	return silent
}

// values returns the values of a key, whose case does not matter.
func (r Request) values(key string) []string {
	if v, ok := r.Context[key]; ok {
		return v
	}
	for k, v := range r.Context {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return nil
}
