package roles

import (
	"net/http"
	"slices"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// PutRolePolicy puts an inline policy into the role of this name, in place of one of the same
// name. It takes effect after [Options.PolicyDelay].
func (s *Store) PutRolePolicy(of, name string, p iam.Policy) error {
	if err := p.ValidateFor(iam.IdentityPolicy); err != nil {
		return awserr.New("MalformedPolicyDocument", "%v", err)
	}
	return s.withRole(of, func(r *role) error {
		if r.inline[name] == nil {
			r.inline[name] = new(iam.History)
		}
		r.inline[name].Put(&p, s.clock.Now().Add(s.policyDelay))
		return nil
	})
}

// DeleteRolePolicy removes an inline policy.
func (s *Store) DeleteRolePolicy(of, name string) error {
	return s.withRole(of, func(r *role) error {
		if r.inline[name].Last() == nil {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role policy with name %s cannot be found.", name)
		}
		r.inline[name].Put(nil, s.clock.Now().Add(s.policyDelay))
		return nil
	})
}

// AttachRolePolicy attaches a managed policy: one of AWS's that the lab knows,
// or one made by CreatePolicy.
func (s *Store) AttachRolePolicy(of, arn string) error {
	return s.withRole(of, func(r *role) error {
		if !s.knownPolicy(arn) {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s does not exist or is not attachable.", arn)
		}
		if !slices.Contains(r.managed, arn) {
			r.managed = append(r.managed, arn)
		}
		return nil
	})
}

// DetachRolePolicy detaches a managed policy.
func (s *Store) DetachRolePolicy(of, arn string) error {
	return s.withRole(of, func(r *role) error {
		i := slices.Index(r.managed, arn)
		if i < 0 {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
		}
		r.managed = slices.Delete(r.managed, i, i+1)
		return nil
	})
}

// CreatePolicy makes a managed policy, or replaces its default version, and
// returns its ARN.
func (s *Store) CreatePolicy(path, name string, p iam.Policy) (string, error) {
	if err := p.ValidateFor(iam.IdentityPolicy); err != nil {
		return "", awserr.New("MalformedPolicyDocument", "%v", err)
	}
	if path == "" {
		path = "/"
	}
	arn := s.scope.GlobalARN("iam", "policy"+path+name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.policies[arn] == nil {
		s.policies[arn] = new(iam.History)
	}
	s.policies[arn].Put(&p, s.clock.Now().Add(s.policyDelay))
	return arn, nil
}

// DeletePolicy deletes a managed policy that is not attached.
func (s *Store) DeletePolicy(arn string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.policies[arn] == nil {
		return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
	}
	for _, r := range s.roles {
		if slices.Contains(r.managed, arn) {
			return awserr.WithStatus(http.StatusConflict, "DeleteConflict", "Cannot delete a policy attached to entities.")
		}
	}
	delete(s.policies, arn)
	return nil
}

// Policies returns the identity policies of a role that are in effect.
func (s *Store) Policies(arn string) []iam.Policy {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.roleByARN(arn)
	if r == nil {
		return nil
	}
	var out []iam.Policy
	for _, h := range r.inline {
		if p := h.At(now); p != nil {
			out = append(out, *p)
		}
	}
	for _, arn := range r.managed {
		if p := s.managed(arn, now); p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// managed is a managed policy that is in effect, AWS's or the account's, or nil. The caller
// holds the lock.
func (s *Store) managed(arn string, now time.Time) *iam.Policy {
	if p := s.managedPolicy(arn); p != nil {
		return p
	}
	return s.policies[arn].At(now)
}
