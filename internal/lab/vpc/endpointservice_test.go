package vpc

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The mission's third scenario: the endpoint's name leads to addresses of the
// consumer's VPC, and from there to both web hosts, which see the load
// balancer's private address
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html,
// "Client IP preservation": it has no effect on traffic from PrivateLink).
func TestEndpointService(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	s := n.service(nil)
	if want := "com.amazonaws.vpce.ap-northeast-2.vpce-svc-1"; s.Name != want || !slices.Equal(s.Zones, []string{zoneA, zoneB}) {
		t.Errorf("service %+v, want the name %s and the load balancer's zones", s, want)
	}
	e := n.endpoint("vpce-1", "my", s.Name, nil)
	if form := `^vpce-1-[0-9a-z]{8}\.vpce-svc-1\.ap-northeast-2\.vpce\.amazonaws\.com$`; !regexp.MustCompile(form).MatchString(e.DNSNames[0].Name) {
		t.Errorf("name %s, want the form %s", e.DNSNames[0].Name, form)
	}
	n.awaitHealthy()
	client := n.host("client", "my-c")
	if got, want := n.lookup(client, e.DNSNames[0].Name), noError(n.addrsOf("vpce-1", "")...); got != want {
		t.Errorf("regional name: %q, want %q", got, want)
	}
	for zone, name := range map[string]string{zoneA: "WEB1", zoneB: "WEB2"} {
		// One host per zone and no cross-zone load balancing: a zonal address
		// reaches that zone's host alone.
		want := map[string]int{saw(name, n.node(zone)): 8}
		if diff := cmp.Diff(want, n.spread(client, at(n.addrsOf("vpce-1", zone)[0], 80), 8)); diff != "" {
			t.Errorf("through the endpoint in %s (-want +got):\n%s", zone, diff)
		}
	}
	for _, a := range []netip.Addr{n.web1.Addr(), n.node(zoneA)} {
		if got := n.ask(client, at(a, 80)); got != "timeout" {
			t.Errorf("%s reached from the consumer's VPC: %q", a, got)
		}
	}
	n.must(n.ModifyLoadBalancer(LoadBalancer{ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, CrossZone: true}))
	counts := n.spread(client, at(n.addrsOf("vpce-1", zoneA)[0], 80), 64)
	if len(counts) != 2 || counts[saw("WEB1", n.node(zoneA))] < 10 || counts[saw("WEB2", n.node(zoneA))] < 10 {
		t.Errorf("with cross-zone load balancing one zone spread %v", counts)
	}
}

// Clients of two endpoints with the same addresses and ports do not get mixed up.
func TestEndpointServiceOfTwins(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.addVPC("twin", "10.0")
	s := n.service(nil)
	n.awaitHealthy()
	var conns []net.Conn
	for _, name := range []string{"my", "twin"} {
		n.endpoint("vpce-"+name, name, s.Name, nil)
		h := n.host(name, name+"-c")
		if err := h.SetPortRange(40000, 40000); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := n.Clock().WithTimeout(context.Background(), time.Minute)
		defer cancel()
		c, err := h.Dial(ctx, "tcp", at(n.addrsOf("vpce-"+name, zoneA)[0], 80))
		n.must(err)
		defer c.Close()
		conns = append(conns, c)
	}
	if a, b := conns[0].LocalAddr().String(), conns[1].LocalAddr().String(); a != b {
		t.Fatalf("clients %s and %s, want the same address and port", a, b)
	}
	for _, c := range conns {
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || line != saw("WEB1", n.node(zoneA))+"\n" {
			t.Errorf("answer %q, %v", line, err)
		}
	}
}

