package reach

import (
	"sync"

	"provenendpoints/internal/lab/trail"
	"provenendpoints/internal/lab/vpc"
)

// ends remembers what became of packets: the last of each conversation, by who sent
// it to where.
type ends struct {
	mu   sync.Mutex
	last map[trail.Leg]vpc.Transmission
	ends map[end]bool
}

// end is a host that another host's packets reached, by their names.
type end struct{ from, to string }

func (t *ends) note(p vpc.Transmission) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		t.last, t.ends = map[trail.Leg]vpc.Transmission{}, map[end]bool{}
	}
	t.last[trail.Leg{From: p.From, Protocol: p.Protocol, To: p.SentTo}] = p
	if p.To != "" {
		t.ends[end{p.From, p.To}] = true
	}
}

// find returns what became of the last packet of a leg.
func (t *ends) find(l trail.Leg) (vpc.Transmission, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.last[l]
	return p, ok
}

// Delivered reports whether packets of one host ended at another, by their names.
func (s *Survey) Delivered(from, to string) bool {
	s.trail.mu.Lock()
	defer s.trail.mu.Unlock()
	return s.trail.ends[end{from, to}]
}

// Ends returns the names of the hosts that a host's packets ended at.
func (s *Survey) Ends(from string) []string {
	s.trail.mu.Lock()
	defer s.trail.mu.Unlock()
	var out []string
	for e := range s.trail.ends {
		if e.from == from {
			out = append(out, e.to)
		}
	}
	return out
}
