package dns

import (
	"sync"

	miekg "github.com/miekg/dns"
)

// Zones is a set of zones, safe for concurrent use. The zero value is empty.
type Zones struct {
	mu    sync.RWMutex
	zones map[string]*Zone
}

// Add adds a zone and reports whether it did. If the set has a zone of the same
// origin, it does not change.
func (s *Zones) Add(z *Zone) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zones[z.origin] != nil {
		return false
	}
	if s.zones == nil {
		s.zones = map[string]*Zone{}
	}
	s.zones[z.origin] = z
	return true
}

// Remove removes the zone with this origin.
func (s *Zones) Remove(origin string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.zones, miekg.CanonicalName(origin))
}

// Has reports whether the set has a zone of exactly this origin.
func (s *Zones) Has(origin string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.zones[miekg.CanonicalName(origin)] != nil
}

// Match returns the origin of the zone that has a name; empty if none has.
func (s *Zones) Match(name string) string {
	if z := s.find(name); z != nil {
		return z.origin
	}
	return ""
}

// find returns the zone whose origin is the longest suffix of the name, or nil.
func (s *Zones) find(name string) *Zone {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for at := miekg.CanonicalName(name); ; at = parent(at) {
		if z := s.zones[at]; z != nil {
			return z
		}
		if at == "." {
			return nil
		}
	}
}
