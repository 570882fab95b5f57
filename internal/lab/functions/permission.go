package functions

import (
	"net/http"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// Permission lets a service invoke a function: a statement of the function's policy
// (docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html).
type Permission struct {
	// Principal is the service, such as events.amazonaws.com.
	Principal string
	// SourceARN is what of the service may, a pattern; empty: everything.
	SourceARN string
	// SourceAccount is whose it must be; empty: anybody's.
	SourceAccount string
}

// AddPermission adds a statement to a function's policy, by its id.
func (s *Service) AddPermission(nameOrARN, statement string, p Permission) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(nameOrARN)
	if err != nil {
		return err
	}
	if s.policies[f.Name] == nil {
		s.policies[f.Name] = map[string]Permission{}
	}
	s.policies[f.Name][statement] = p
	return nil
}

// RemovePermission removes a statement, if it is there.
func (s *Service) RemovePermission(nameOrARN, statement string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.policies[strings.TrimPrefix(nameOrARN, s.ARN(""))], statement)
}

// InvokeEventFor is [Service.InvokeEvent] for a service of AWS that acts for one of its
// resources. It refuses what the function's policy does not allow.
func (s *Service) InvokeEventFor(principal, sourceARN, nameOrARN string, payload []byte) error {
	s.mu.Lock()
	f, err := s.find(nameOrARN)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	allowed := false
	for _, p := range s.policies[f.Name] {
		allowed = allowed || p.Principal == principal && (p.SourceARN == "" || iam.ARNLike(p.SourceARN, sourceARN)) &&
			(p.SourceAccount == "" || p.SourceAccount == s.Scope.Account)
	}
	s.mu.Unlock()
	if !allowed {
		return awserr.WithStatus(http.StatusForbidden, "AccessDeniedException", "%s is not authorized to perform: lambda:InvokeFunction on resource: %s for %s", principal, f.arn, sourceARN)
	}
	return s.InvokeEvent(nameOrARN, payload)
}
