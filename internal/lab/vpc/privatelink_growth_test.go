package vpc

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/module"
)

// consumers gives the "my" VPC so many endpoints to the web hosts' service.
func (n web) consumers(count int) {
	n.t.Helper()
	s := n.service(nil)
	for i := range count {
		n.endpoint(fmt.Sprintf("vpce-%03d", i), "my", s.Name, nil)
	}
}

// askAll resolves each endpoint's regional name and asks through each of its
// addresses. It counts the answers.
func (n web) askAll(client *Host) map[string]int {
	n.t.Helper()
	counts := map[string]int{}
	for _, e := range n.Endpoints() {
		found := strings.Fields(n.lookup(client, e.DNSNames[0].Name))
		for _, a := range found[1:] {
			counts[n.ask(client, a+":80")]++
		}
	}
	return counts
}

// Two hundred interface endpoints in one VPC all lead to both hosts.
func TestManyEndpoints(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.awaitHealthy()
	n.consumers(200)
	counts := n.askAll(n.host("client", "my-c"))
	for _, want := range []string{saw("WEB1", n.node(zoneA)), saw("WEB2", n.node(zoneB))} {
		if counts[want] != 200 {
			t.Errorf("answers %v, want 200 times %q", counts, want)
		}
	}
}

// BenchmarkEndpoints shows how time grows with the interface endpoints of one
// VPC: each is created, resolved, asked in both zones and deleted.
func BenchmarkEndpoints(b *testing.B) {
	for _, count := range []int{2, 20, 200} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			n := newWeb(b, webOptions{})
			n.awaitHealthy()
			client := n.host("client", "my-c")
			for b.Loop() {
				n.consumers(count)
				n.askAll(client)
				for _, e := range n.Endpoints() {
					n.must(n.DeleteEndpoint(e.ID))
				}
				n.must(n.DeleteEndpointService("vpce-svc-1"))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*count), "µs/endpoint")
		})
	}
}

// A closed network leaves no goroutine behind. Not parallel: it counts those of
// the whole process.
func TestCloseLeavesNoGoroutine(t *testing.T) {
	before := ours()
	t.Run("network", func(t *testing.T) {
		n := newWeb(t, webOptions{group: func(g *TargetGroup) { g.HealthCheck.Protocol = "HTTP" }})
		n.consumers(2)
		n.await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks") // no HTTP there
		if counts := n.askAll(n.host("client", "my-c")); len(counts) != 2 {
			t.Errorf("answers %v", counts)
		}
	})
	// What was told to end may still be on its last steps.
	after := ours()
	for end := time.Now().Add(10 * time.Second); len(after) > len(before) && time.Now().Before(end); after = ours() {
		runtime.Gosched()
	}
	if len(after) > len(before) {
		t.Errorf("%d goroutines before, %d after:\n%s", len(before), len(after), strings.Join(after, "\n\n"))
	}
}

// ours returns the stacks of the goroutines that run code of the lab or of its
// TCP/IP stacks, without those of tests that wait for their turn and the one
// that the clocks of a process share.
func ours() []string {
	stacks := make([]byte, 1<<20)
	var found []string
	for _, s := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(s, "testing.(*T).Parallel") || strings.Contains(s, "clock.(*pollBarrier)") {
			continue
		}
		if strings.Contains(s, module.Package("internal/lab/")) || strings.Contains(s, "gvisor.dev/") {
			found = append(found, s)
		}
	}
	return found
}
