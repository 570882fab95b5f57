package vpc

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A target is initial until as many checks as the threshold says have passed,
// and unhealthy after as many have failed
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func TestHealthThresholds(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{group: func(g *TargetGroup) { g.HealthCheck.Healthy, g.HealthCheck.Unhealthy = 4, 3 }})
	const initial, failed = "initial Elb.InitialHealthChecking", "unhealthy Target.FailedHealthChecks"
	pause := func(d time.Duration) { n.must(n.Clock().Sleep(context.Background(), d)) }
	check := func(when string, want ...string) {
		t.Helper()
		if got := n.states("tg"); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	// Checks come every five seconds; look between them.
	pause(12500 * time.Millisecond)
	check("after three checks", initial, initial)
	pause(5 * time.Second)
	check("after four", StateHealthy, StateHealthy)
	n.stop(n.web2)
	pause(10 * time.Second)
	check("after two failures", StateHealthy, StateHealthy)
	pause(5 * time.Second)
	check("after three", StateHealthy, failed)
	n.start(n.web2)
	pause(15 * time.Second)
	check("after three successes", StateHealthy, failed)
	pause(5 * time.Second)
	check("after four", StateHealthy, StateHealthy)
}

// HTTP checks want a status; TCP checks only that a connection opens (same page).
func TestHTTPHealthChecks(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{group: func(g *TargetGroup) {
		g.HealthCheck.Protocol, g.HealthCheck.Port, g.HealthCheck.Path = "HTTP", 8080, "/health"
	}})
	n.await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks") // nobody on 8080
	var status, asked atomic.Int64
	status.Store(http.StatusNotFound)
	for _, h := range []*Host{n.web1, n.web2} {
		l, err := h.Listen(8080)
		n.must(err)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			from := n.node(zoneA)
			if h == n.web2 {
				from = n.node(zoneB)
			}
			if host, _, _ := net.SplitHostPort(r.RemoteAddr); r.URL.Path != "/health" || host != from.String() {
				t.Errorf("check for %s from %s, want /health from the node of the zone, %s", r.URL.Path, host, from)
			}
			w.WriteHeader(int(status.Load()))
		})}
		go func() { _ = server.Serve(l) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	n.await("unhealthy Target.ResponseCodeMismatch", "unhealthy Target.ResponseCodeMismatch")
	health, err := n.TargetHealth("tg")
	n.must(err)
	if want := "Health checks failed with these codes: [404]"; health[0].Description != want {
		t.Errorf("description %q, want %q", health[0].Description, want)
	}
	status.Store(http.StatusOK)
	n.awaitHealthy()
	if asked.Load() == 0 {
		t.Error("healthy, and nobody was asked")
	}
}

