package privatelink_test

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
	"provenendpoints/internal/module"
)

// consumers gives the "my" VPC so many endpoints to the web hosts' service.
func (n web) consumers(count int) {
	n.T.Helper()
	s := n.service(nil)
	for i := range count {
		n.endpoint(fmt.Sprintf("vpce-%03d", i), "my", s.Name, nil)
	}
}

// askAll resolves each endpoint's regional name and asks through each of its
// addresses. It counts the answers.
func (n web) askAll(client *vpc.Host) map[string]int {
	n.T.Helper()
	counts := map[string]int{}
	for _, e := range n.Endpoints() {
		found := strings.Fields(n.Lookup(client, e.DNSNames[0].Name))
		for _, a := range found[1:] {
			counts[n.Ask(client, a+":80")]++
		}
	}
	return counts
}

// Two hundred interface endpoints in one VPC all lead to both hosts.
func TestManyEndpoints(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	n.Web.AwaitHealthy()
	n.consumers(200)
	counts := n.askAll(n.AddHost("client", "my-c"))
	for _, want := range []string{elbtest.Saw("WEB1", n.Web.Node(vpctest.ZoneA)), elbtest.Saw("WEB2", n.Web.Node(vpctest.ZoneB))} {
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
			n := newWeb(b, elbtest.Options{})
			n.Web.AwaitHealthy()
			client := n.AddHost("client", "my-c")
			for b.Loop() {
				n.consumers(count)
				n.askAll(client)
				for _, e := range n.Endpoints() {
					n.Must(n.DeleteEndpoint(e.ID))
				}
				n.Must(n.DeleteEndpointService("vpce-svc-1"))
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
		n := newWeb(t, elbtest.Options{Group: func(g *elb.TargetGroup) { g.HealthCheck.Protocol = "HTTP" }})
		n.consumers(2)
		n.Web.Await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks") // no HTTP there
		if counts := n.askAll(n.AddHost("client", "my-c")); len(counts) != 2 {
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

// A VPC with many subnets, each with a route table of its own, a gateway
// endpoint's route, a host, and one exchange with the next subnet's host and one
// with S3: the cost of a subnet must not depend on how many there are.
func BenchmarkGrowth(b *testing.B) {
	for _, subnets := range []int{2, 20, 200} {
		b.Run(fmt.Sprintf("subnets=%d", subnets), func(b *testing.B) {
			for b.Loop() {
				grow(b, subnets)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*subnets), "µs/subnet")
		})
	}
}

// grow builds such a VPC, uses it and closes it.
func grow(t testing.TB, subnets int) {
	c := clock.NewSkipping()
	defer c.Stop()
	b := joinGateways(&vpctest.Network{T: t, Network: vpc.New(vpc.Options{Clock: c})}, nil)
	defer b.Close()
	b.s3()
	b.AddVPC("1", "10.0.0.0/16")
	hosts := make([]*vpc.Host, subnets)
	for i := range hosts {
		name := fmt.Sprint("s", i)
		b.AddSubnet("1", name, fmt.Sprintf("10.0.%d.0/24", i), "0.0.0.0/0", "igw-1")
		b.gatewayEndpoint("vpce-"+name, "1", "rtb-"+name)
		hosts[i] = b.AddHost(name, name, false, "sg-1-open")
		b.Answer(hosts[i], 80, func(net.Addr) string { return name })
	}
	for i, h := range hosts {
		next := (i + 1) % subnets
		b.Wants(h, fmt.Sprint(hosts[next].Addr(), ":80"), fmt.Sprint("s", next))
		b.Wants(h, "52.219.60.1:443", fmt.Sprintf("vpce-s%d vpc-1 %s", i, h.Addr()))
	}
}

func TestManySubnets(t *testing.T) {
	t.Parallel()
	grow(t, 40)
}
