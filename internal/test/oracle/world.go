package oracle

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
)

// World is a lab Region that the oracle looks into.
type World struct {
	*region.Region
	trace *trace
}

// New makes a Region without stacks. Close it.
func New() (*World, error) {
	w := &World{trace: &trace{ends: map[end]bool{}}}
	var err error
	w.Region, err = region.New(region.Options{Faults: region.Faults{Network: vpc.Faults{Packet: w.trace.packet}}})
	return w, err
}

// settling is how long, by the lab's clock, health checks and services that start
// may take.
const settling = time.Minute

// Measure finds out who can do what, with a stack that is deployed. It changes the
// Region: its own hosts stay, and the stack may not be deletable any more.
func (w *World) Measure(ctx context.Context, stack string) (Matrix, error) {
	m := &measurement{World: w, ctx: ctx, stack: stack, matrix: Matrix{Homes: map[string]string{}}}
	if err := w.Network.Clock().Sleep(ctx, settling); err != nil {
		return Matrix{}, err
	}
	m.nameThings()
	for _, step := range []func() error{m.settle, m.strangers, m.reach, m.control, m.resolve, m.callAll, m.grants} {
		if err := step(); err != nil {
			return Matrix{}, err
		}
	}
	m.matrix.sort()
	return m.matrix, ctx.Err()
}

// measurement is one run of Measure.
type measurement struct {
	*World
	ctx    context.Context
	stack  string
	names  map[string]string // of things, by their physical ids
	places []place
	things []thing
	// outside are the addresses of hosts on the internet, by what they are called.
	outside map[string][]netip.Addr

	// spreads is held while one balancer is looked behind; made counts the hosts of that.
	spreads sync.Mutex
	made    int

	mu     sync.Mutex
	matrix Matrix
}

// add notes a line. It may be called concurrently.
func (m *measurement) add(who, verb, what string, can ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.matrix.Lines = append(m.matrix.Lines, Line{who, verb, what, can})
}

// within bounds one attempt, by the lab's clock.
func (m *measurement) within(d time.Duration) (context.Context, context.CancelFunc) {
	return m.Network.Clock().WithTimeout(m.ctx, d)
}

// trace keeps where the packets of each host ended.
type trace struct {
	mu   sync.Mutex
	ends map[end]bool
}

// end is a host that another host's packets reached, by their names.
type end struct{ from, to string }

func (t *trace) packet(p vpc.Packet) (undisturbed vpc.Fate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends[end{p.From, p.To}] = true
	return undisturbed
}

// reset forgets what a host's packets reached.
func (t *trace) reset(from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for e := range t.ends {
		if e.from == from {
			delete(t.ends, e)
		}
	}
}

// has reports whether packets of one host ended at another.
func (t *trace) has(from, to string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ends[end{from, to}]
}

// endsOf returns what a host's packets have reached since reset.
func (t *trace) endsOf(from string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for e := range t.ends {
		if e.from == from {
			out = append(out, e.to)
		}
	}
	return out
}
