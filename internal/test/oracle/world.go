package oracle

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/region"
)

// World is a lab Region that the oracle looks into.
type World struct {
	*region.Region
}

// New makes a Region without stacks. Close it.
func New() (*World, error) {
	r, err := region.New(region.Options{})
	return &World{r}, err
}

// settling is how long, by the lab's clock, health checks and services that start
// may take.
const settling = time.Minute

// Measure finds out who can do what, with a stack that is deployed. It changes the
// Region: its own hosts stay, and the stack may not be deletable any more.
func (w *World) Measure(ctx context.Context, stack string) (reach.Matrix, error) {
	if err := w.Network.Clock().Sleep(ctx, settling); err != nil {
		return reach.Matrix{}, err
	}
	m := &measurement{World: w, survey: reach.New(w.Region, "", stack), ctx: ctx, stack: stack, matrix: reach.Matrix{Homes: map[string]string{}}}
	for _, step := range []func() error{m.settle, m.strangers, m.reach, m.control, m.resolve, m.callAll, m.grants} {
		if err := step(); err != nil {
			return reach.Matrix{}, err
		}
	}
	m.matrix.Sort()
	return m.matrix, ctx.Err()
}

// measurement is one run of Measure.
type measurement struct {
	*World
	survey *reach.Survey
	ctx    context.Context
	stack  string
	places []place
	things []thing
	// outside are the addresses of hosts on the internet, by what they are called.
	outside map[string][]netip.Addr

	// spreads is held while one balancer is looked behind.
	spreads sync.Mutex

	mu     sync.Mutex
	matrix reach.Matrix
}

// add notes a line. It may be called concurrently.
func (m *measurement) add(who, verb, what string, can ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.matrix.Lines = append(m.matrix.Lines, reach.Line{Who: who, Verb: verb, What: what, Can: can})
}

// named returns the name of a thing by its physical id.
func (m *measurement) named(id string) string { return m.survey.Named(id) }

// within bounds one attempt, by the lab's clock.
func (m *measurement) within(d time.Duration) (context.Context, context.CancelFunc) {
	return m.Network.Clock().WithTimeout(m.ctx, d)
}
