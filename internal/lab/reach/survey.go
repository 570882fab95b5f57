package reach

import (
	"context"
	"errors"
	"sync"
	"time"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
)

// Survey looks into a Region. Its methods may be called concurrently.
type Survey struct {
	Region *region.Region

	trail ends
	stop  func() // the trail

	mu    sync.Mutex
	names names
	made  []func() error // undo what the survey made, the last first
	hosts map[string]*vpc.Host
}

// New starts a survey. The names of things are those of the stacks' resources, behind a
// prefix; with more than one stack, the stack's name comes between. Close it before a
// stack is deleted.
func New(r *region.Region, prefix string, stacks ...string) *Survey {
	s := &Survey{Region: r, names: namesOf(r, prefix, stacks), hosts: map[string]*vpc.Host{}}
	s.stop = r.Network.Watch(s.trail.note)
	return s
}

// Close removes everything that the survey made.
func (s *Survey) Close() error {
	s.stop()
	s.mu.Lock()
	made := s.made
	s.made = nil
	s.mu.Unlock()
	var errs []error
	for i := len(made) - 1; i >= 0; i-- {
		errs = append(errs, made[i]())
	}
	return errors.Join(errs...)
}

// undo notes how something that was made is removed. The caller holds the lock.
func (s *Survey) undo(f func() error) { s.made = append(s.made, f) }

// within bounds one attempt, by the lab's clock.
func (s *Survey) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return s.Region.Network.Clock().WithTimeout(ctx, d)
}