// With AcceptanceRequired nothing passes until the owner accepts, and nothing
// after a rejection
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html).
func TestAcceptance(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	s := n.service(func(c *EndpointService) { c.AcceptanceRequired, c.PrivateDNSName = true, "web.example.com" })
	e := n.endpoint("vpce-1", "my", s.Name, func(c *Endpoint) { c.PrivateDNS = true })
	n.awaitHealthy()
	client, to := n.host("client", "my-a"), at(n.addrsOf("vpce-1", zoneA)[0], 80)
	check := func(state, answer, name string) {
		t.Helper()
		seen, err := n.Connections(s.ID)
		n.must(err)
		want := []Connection{{Service: s.ID, Endpoint: "vpce-1", State: state, Created: e.Created}}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("connections (-want +got):\n%s", diff)
		}
		described, err := n.Endpoint("vpce-1")
		n.must(err)
		if described.State != state {
			t.Errorf("state %s, want %s", described.State, state)
		}
		if got := n.ask(client, to); got != answer {
			t.Errorf("%s: %q, want %q", state, got, answer)
		}
		if got := n.lookup(client, "web.example.com"); got != name {
			t.Errorf("%s: private name %q, want %q", state, got, name)
		}
	}
	check("pendingAcceptance", "timeout", "NXDOMAIN")
	n.must(n.AcceptConnections(s.ID, "vpce-1"))
	check("available", saw("WEB1", n.node(zoneA)), noError(n.addrsOf("vpce-1", "")...))
	n.must(n.RejectConnections(s.ID, "vpce-1"))
	check("rejected", "timeout", "NXDOMAIN")
	if got := code(n.AcceptConnections(s.ID, "vpce-2")); got != "InvalidVpcEndpointId.NotFound" {
		t.Errorf("accept an unknown endpoint: %s", got)
	}
}

