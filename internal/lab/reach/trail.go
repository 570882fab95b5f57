package reach

import (
	"net/netip"
	"sync"

	"provenendpoints/internal/lab/vpc"
)

// trail remembers what became of packets: the last of each conversation, by who sent
// it to where.
type trail struct {
	mu   sync.Mutex
	last map[leg]vpc.Transmission
	ends map[end]bool
}

// leg is one direction of a conversation as its sender sees it, whatever port it
// sends from.
type leg struct {
	from     string
	protocol int
	to       netip.AddrPort
}

// end is a host that another host's packets reached, by their names.
type end struct{ from, to string }

func (t *trail) note(p vpc.Transmission) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		t.last, t.ends = map[leg]vpc.Transmission{}, map[end]bool{}
	}
	t.last[leg{p.From, p.Protocol, p.SentTo}] = p
	if p.To != "" {
		t.ends[end{p.From, p.To}] = true
	}
}

// find returns what became of the last packet of a leg.
func (t *trail) find(l leg) (vpc.Transmission, bool) {
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
