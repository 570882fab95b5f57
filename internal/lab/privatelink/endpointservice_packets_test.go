package privatelink_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// With EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic, the default, the
// load balancer's inbound rules see the client's private address, not the
// endpoint's; off, they see nothing of PrivateLink
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func TestInboundRulesOnPrivateLink(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{Balancer: func(c *elb.LoadBalancer) { c.Groups = []string{"sg-nlb"} }})
	s := n.service(nil)
	n.endpoint("vpce-1", "my", s.Name, nil)
	n.Web.AwaitHealthy()
	client, to := n.AddHost("client", "my-c"), vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 80)
	check := func(when, want string) {
		t.Helper()
		if got := n.Ask(client, to); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	answer := elbtest.Saw("WEB1", n.Web.Node(vpctest.ZoneA))
	check("only the provider's own block is admitted", "timeout")
	n.Must(n.SecurityGroups().AuthorizeIngress("sg-nlb", vpctest.TCPFrom(80, "10.0.0.0/24")))
	check("only the endpoint's subnet is admitted", "timeout")
	n.Must(n.SecurityGroups().AuthorizeIngress("sg-nlb", vpctest.TCPFrom(80, "10.0.2.0/24")))
	check("the client's subnet is admitted", answer)
	n.Must(n.SecurityGroups().RevokeIngress("sg-nlb", vpctest.TCPFrom(80, "10.0.2.0/24")))
	check("not any more", "timeout")
	n.Must(n.ModifyLoadBalancer(elb.LoadBalancer{
		ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, Groups: []string{"sg-nlb"}, IgnoreRulesOnPrivateLink: true,
	}))
	check("not enforced", answer)
}

// Both directions of a web host's closed group: one that names the load
// balancer's group admits PrivateLink, one that names the consumer's block does
// not, since the target never sees the consumer.
func TestTargetGroupsRulesSeeTheLoadBalancer(t *testing.T) {
	t.Parallel()
	for want, rule := range map[string]vpc.Rule{
		"answer":  {Protocol: "tcp", FromPort: 80, ToPort: 80, Group: "sg-nlb"},
		"timeout": vpctest.TCPFrom(80, "10.0.0.0/16"),
	} {
		n := newWeb(t, elbtest.Options{
			Balancer: func(c *elb.LoadBalancer) {
				c.Groups, c.IgnoreRulesOnPrivateLink = []string{"sg-nlb"}, true
			},
			WebGroup: func(n vpctest.TwoVPCs) string { return n.AddGroup("sg-web", "custom", rule) },
		})
		s := n.service(nil)
		n.endpoint("vpce-1", "my", s.Name, nil)
		if want == "answer" {
			n.Web.AwaitHealthy()
			want = elbtest.Saw("WEB2", n.Web.Node(vpctest.ZoneB))
		} else {
			n.Web.Await("unhealthy Target.Timeout", "unhealthy Target.Timeout")
		}
		if got := n.Ask(n.AddHost("client", "my-c"), vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneB)[0], 80)); got != want {
			t.Errorf("rule %+v: %q, want %q", rule, got, want)
		}
	}
}

// Nothing that was let through before comes back after a rejection.
func TestRejectionCutsAnswers(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	s := n.service(nil)
	n.endpoint("vpce-1", "my", s.Name, nil)
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "tg-twice", VPC: "vpc-custom", Port: 8081}))
	n.Must(n.CreateListener(elb.Listener{ID: "twice", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg-twice"}))
	n.Must(n.RegisterTargets("tg-twice", elb.Target{ID: "i-web1", Interface: "eni-web1"}))
	more := make(chan struct{})
	n.AnswerTwice(n.Web.Web1, 8081, more)
	c := n.Open(n.AddHost("client", "my-c"), vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 81))
	n.Must(n.RejectConnections(s.ID, "vpce-1"))
	close(more)
	n.Must(c.SetReadDeadline(time.Now().Add(vpctest.AnswerTimeout)))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v, want nothing to come", err)
	}
}

// Connections through an endpoint end with it.
func TestDeletedEndpointCutsConnections(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	s := n.service(nil)
	n.endpoint("vpce-1", "my", s.Name, nil)
	n.Web.AwaitHealthy()
	c := n.Open(n.AddHost("client", "my-c"), vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 80))
	n.Must(n.DeleteEndpoint("vpce-1"))
	_, err := c.Write([]byte("x"))
	n.Must(err)
	n.Must(c.SetReadDeadline(time.Now().Add(vpctest.AnswerTimeout)))
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection still works")
	}
}

// Connections to a target that becomes unhealthy are reset, new ones go to
// healthy targets
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func TestUnhealthyTargetIsLeft(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{Balancer: func(c *elb.LoadBalancer) { c.CrossZone = true }})
	n.service(nil)
	n.endpoint("vpce-1", "my", "com.amazonaws.vpce.ap-northeast-2.vpce-svc-1", nil)
	n.Web.AwaitHealthy()
	direct, far := n.AddHost("direct", "custom-c"), n.AddHost("far", "my-c")
	open := map[string]net.Conn{} // by way and host
	for _, way := range []struct {
		name string
		h    *vpc.Host
		to   string
	}{
		{"directly", direct, vpctest.At(n.Web.Node(vpctest.ZoneA), 80)},
		{"by PrivateLink", far, vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 80)},
	} {
		for open[way.name+" WEB1"] == nil || open[way.name+" WEB2"] == nil {
			ctx, cancel := n.Clock().WithTimeout(context.Background(), time.Minute)
			c, err := way.h.Dial(ctx, "tcp", way.to)
			n.Must(err)
			cancel()
			defer c.Close()
			line, err := bufio.NewReader(c).ReadString('\n')
			n.Must(err)
			open[way.name+" "+line[:4]] = c
		}
	}
	n.Web.Stop(n.Web.Web2)
	n.Web.Await(elb.StateHealthy, "unhealthy Target.FailedHealthChecks")
	for _, way := range []string{"directly", "by PrivateLink"} {
		for _, name := range []string{"WEB1", "WEB2"} {
			c := open[way+" "+name]
			_, err := c.Write([]byte("x")) // upon which the server closes
			n.Must(err)
			n.Must(c.SetReadDeadline(time.Now().Add(vpctest.AnswerTimeout)))
			_, err = c.Read(make([]byte, 1))
			if got, want := fmt.Sprint(err), map[string]string{"WEB1": "EOF", "WEB2": "reset"}[name]; !strings.Contains(got, want) {
				t.Errorf("%s to %s: %v, want %s", way, name, err, want)
			}
		}
	}
	for _, h := range []*vpc.Host{direct} {
		if counts := n.Spread(h, vpctest.At(n.Web.Node(vpctest.ZoneB), 80), 16); counts[elbtest.Saw("WEB1", h.Addr())] != 16 {
			t.Errorf("new connections %v, want all at WEB1", counts)
		}
	}
}
