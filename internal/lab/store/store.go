// Package store keeps the objects of one AWS resource type by their ids, with
// the errors by which AWS's APIs refuse an unknown or a taken id. It has no lock.
package store

import (
	"maps"
	"slices"

	"provenendpoints/internal/lab/awserr"
)

// Store holds objects by their ids.
type Store[T any] struct {
	// ByID are the objects. Callers add and delete them directly.
	ByID map[string]T

	noun, missing string
}

// New returns an empty store. noun is the type's name in error messages, such as
// "subnet ID"; missing is the error code for an unknown id.
func New[T any](noun, missing string) Store[T] {
	return Store[T]{ByID: map[string]T{}, noun: noun, missing: missing}
}

// Get returns the object with an id, or AWS's error that there is none.
func (s *Store[T]) Get(id string) (T, error) {
	v, ok := s.ByID[id]
	if !ok {
		return v, awserr.New(s.missing, "The %s '%s' does not exist", s.noun, id)
	}
	return v, nil
}

// CheckFree returns an error unless a new object can have this id.
func (s *Store[T]) CheckFree(id string) error {
	if id == "" {
		return awserr.New("MissingParameter", "The %s is missing", s.noun)
	}
	if _, taken := s.ByID[id]; taken {
		return awserr.New("InvalidParameterValue", "The %s '%s' already exists", s.noun, id)
	}
	return nil
}

// Describe returns a description of each object, in the order of their ids.
func Describe[T, D any](s Store[T], describe func(T) D) []D {
	out := make([]D, 0, len(s.ByID))
	for _, id := range slices.Sorted(maps.Keys(s.ByID)) {
		out = append(out, describe(s.ByID[id]))
	}
	return out
}
