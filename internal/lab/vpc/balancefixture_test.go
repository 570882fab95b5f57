package vpc

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// web is a load balancer in zones a and b of the custom VPC with WEB1 in zone a
// and WEB2 in zone b, both in target group tg on port 80.
type web struct {
	linked
	web1, web2 *Host
	// listeners are the web servers' own, by host.
	listeners map[*Host]net.Listener
}

// webOptions change what newWeb makes.
type webOptions struct {
	Options
	balancer func(*LoadBalancer)
	group    func(*TargetGroup)
	// webGroup is the security group of the web hosts. Default: the open one.
	webGroup func(linked) string
}

func newWeb(t testing.TB, o webOptions) web {
	t.Helper()
	n := web{linked: newLinked(t, o.Options), listeners: map[*Host]net.Listener{}}
	balancer := LoadBalancer{ID: "nlb", Name: "Web", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}}
	if o.balancer != nil {
		n.group("sg-nlb", "custom", tcpFrom(80, "20.0.0.0/16"))
		o.balancer(&balancer)
	}
	_, err := n.CreateLoadBalancer(balancer)
	n.must(err)
	var groups []string
	if o.webGroup != nil {
		groups = []string{o.webGroup(n.linked)}
	}
	n.web1, n.web2 = n.host("web1", "custom-a", groups...), n.host("web2", "custom-b", groups...)
	n.start(n.web1)
	n.start(n.web2)
	group := TargetGroup{ID: "tg", VPC: "vpc-custom", Port: 80, HealthCheck: HealthCheck{Interval: 5 * time.Second, Timeout: 2 * time.Second, Healthy: 2}}
	if o.group != nil {
		o.group(&group)
	}
	n.must(n.CreateTargetGroup(group))
	n.must(n.CreateListener(Listener{ID: "listener", LoadBalancer: "nlb", Port: 80, TargetGroup: "tg"}))
	if group.Type == TargetIP {
		n.must(n.RegisterTargets("tg", Target{ID: n.web1.Addr().String()}, Target{ID: n.web2.Addr().String()}))
	} else {
		n.must(n.RegisterTargets("tg", Target{ID: "i-web1", Interface: "eni-web1"}, Target{ID: "i-web2", Interface: "eni-web2"}))
	}
	return n
}

// start has a web host answer with its name and the source that it sees.
func (n web) start(h *Host) {
	n.t.Helper()
	name := "WEB1"
	if h == n.web2 {
		name = "WEB2"
	}
	n.listeners[h] = n.answer(h, 80, func(c net.Conn) string { return name + " saw " + remote(c).String() })
}

// stop ends a web host's server.
func (n web) stop(h *Host) {
	n.t.Helper()
	n.must(n.listeners[h].Close())
}

// states are the states of the targets of a group, in order.
func (n web) states(group string) []string {
	n.t.Helper()
	health, err := n.TargetHealth(group)
	n.must(err)
	var out []string
	for _, h := range health {
		out = append(out, strings.TrimSpace(h.State+" "+h.Reason))
	}
	return out
}

// await waits on the lab's clock until the targets are in these states.
func (n web) await(states ...string) {
	n.t.Helper()
	for range 600 {
		if slices.Equal(n.states("tg"), states) {
			return
		}
		n.must(n.Clock().Sleep(context.Background(), 100*time.Millisecond))
	}
	n.t.Fatalf("states %q after a minute, want %q", n.states("tg"), states)
}

func (n web) awaitHealthy() {
	n.t.Helper()
	n.await(StateHealthy, StateHealthy)
}

// node is the private address of the load balancer in a zone.
func (n web) node(zone string) netip.Addr {
	n.t.Helper()
	b, err := n.LoadBalancer("nlb")
	n.must(err)
	for _, node := range b.Nodes {
		if node.Zone == zone {
			return node.PrivateAddr
		}
	}
	n.t.Fatalf("no node in %s", zone)
	return netip.Addr{}
}

// spread asks many times and counts the answers.
func (n linked) spread(h *Host, to string, times int) map[string]int {
	n.t.Helper()
	counts := map[string]int{}
	for range times {
		counts[n.ask(h, to)]++
	}
	return counts
}

// service offers the load balancer as an endpoint service to its owner's account.
func (n web) service(change func(*EndpointService)) EndpointService {
	n.t.Helper()
	c := EndpointService{ID: "vpce-svc-1", LoadBalancers: []string{"nlb"}, Principals: []string{owner}}
	if change != nil {
		change(&c)
	}
	s, err := n.CreateEndpointService(c)
	n.must(err)
	return s
}

// saw is the answer of a web host to a source.
func saw(name string, source netip.Addr) string { return fmt.Sprintf("%s saw %s", name, source) }
