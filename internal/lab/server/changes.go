package server

import (
	"sync"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/region"
)

// changes tell whoever waits that something has changed. The zero value is ready.
type changes struct {
	mu   sync.Mutex
	next chan struct{}
}

// wait returns a channel that the next announcement closes.
func (c *changes) wait() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

func (c *changes) announce() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

func (s *Server) onEvent(e cfn.Event) {
	s.changes.announce()
	if s.options.OnEvent != nil {
		s.options.OnEvent(e)
	}
}

// Regions implements [console.Source].
func (s *Server) Regions() []string { return s.regions.names() }

// Region implements [console.Source].
func (s *Server) Region(name string) *region.Region { return s.regions.known(name) }

// Failed implements [console.Source].
func (s *Server) Failed(stack string) (picture.Model, bool) { return s.snapshots.Of(stack) }

// Changed implements [console.Source].
func (s *Server) Changed() <-chan struct{} { return s.changes.wait() }
