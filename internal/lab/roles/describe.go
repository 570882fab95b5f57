package roles

import (
	"maps"
	"slices"

	"provenendpoints/internal/lab/iam"
)

// Described is a role with its policies.
type Described struct {
	Role
	// Inline are its inline policies by name, Attached the ARNs of its managed ones.
	Inline   map[string]iam.Policy
	Attached []string
}

// Describe describes all roles, sorted by name, with what was put last, whether in effect yet
// or not.
func (s *Store) Describe() []Described {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Described
	for _, name := range slices.Sorted(maps.Keys(s.roles)) {
		r := s.roles[name]
		d := Described{Role: r.Role, Inline: map[string]iam.Policy{}, Attached: slices.Clone(r.managed)}
		for name, history := range r.inline {
			if last := history.Last(); last != nil {
				d.Inline[name] = *last
			}
		}
		out = append(out, d)
	}
	return out
}

// Role describes a role by its name.
func (s *Store) Role(name string) (found Role, err error) {
	err = s.withRole(name, func(r *role) error {
		found = r.Role
		return nil
	})
	return found, err
}