// Whom the permissions do not name is told that there is no such service
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html, "Manage permissions").
func TestPermissions(t *testing.T) {
	t.Parallel()
	role := "arn:aws:iam::123456789012:role/deployer"
	for name, tt := range map[string]struct {
		allowed   []string
		principal string
		want      string
	}{
		"nobody named":        {nil, owner, "InvalidServiceName"},
		"everybody":           {[]string{"*"}, "", "<nil>"},
		"the account":         {[]string{owner}, owner, "<nil>"},
		"a role by account":   {[]string{owner}, role, "<nil>"},
		"the role itself":     {[]string{role}, role, "<nil>"},
		"another of the kind": {[]string{role}, owner, "InvalidServiceName"},
		"another account":     {[]string{"arn:aws:iam::999999999999:root"}, owner, "InvalidServiceName"},
		"nobody in sight":     {[]string{owner}, "", "InvalidServiceName"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newWeb(t, webOptions{})
			s := n.service(func(c *EndpointService) { c.Principals = tt.allowed })
			_, err := n.CreateEndpoint(Endpoint{ID: "vpce-1", VPC: "vpc-my", Service: s.Name, Type: InterfaceType, Principal: tt.principal})
			if got := code(err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A consumer can have endpoints only in zones with a node of the load balancer
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html).
// Neither the service nor the load balancer can go before its users
// (…/delete-endpoint-service.html).
func TestEndpointServiceRefused(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	s := n.service(nil)
	create := func(c Endpoint) error {
		c.VPC, c.Service, c.Type, c.Principal = "vpc-my", s.Name, InterfaceType, owner
		_, err := n.CreateEndpoint(c)
		return err
	}
	n.endpoint("vpce-1", "my", s.Name, nil)
	_, err := n.CreateEndpointService(EndpointService{ID: "vpce-svc-2"})
	for name, tt := range map[string]struct{ got, want string }{
		"zone without a node":      {code(create(Endpoint{ID: "vpce-2", Subnets: []string{"subnet-my-c"}})), "InvalidParameter"},
		"private DNS, no name":     {code(create(Endpoint{ID: "vpce-2", PrivateDNS: true})), "InvalidParameter"},
		"service in use":           {code(n.DeleteEndpointService(s.ID)), "ExistingVpcEndpointConnections"},
		"load balancer in use":     {code(n.DeleteLoadBalancer("nlb")), "ResourceInUse"},
		"no load balancer":         {code(err), "MissingParameter"},
		"unknown load balancer":    {code(n.ModifyEndpointService(EndpointService{ID: s.ID, LoadBalancers: []string{"x"}})), "LoadBalancerNotFound"},
		"unknown endpoint service": {code(n.DeleteEndpointService("x")), "InvalidVpcEndpointServiceId.NotFound"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: refused with %s, want %s", name, tt.got, tt.want)
		}
	}
	n.must(n.DeleteEndpoint("vpce-1"))
	n.must(n.DeleteEndpointService(s.ID))
	n.must(n.DeleteLoadBalancer("nlb"))
}

// With EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic, the default, the
// load balancer's inbound rules see the client's private address, not the
// endpoint's; off, they see nothing of PrivateLink
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func TestInboundRulesOnPrivateLink(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{balancer: func(c *LoadBalancer) { c.Groups = []string{"sg-nlb"} }})
	s := n.service(nil)
	n.endpoint("vpce-1", "my", s.Name, nil)
	n.awaitHealthy()
	client, to := n.host("client", "my-c"), at(n.addrsOf("vpce-1", zoneA)[0], 80)
	check := func(when, want string) {
		t.Helper()
		if got := n.ask(client, to); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	answer := saw("WEB1", n.node(zoneA))
	check("only the provider's own block is admitted", "timeout")
	n.must(n.AuthorizeIngress("sg-nlb", tcpFrom(80, "10.0.0.0/24")))
	check("only the endpoint's subnet is admitted", "timeout")
	n.must(n.AuthorizeIngress("sg-nlb", tcpFrom(80, "10.0.2.0/24")))
	check("the client's subnet is admitted", answer)
	n.must(n.RevokeIngress("sg-nlb", tcpFrom(80, "10.0.2.0/24")))
	check("not any more", "timeout")
	n.must(n.ModifyLoadBalancer(LoadBalancer{
		ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, Groups: []string{"sg-nlb"}, IgnoreRulesOnPrivateLink: true,
	}))
	check("not enforced", answer)
}

// Both directions of a web host's closed group: one that names the load
// balancer's group admits PrivateLink, one that names the consumer's block does
// not, since the target never sees the consumer.
func TestTargetGroupsRulesSeeTheLoadBalancer(t *testing.T) {
	t.Parallel()
	for want, rule := range map[string]Rule{
		"answer":  {Protocol: "tcp", FromPort: 80, ToPort: 80, Group: "sg-nlb"},
		"timeout": tcpFrom(80, "10.0.0.0/16"),
	} {
		n := newWeb(t, webOptions{
			balancer: func(c *LoadBalancer) {
				c.Groups, c.IgnoreRulesOnPrivateLink = []string{"sg-nlb"}, true
			},
			webGroup: func(n linked) string { return n.group("sg-web", "custom", rule) },
		})
		s := n.service(nil)
		n.endpoint("vpce-1", "my", s.Name, nil)
		if want == "answer" {
			n.awaitHealthy()
			want = saw("WEB2", n.node(zoneB))
		} else {
			n.await("unhealthy Target.Timeout", "unhealthy Target.Timeout")
		}
		if got := n.ask(n.host("client", "my-c"), at(n.addrsOf("vpce-1", zoneB)[0], 80)); got != want {
			t.Errorf("rule %+v: %q, want %q", rule, got, want)
		}
	}
}

// Nothing that was let through before comes back after a rejection.
func TestRejectionCutsAnswers(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	s := n.service(nil)
	n.endpoint("vpce-1", "my", s.Name, nil)
	n.must(n.CreateTargetGroup(TargetGroup{ID: "tg-twice", VPC: "vpc-custom", Port: 8081}))
	n.must(n.CreateListener(Listener{ID: "twice", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg-twice"}))
	n.must(n.RegisterTargets("tg-twice", Target{ID: "i-web1", Interface: "eni-web1"}))
	more := make(chan struct{})
	n.answerTwice(n.web1, 8081, more)
	c := n.open(n.host("client", "my-c"), at(n.addrsOf("vpce-1", zoneA)[0], 81))
	n.must(n.RejectConnections(s.ID, "vpce-1"))
	close(more)
	n.must(c.SetReadDeadline(time.Now().Add(patience)))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v, want nothing to come", err)
	}
}

// Connections through an endpoint end with it.
func TestDeletedEndpointCutsConnections(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	s := n.service(nil)
	n.endpoint("vpce-1", "my", s.Name, nil)
	n.awaitHealthy()
	c := n.open(n.host("client", "my-c"), at(n.addrsOf("vpce-1", zoneA)[0], 80))
	n.must(n.DeleteEndpoint("vpce-1"))
	_, err := c.Write([]byte("x"))
	n.must(err)
	n.must(c.SetReadDeadline(time.Now().Add(patience)))
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection still works")
	}
}
