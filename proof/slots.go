package proof

import "context"

// maxOpen is how many connections a prober has under way at once, whatever it is
// asked. It bounds memory and file descriptors: a Lambda function may open 1,024
// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const maxOpen = 2 * maxAddresses

// slots are the right to have so many connections under way.
type slots struct {
	turn chan struct{} // held while taking: nobody waits with a part of what it needs
	used chan struct{}
}

func newSlots(count int) *slots {
	return &slots{turn: make(chan struct{}, 1), used: make(chan struct{}, count)}
}

// take waits for so many slots, or until ctx is done, and reports whether it has
// them. Who waits here has not begun to measure: the wait must not count as a
// target's silence.
func (s *slots) take(ctx context.Context, count int) bool {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-s.turn }()
	for taken := range count {
		select {
		case s.used <- struct{}{}:
		case <-ctx.Done():
			s.give(taken)
			return false
		}
	}
	return true
}

// give gives so many slots back.
func (s *slots) give(count int) {
	for range count {
		<-s.used
	}
}
