package faults

import (
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

const (
	gateway   = assembled.GatewayEndpoint
	iface     = assembled.InterfaceEndpoint
	privateOn = assembled.InterfaceEndpointPrivateDNS
	service   = assembled.EndpointService
)

// world is what faults depend on: the time since the deployment began.
type world struct {
	clock *clock.Clock
	start time.Time
}

// since is the lab's time since the start; before reports whether it is less than d.
func (w *world) since() time.Duration        { return w.clock.Now().Sub(w.start) }
func (w *world) before(d time.Duration) bool { return w.since() < d }

// first returns a function that reports whether a call of it is one of the first
// n. Faults call it concurrently.
func first(n int64) func() bool {
	var calls atomic.Int64
	return func() bool { return calls.Add(1) <= n }
}

// each returns a function that reports whether a call of it is an nth one.
func each(n int64) func() bool {
	var calls atomic.Int64
	return func() bool { return calls.Add(1)%n == 0 }
}

// secondWebHost returns a function that reports whether a packet goes to the
// second host that packets were sent to on port 80.
func (w *world) secondWebHost() func(vpc.Packet) bool {
	var mu sync.Mutex
	var hosts []string
	return func(p vpc.Packet) bool {
		if p.Destination.Port() != 80 || !strings.HasPrefix(p.To, "eni-") {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		if len(hosts) < 2 && !slices.Contains(hosts, p.To) {
			hosts = append(hosts, p.To)
		}
		return len(hosts) == 2 && p.To == hosts[1]
	}
}

// run deploys a stack under a fault and deletes it again. The error is the
// deployment's; a deletion that fails or leaves something fails the test.
func run(t *testing.T, f fault) error {
	t.Helper()
	id := f.stack
	// The stack comes first: while a process of its own synthesizes the
	// application, this process idles, and a skipping clock would skip centuries.
	stack := assembled.Stack(t, id)
	w := &world{clock: clock.NewSkipping()}
	t.Cleanup(w.clock.Stop)
	w.start = w.clock.Now()
	region := deployed.New(t, id, region.Options{Clock: w.clock, Faults: f.faults(w)})
	failed := region.Deploy(stack)
	for _, e := range region.Events(id) {
		if strings.Contains(e.Reason, "did not receive a response") && !f.unanswered {
			t.Errorf("CloudFormation got no answer: %s: %s", e.LogicalID, e.Reason)
		}
	}
	region.Remove(id)
	return failed
}
