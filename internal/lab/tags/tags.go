// Package tags keeps the tags of a Region's resources by their ids, whoever gave them:
// templates, and calls of APIs. Nothing here knows what a resource is.
package tags

import (
	"maps"
	"slices"
	"sync"
)

// Tag is a tag of a resource.
type Tag struct{ Key, Value string }

// Store holds tags. Its zero value is empty, and a nil Store stays so.
type Store struct {
	mu sync.Mutex
	of map[string]map[string]string
}

// Set gives a resource tags, beside those that it has.
func (s *Store) Set(id string, tags map[string]string) {
	if s == nil || id == "" || len(tags) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]map[string]string{}
	}
	if s.of[id] == nil {
		s.of[id] = map[string]string{}
	}
	maps.Copy(s.of[id], tags)
}

// Unset takes tags from a resource. Keys that it has not are ignored.
func (s *Store) Unset(id string, keys ...string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		delete(s.of[id], key)
	}
}

// Forget forgets a resource.
func (s *Store) Forget(id string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, id)
}

// Of returns the tags of a resource, sorted by their keys.
func (s *Store) Of(id string) []Tag {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tags := s.of[id]
	out := make([]Tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, Tag{key, tags[key]})
	}
	return out
}

// Tagged returns the ids of the resources with tags, sorted.
func (s *Store) Tagged() []string {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, id := range slices.Sorted(maps.Keys(s.of)) {
		if len(s.of[id]) > 0 {
			out = append(out, id)
		}
	}
	return out
}
