package roles

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// What IAM says of a role is what was put last, whether in effect yet or not.

// Role describes a role by its name.
func (s *Store) Role(name string) (found Role, err error) {
	err = s.withRole(name, func(r *role) error {
		found = r.Role
		return nil
	})
	return found, err
}

// All describes all roles, in the order of their names.
func (s *Store) All() []Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Role, 0, len(s.roles))
	for _, r := range s.roles {
		out = append(out, r.Role)
	}
	slices.SortFunc(out, func(a, b Role) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// PolicyNames are the names of the inline policies of the role of this name, sorted.
func (s *Store) PolicyNames(of string) (names []string, err error) {
	err = s.withRole(of, func(r *role) error {
		for _, name := range slices.Sorted(maps.Keys(r.inline)) {
			if r.inline[name].Last() != nil {
				names = append(names, name)
			}
		}
		return nil
	})
	return names, err
}

// InlinePolicy is an inline policy of the role of this name.
func (s *Store) InlinePolicy(of, name string) (policy iam.Policy, err error) {
	err = s.withRole(of, func(r *role) error {
		last := r.inline[name].Last()
		if last == nil {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchEntity", "The role policy with name %s cannot be found.", name)
		}
		policy = *last
		return nil
	})
	return policy, err
}

// AttachedPolicies are the ARNs of the managed policies of the role of this name.
func (s *Store) AttachedPolicies(of string) (arns []string, err error) {
	err = s.withRole(of, func(r *role) error {
		arns = slices.Clone(r.managed)
		return nil
	})
	return arns, err
}
