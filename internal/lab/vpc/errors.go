package vpc

import (
	"maps"
	"slices"

	"provenendpoints/internal/lab/awserr"
)

// Error is how the EC2 API refuses something. Its texts are EC2's where they are known.
type Error = awserr.Error

// refuse returns an *[Error].
func refuse(code, format string, args ...any) error { return awserr.New(code, format, args...) }

// dependency is EC2's answer to the deletion of something that is in use.
func dependency(what, id, user string) error {
	return refuse("DependencyViolation", "The %s '%s' has dependencies and cannot be deleted: %s uses it.", what, id, user)
}

// store holds the objects of one kind by their id.
type store[T any] struct {
	kind, missing string // as EC2 names the kind, and the code for an unknown id
	byID          map[string]T
}

func newStore[T any](kind, missing string) store[T] {
	return store[T]{kind: kind, missing: missing, byID: map[string]T{}}
}

// get returns the object with this id, or EC2's error that there is none.
func (s *store[T]) get(id string) (T, error) {
	v, ok := s.byID[id]
	if !ok {
		return v, refuse(s.missing, "The %s '%s' does not exist", s.kind, id)
	}
	return v, nil
}

// free returns an error unless id can be given to a new object.
func (s *store[T]) free(id string) error {
	if id == "" {
		return refuse("MissingParameter", "The %s is missing", s.kind)
	}
	if _, taken := s.byID[id]; taken {
		return refuse("InvalidParameterValue", "The %s '%s' already exists", s.kind, id)
	}
	return nil
}

// sorted returns all objects in the order of their ids.
func (s *store[T]) sorted() []T {
	all := make([]T, 0, len(s.byID))
	for _, id := range slices.Sorted(maps.Keys(s.byID)) {
		all = append(all, s.byID[id])
	}
	return all
}
