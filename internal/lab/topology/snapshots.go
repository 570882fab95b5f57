package topology

import (
	"strings"
	"sync"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/region"
)

// Snapshots keep the models of stacks as they were when the first resource in them failed:
// after the rollback there is nothing left to draw. The zero value is ready.
type Snapshots struct {
	// Options are those of the models.
	Options Options

	mu      sync.Mutex
	byStack map[string]picture.Model // by ARN
}

// OnEvent looks at an event of a Region's stacks.
func (s *Snapshots) OnEvent(r *region.Region, e cfn.Event) {
	switch {
	case e.OfStack() && (e.Status == cfn.CreateInProgress || e.Status == cfn.UpdateInProgress || e.Status == cfn.DeleteInProgress):
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.byStack, e.StackID)
	case !e.OfStack() && e.Status.Failed() && !strings.HasSuffix(e.Reason, "cancelled"):
		if _, taken := s.Of(e.StackID); taken {
			return
		}
		m := Of(r, e.StackID, s.Options)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.byStack == nil {
			s.byStack = map[string]picture.Model{}
		}
		s.byStack[e.StackID] = m
	}
}

// Of returns the model of a stack, by its ARN, as it was when something in it failed; false
// if nothing has in its last operation.
func (s *Snapshots) Of(stack string) (picture.Model, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.byStack[stack]
	return m, ok
}
