package functions

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// Permission lets somebody call a function: a statement of the function's policy
// (docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html).
type Permission struct {
	// Principal is the service, such as events.amazonaws.com, an account's id, the ARN of a
	// role, a user or an account's root, or * for everybody. Required.
	Principal string
	// Action is what it may. Default: lambda:InvokeFunction.
	Action string
	// SourceARN is what of the service may, a pattern; empty: everything.
	SourceARN string
	// SourceAccount is whose it must be; empty: anybody's.
	SourceAccount string
	// Organization is the organization that the caller must belong to; empty: any or none.
	Organization string
	// URLAuth is the type of authentication of the function's URL by which the call must
	// come; empty: any.
	URLAuth string
}

// statement is the permission as a statement about a function, a version or an alias.
func (p Permission) statement(arn string) iam.Statement {
	out := iam.Statement{Principal: &iam.Principal{}, Actions: []string{p.Action}, Resources: []string{arn}}
	switch {
	case p.Principal == "*":
		out.Principal.Any = true
	case strings.HasSuffix(p.Principal, ".amazonaws.com"):
		out.Principal.Services = []string{p.Principal}
	default:
		out.Principal.AWS = []string{p.Principal}
	}
	for _, c := range []struct{ operator, key, value string }{
		{"ArnLike", "aws:SourceArn", p.SourceARN}, {"StringEquals", "aws:SourceAccount", p.SourceAccount},
		{"StringEquals", "aws:PrincipalOrgID", p.Organization}, {"StringEquals", "lambda:FunctionUrlAuthType", p.URLAuth},
	} {
		if c.value != "" {
			out.Conditions = append(out.Conditions, iam.Condition{Operator: c.operator, Key: c.key, Values: []string{c.value}})
		}
	}
	return out
}

// AddPermission adds a statement to the policy of a function, of one of its versions or of an
// alias, by its id.
func (s *Service) AddPermission(nameOrARN, statement string, p Permission) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(nameOrARN); err != nil {
		return err
	}
	if p.Action == "" {
		p.Action = "lambda:InvokeFunction"
	}
	arn := s.qualifiedARN(nameOrARN)
	if s.policies[arn] == nil {
		s.policies[arn] = map[string]Permission{}
	}
	s.policies[arn][statement] = p
	return nil
}

// RemovePermission removes a statement, if it is there.
func (s *Service) RemovePermission(nameOrARN, statement string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.policies[s.qualifiedARN(nameOrARN)], statement)
}

// qualifiedARN is the ARN of a function, of a version or of an alias, which have policies of
// their own.
func (s *Service) qualifiedARN(nameOrARN string) string {
	return s.ARN(strings.TrimPrefix(strings.TrimSuffix(nameOrARN, ":$LATEST"), s.ARN("")))
}

// Policy is the resource policy of a function, of a version or of an alias; nil if it has none.
func (s *Service) Policy(nameOrARN string) *iam.Policy {
	s.mu.Lock()
	defer s.mu.Unlock()
	arn := s.qualifiedARN(nameOrARN)
	if len(s.policies[arn]) == 0 {
		return nil
	}
	out := &iam.Policy{Version: "2012-10-17"}
	for _, id := range slices.Sorted(maps.Keys(s.policies[arn])) {
		out.Statements = append(out.Statements, s.policies[arn][id].statement(arn))
	}
	return out
}

// forget removes the policies and the configuration of events of a function, of its versions
// and of its aliases. The caller holds the lock.
func (s *Service) forget(arn string) {
	its := func(of string) bool { return of == arn || strings.HasPrefix(of, arn+":") }
	maps.DeleteFunc(s.policies, func(of string, _ map[string]Permission) bool { return its(of) })
	maps.DeleteFunc(s.events, func(of string, _ EventConfig) bool { return its(of) })
}

// InvokeEventFor is [Service.InvokeEvent] for a service of AWS that acts for one of its
// resources. It refuses what the function's policy does not allow.
func (s *Service) InvokeEventFor(principal, sourceARN, nameOrARN string, payload []byte) error {
	arn := s.qualifiedARN(nameOrARN)
	if _, err := s.Config(nameOrARN); err != nil {
		return err
	}
	q := iam.Request{Service: principal, Action: "lambda:InvokeFunction", Resource: arn, Context: map[string][]string{
		"aws:SourceArn": {sourceARN}, "aws:SourceAccount": {s.Scope.Account},
	}}
	if !iam.Evaluate(q, nil, nil, s.Policy(arn)).Allowed {
		return awserr.WithStatus(http.StatusForbidden, "AccessDeniedException", "%s is not authorized to perform: lambda:InvokeFunction on resource: %s for %s", principal, arn, sourceARN)
	}
	return s.InvokeEvent(nameOrARN, payload)
}
