package roles

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
)

// Role is an IAM role as it is made.
type Role struct {
	// Name is unique in the account. Required.
	Name string
	// Path begins and ends with a slash. Default: /.
	Path string
	// Trust is the trust policy. Required.
	Trust iam.Policy
	// Boundary is the ARN of its permissions boundary, if it has one.
	Boundary string
	// ARN and ID are set by CreateRole.
	ARN, ID string
}

// role is a Role in use.
type role struct {
	Role
	inline  map[string]*iam.History
	managed []string // ARNs
	trust   *iam.History
}

var roleName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

// CreateRole makes a role and returns it with its ARN and id.
func (s *Store) CreateRole(r Role) (Role, error) {
	if !roleName.MatchString(r.Name) {
		return r, awserr.New("ValidationError", "The specified value for roleName is invalid: %q", r.Name)
	}
	if err := r.Trust.ValidateFor(iam.TrustPolicy); err != nil {
		return r, awserr.New("MalformedPolicyDocument", "%v", err)
	}
	if r.Path == "" {
		r.Path = "/"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Boundary != "" && !s.knownPolicy(r.Boundary) {
		return r, awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Scope ARN: %s does not exist or is not attachable.", r.Boundary)
	}
	if s.roles[r.Name] != nil {
		return r, awserr.WithStatus(http.StatusConflict, "EntityAlreadyExists", "Role with name %s already exists.", r.Name)
	}
	s.made++
	r.ARN = s.scope.GlobalARN("iam", "role"+r.Path+r.Name)
	r.ID = "AROA" + awsid.Upper(16, "role", r.Name, strconv.FormatUint(s.made, 10))
	made := &role{Role: r, inline: map[string]*iam.History{}, trust: new(iam.History)}
	trust := r.Trust
	made.trust.Put(&trust, s.clock.Now().Add(s.policyDelay))
	s.roles[r.Name] = made
	return r, nil
}

// UpdateTrust replaces a role's trust policy.
func (s *Store) UpdateTrust(name string, trust iam.Policy) error {
	if err := trust.ValidateFor(iam.TrustPolicy); err != nil {
		return awserr.New("MalformedPolicyDocument", "%v", err)
	}
	return s.withRole(name, func(r *role) error {
		r.Trust = trust
		r.trust.Put(&trust, s.clock.Now().Add(s.policyDelay))
		return nil
	})
}

// SetBoundary replaces a role's permissions boundary; an empty ARN takes it away.
func (s *Store) SetBoundary(name, arn string) error {
	return s.withRole(name, func(r *role) error {
		if arn != "" && !s.knownPolicy(arn) {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "Scope ARN: %s does not exist or is not attachable.", arn)
		}
		r.Boundary = arn
		return nil
	})
}

// Boundary is the permissions boundary of a role, nil if it has none: what it does
// not allow, no identity policy does
// (docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
func (s *Store) Boundary(arn string) *iam.Policy {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.roleByARN(arn)
	if r == nil || r.Boundary == "" {
		return nil
	}
	if p := s.managed(r.Boundary, now); p != nil {
		return p
	}
	return &iam.Policy{}
}

// DeleteRole deletes a role that has no policies, with its sessions.
func (s *Store) DeleteRole(name string) error {
	return s.withRole(name, func(r *role) error {
		for _, h := range r.inline {
			if h.Last() != nil {
				return awserr.WithStatus(http.StatusConflict, "DeleteConflict", "Cannot delete entity, must delete policies first.")
			}
		}
		if len(r.managed) > 0 {
			return awserr.WithStatus(http.StatusConflict, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
		}
		delete(s.roles, name)
		for key, session := range s.sessions {
			if session.Role == r.ARN {
				delete(s.sessions, key)
			}
		}
		return nil
	})
}

// Names returns the names of the account's roles, sorted.
func (s *Store) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.roles))
	for name := range s.roles {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// withRole runs do on a role under the lock.
func (s *Store) withRole(name string, do func(*role) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.roles[name]
	if r == nil {
		return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role with name %s cannot be found.", name)
	}
	return do(r)
}

// roleByARN finds a role; the caller holds the lock.
func (s *Store) roleByARN(arn string) *role {
	for _, r := range s.roles {
		if r.ARN == arn {
			return r
		}
	}
	return nil
}
