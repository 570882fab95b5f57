package elb_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// A target is initial until as many checks as the threshold says have passed,
// and unhealthy after as many have failed
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func TestHealthThresholds(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{Group: func(g *elb.TargetGroup) { g.HealthCheck.Healthy, g.HealthCheck.Unhealthy = 4, 3 }})
	const initial, failed = "initial Elb.InitialHealthChecking", "unhealthy Target.FailedHealthChecks"
	pause := func(d time.Duration) { n.Must(n.Clock().Sleep(context.Background(), d)) }
	check := func(when string, want ...string) {
		t.Helper()
		if got := n.States("tg"); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	// Checks come every five seconds; look between them.
	pause(12500 * time.Millisecond)
	check("after three checks", initial, initial)
	pause(5 * time.Second)
	check("after four", elb.StateHealthy, elb.StateHealthy)
	n.Stop(n.Web2)
	pause(10 * time.Second)
	check("after two failures", elb.StateHealthy, elb.StateHealthy)
	pause(5 * time.Second)
	check("after three", elb.StateHealthy, failed)
	n.Start(n.Web2)
	pause(15 * time.Second)
	check("after three successes", elb.StateHealthy, failed)
	pause(5 * time.Second)
	check("after four", elb.StateHealthy, elb.StateHealthy)
}

// HTTP checks want a status; TCP checks only that a connection opens (same page).
func TestHTTPHealthChecks(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{Group: func(g *elb.TargetGroup) {
		g.HealthCheck.Protocol, g.HealthCheck.Port, g.HealthCheck.Path = "HTTP", 8080, "/health"
	}})
	n.Await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks") // nobody on 8080
	var status, asked atomic.Int64
	status.Store(http.StatusNotFound)
	for _, h := range []*vpc.Host{n.Web1, n.Web2} {
		l, err := h.Listen(8080)
		n.Must(err)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			from := n.Node(vpctest.ZoneA)
			if h == n.Web2 {
				from = n.Node(vpctest.ZoneB)
			}
			if host, _, _ := net.SplitHostPort(r.RemoteAddr); r.URL.Path != "/health" || host != from.String() {
				t.Errorf("check for %s from %s, want /health from the node of the zone, %s", r.URL.Path, host, from)
			}
			w.WriteHeader(int(status.Load()))
		})}
		go func() { _ = server.Serve(l) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	n.Await("unhealthy Target.ResponseCodeMismatch", "unhealthy Target.ResponseCodeMismatch")
	health, err := n.TargetHealth("tg")
	n.Must(err)
	if want := "Health checks failed with these codes: [404]"; health[0].Description != want {
		t.Errorf("description %q, want %q", health[0].Description, want)
	}
	status.Store(http.StatusOK)
	n.AwaitHealthy()
	if asked.Load() == 0 {
		t.Error("healthy, and nobody was asked")
	}
}

// states of targets that nobody uses (same page, "Target health status").
func TestUnusedTargets(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	n.AddHost("web3", "custom-c")
	n.Must(n.RegisterTargets("tg", elb.Target{ID: "i-web3", Interface: "eni-web3"}))
	n.Await(elb.StateHealthy, elb.StateHealthy, "unused Target.NotInUse") // zone c is not enabled
	health, err := n.TargetHealth("tg")
	n.Must(err)
	if want := "Target is in an Availability Zone that is not enabled for the load balancer"; health[2].Description != want || health[2].Zone != vpctest.ZoneC {
		t.Errorf("%+v, want the description %q", health[2], want)
	}
	n.Start(n.AddHost("web4", "custom-c")) // as WEB1
	n.Must(n.RegisterTargets("tg", elb.Target{ID: "i-web4", Interface: "eni-web4"}))
	n.Must(n.ModifyLoadBalancer(elb.LoadBalancer{ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, CrossZone: true}))
	n.Await(elb.StateHealthy, elb.StateHealthy, "unhealthy Target.FailedHealthChecks", elb.StateHealthy)
	n.Must(n.RegisterTargets("tg", elb.Target{ID: "i-web4", Interface: "eni-web4"})) // once more changes nothing
	n.Await(elb.StateHealthy, elb.StateHealthy, "unhealthy Target.FailedHealthChecks", elb.StateHealthy)
	n.Must(n.DeregisterTargets("tg", elb.Target{ID: "i-web4"}))
	n.Must(n.ModifyLoadBalancer(elb.LoadBalancer{ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-c"}}))
	n.Await(elb.StateHealthy, "unused Target.NotInUse", "unhealthy Target.FailedHealthChecks")
	n.Must(n.DeleteListener("listener"))
	n.Await("unused Target.NotInUse", "unused Target.NotInUse", "unused Target.NotInUse")
}

// A node without a healthy target of its own passes connections on to the
// unhealthy ones (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health.html,
// "Routing failover").
func TestFailOpen(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{Group: func(g *elb.TargetGroup) { g.HealthCheck.Port = 9999 }})
	n.Await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks")
	h := n.AddHost("client", "custom-a")
	if got, want := n.Ask(h, vpctest.At(n.Node(vpctest.ZoneA), 80)), elbtest.Saw("WEB1", h.Addr()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	g, err := n.TargetGroup("tg")
	n.Must(err)
	g.HealthCheck.Port = 0
	n.Must(n.ModifyTargetGroup(g))
	n.AwaitHealthy()
}

// Connections to a deregistered target are reset: the lab knows no
// deregistration delay.
func TestDeregisteredTargetIsLeft(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	n.AwaitHealthy()
	h := n.AddHost("client", "custom-a")
	c := n.Open(h, vpctest.At(n.Node(vpctest.ZoneA), 80))
	n.Must(n.DeregisterTargets("tg", elb.Target{ID: "i-web1"}))
	_, err := c.Write([]byte("x"))
	n.Must(err)
	n.Must(c.SetReadDeadline(time.Now().Add(vpctest.AnswerTimeout)))
	if _, err = c.Read(make([]byte, 1)); !strings.Contains(fmt.Sprint(err), "reset") {
		t.Errorf("read: %v, want a reset", err)
	}
}

// A closed network leaves no goroutine and no running check.
func TestCloseStopsChecks(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	n.AwaitHealthy()
	done := make(chan struct{})
	go func() { n.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for something that does not end")
	}
}
