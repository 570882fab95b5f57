// Package elbtest is a load balancer with two web hosts, for tests.
package elbtest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// Web is a load balancer in zones a and b of the custom VPC with WEB1 in zone a
// and WEB2 in zone b, both in target group tg on port 80.
type Web struct {
	vpctest.TwoVPCs
	*elb.LoadBalancing
	Web1, Web2 *vpc.Host
	// Listeners are the web servers' own, by host.
	Listeners map[*vpc.Host]net.Listener
}

// Options change what New makes.
type Options struct {
	vpc.Options
	// Balancer and Group change the load balancer and the target group.
	Balancer func(*elb.LoadBalancer)
	Group    func(*elb.TargetGroup)
	// WebGroup is the security group of the web hosts. Default: the open one.
	WebGroup func(vpctest.TwoVPCs) string
}

// New returns a Web on a skipping clock.
func New(t testing.TB, o Options) Web {
	t.Helper()
	n := Web{TwoVPCs: vpctest.NewTwoVPCs(t, o.Options), Listeners: map[*vpc.Host]net.Listener{}}
	n.LoadBalancing = elb.New(n.Network)
	balancer := elb.LoadBalancer{ID: "nlb", Name: "Web", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}}
	if o.Balancer != nil {
		n.AddGroup("sg-nlb", "custom", vpctest.TCPFrom(80, "20.0.0.0/16"))
		o.Balancer(&balancer)
	}
	_, err := n.CreateLoadBalancer(balancer)
	n.Must(err)
	var groups []string
	if o.WebGroup != nil {
		groups = []string{o.WebGroup(n.TwoVPCs)}
	}
	n.Web1, n.Web2 = n.AddHost("web1", "custom-a", groups...), n.AddHost("web2", "custom-b", groups...)
	n.Start(n.Web1)
	n.Start(n.Web2)
	group := elb.TargetGroup{ID: "tg", VPC: "vpc-custom", Port: 80, HealthCheck: elb.HealthCheck{Interval: 5 * time.Second, Timeout: 2 * time.Second, Healthy: 2}}
	if o.Group != nil {
		o.Group(&group)
	}
	n.Must(n.CreateTargetGroup(group))
	n.Must(n.CreateListener(elb.Listener{ID: "listener", LoadBalancer: "nlb", Port: 80, TargetGroup: "tg"}))
	if group.Type == elb.TargetIP {
		n.Must(n.RegisterTargets("tg", elb.Target{ID: n.Web1.Addr().String()}, elb.Target{ID: n.Web2.Addr().String()}))
	} else {
		n.Must(n.RegisterTargets("tg", elb.Target{ID: "i-web1", Interface: "eni-web1"}, elb.Target{ID: "i-web2", Interface: "eni-web2"}))
	}
	return n
}

// Start has a web host answer with its name and the source that it sees.
func (n Web) Start(h *vpc.Host) {
	n.T.Helper()
	name := "WEB1"
	if h == n.Web2 {
		name = "WEB2"
	}
	n.Listeners[h] = n.Answer(h, 80, func(c net.Conn) string { return name + " saw " + vpctest.Source(c).String() })
}

// Stop ends a web host's server.
func (n Web) Stop(h *vpc.Host) {
	n.T.Helper()
	n.Must(n.Listeners[h].Close())
}

// States are the states of the targets of a group, in order.
func (n Web) States(group string) []string {
	n.T.Helper()
	health, err := n.TargetHealth(group)
	n.Must(err)
	var out []string
	for _, h := range health {
		out = append(out, strings.TrimSpace(h.State+" "+h.Reason))
	}
	return out
}

// Await waits on the lab's clock until the targets are in these states.
func (n Web) Await(states ...string) {
	n.T.Helper()
	for range 600 {
		if slices.Equal(n.States("tg"), states) {
			return
		}
		n.Must(n.Clock().Sleep(context.Background(), 100*time.Millisecond))
	}
	n.T.Fatalf("states %q after a minute, want %q", n.States("tg"), states)
}

// AwaitHealthy waits until both targets are healthy.
func (n Web) AwaitHealthy() {
	n.T.Helper()
	n.Await(elb.StateHealthy, elb.StateHealthy)
}

// Node is the private address of the load balancer in a zone.
func (n Web) Node(zone string) netip.Addr {
	n.T.Helper()
	b, err := n.LoadBalancer("nlb")
	n.Must(err)
	for _, node := range b.Nodes {
		if node.Zone == zone {
			return node.PrivateAddr
		}
	}
	n.T.Fatalf("no node in %s", zone)
	return netip.Addr{}
}

// Saw is the answer of a web host to a source.
func Saw(name string, source netip.Addr) string { return fmt.Sprintf("%s saw %s", name, source) }