// States of targets that nobody uses (same page, "Target health status").
func TestUnusedTargets(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.host("web3", "custom-c")
	n.must(n.RegisterTargets("tg", Target{ID: "i-web3", Interface: "eni-web3"}))
	n.await(StateHealthy, StateHealthy, "unused Target.NotInUse") // zone c is not enabled
	health, err := n.TargetHealth("tg")
	n.must(err)
	if want := "Target is in an Availability Zone that is not enabled for the load balancer"; health[2].Description != want || health[2].Zone != zoneC {
		t.Errorf("%+v, want the description %q", health[2], want)
	}
	n.start(n.host("web4", "custom-c")) // as WEB1
	n.must(n.RegisterTargets("tg", Target{ID: "i-web4", Interface: "eni-web4"}))
	n.must(n.ModifyLoadBalancer(LoadBalancer{ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, CrossZone: true}))
	n.await(StateHealthy, StateHealthy, "unhealthy Target.FailedHealthChecks", StateHealthy)
	n.must(n.RegisterTargets("tg", Target{ID: "i-web4", Interface: "eni-web4"})) // once more changes nothing
	n.await(StateHealthy, StateHealthy, "unhealthy Target.FailedHealthChecks", StateHealthy)
	n.must(n.DeregisterTargets("tg", Target{ID: "i-web4"}))
	n.must(n.ModifyLoadBalancer(LoadBalancer{ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-c"}}))
	n.await(StateHealthy, "unused Target.NotInUse", "unhealthy Target.FailedHealthChecks")
	n.must(n.DeleteListener("listener"))
	n.await("unused Target.NotInUse", "unused Target.NotInUse", "unused Target.NotInUse")
}

// A node without a healthy target of its own passes connections on to the
// unhealthy ones (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health.html,
// "Routing failover").
func TestFailOpen(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{group: func(g *TargetGroup) { g.HealthCheck.Port = 9999 }})
	n.await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks")
	h := n.host("client", "custom-a")
	if got, want := n.ask(h, at(n.node(zoneA), 80)), saw("WEB1", h.Addr()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	g, err := n.TargetGroup("tg")
	n.must(err)
	g.HealthCheck.Port = 0
	n.must(n.ModifyTargetGroup(g))
	n.awaitHealthy()
}

// Connections to a target that becomes unhealthy are reset, new ones go to
// healthy targets
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func TestUnhealthyTargetIsLeft(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{balancer: func(c *LoadBalancer) { c.CrossZone = true }})
	n.service(nil)
	n.endpoint("vpce-1", "my", "com.amazonaws.vpce.ap-northeast-2.vpce-svc-1", nil)
	n.awaitHealthy()
	direct, far := n.host("direct", "custom-c"), n.host("far", "my-c")
	open := map[string]net.Conn{} // by way and host
	for _, way := range []struct {
		name string
		h    *Host
		to   string
	}{
		{"directly", direct, at(n.node(zoneA), 80)},
		{"by PrivateLink", far, at(n.addrsOf("vpce-1", zoneA)[0], 80)},
	} {
		for open[way.name+" WEB1"] == nil || open[way.name+" WEB2"] == nil {
			ctx, cancel := n.Clock().WithTimeout(context.Background(), time.Minute)
			c, err := way.h.Dial(ctx, "tcp", way.to)
			n.must(err)
			cancel()
			defer c.Close()
			line, err := bufio.NewReader(c).ReadString('\n')
			n.must(err)
			open[way.name+" "+line[:4]] = c
		}
	}
	n.stop(n.web2)
	n.await(StateHealthy, "unhealthy Target.FailedHealthChecks")
	for _, way := range []string{"directly", "by PrivateLink"} {
		for _, name := range []string{"WEB1", "WEB2"} {
			c := open[way+" "+name]
			_, err := c.Write([]byte("x")) // upon which the server closes
			n.must(err)
			n.must(c.SetReadDeadline(time.Now().Add(patience)))
			_, err = c.Read(make([]byte, 1))
			if got, want := fmt.Sprint(err), map[string]string{"WEB1": "EOF", "WEB2": "reset"}[name]; !strings.Contains(got, want) {
				t.Errorf("%s to %s: %v, want %s", way, name, err, want)
			}
		}
	}
	for _, h := range []*Host{direct} {
		if counts := n.spread(h, at(n.node(zoneB), 80), 16); counts[saw("WEB1", h.Addr())] != 16 {
			t.Errorf("new connections %v, want all at WEB1", counts)
		}
	}
}

// Connections to a deregistered target are reset: the lab knows no
// deregistration delay.
func TestDeregisteredTargetIsLeft(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.awaitHealthy()
	h := n.host("client", "custom-a")
	c := n.open(h, at(n.node(zoneA), 80))
	n.must(n.DeregisterTargets("tg", Target{ID: "i-web1"}))
	_, err := c.Write([]byte("x"))
	n.must(err)
	n.must(c.SetReadDeadline(time.Now().Add(patience)))
	if _, err = c.Read(make([]byte, 1)); !strings.Contains(fmt.Sprint(err), "reset") {
		t.Errorf("read: %v, want a reset", err)
	}
}

// A closed network leaves no goroutine and no running check.
func TestCloseStopsChecks(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.awaitHealthy()
	done := make(chan struct{})
	go func() { n.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for something that does not end")
	}
}
