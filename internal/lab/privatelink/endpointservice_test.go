package privatelink_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// The mission's third scenario: the endpoint's name leads to addresses of the
// consumer's VPC, and from there to both web hosts, which see the load
// balancer's private address
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html,
// "Client IP preservation": it has no effect on traffic from PrivateLink).
func TestEndpointService(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	s := n.service(nil)
	if want := "com.amazonaws.vpce.ap-northeast-2.vpce-svc-1"; s.Name != want || !slices.Equal(s.Zones, []string{vpctest.ZoneA, vpctest.ZoneB}) {
		t.Errorf("service %+v, want the name %s and the load balancer's zones", s, want)
	}
	e := n.endpoint("vpce-1", "my", s.Name, nil)
	if form := `^vpce-1-[0-9a-z]{8}\.vpce-svc-1\.ap-northeast-2\.vpce\.amazonaws\.com$`; !regexp.MustCompile(form).MatchString(e.DNSNames[0].Name) {
		t.Errorf("name %s, want the form %s", e.DNSNames[0].Name, form)
	}
	n.Web.AwaitHealthy()
	client := n.AddHost("client", "my-c")
	if got, want := n.Lookup(client, e.DNSNames[0].Name), vpctest.NoError(n.addrsOf("vpce-1", "")...); got != want {
		t.Errorf("regional name: %q, want %q", got, want)
	}
	for zone, name := range map[string]string{vpctest.ZoneA: "WEB1", vpctest.ZoneB: "WEB2"} {
		// One host per zone and no cross-zone load balancing: a zonal address
		// reaches that zone's host alone.
		want := map[string]int{elbtest.Saw(name, n.Web.Node(zone)): 8}
		if diff := cmp.Diff(want, n.Spread(client, vpctest.At(n.addrsOf("vpce-1", zone)[0], 80), 8)); diff != "" {
			t.Errorf("through the endpoint in %s (-want +got):\n%s", zone, diff)
		}
	}
	for _, a := range []netip.Addr{n.Web.Web1.Addr(), n.Web.Node(vpctest.ZoneA)} {
		if got := n.Ask(client, vpctest.At(a, 80)); got != "timeout" {
			t.Errorf("%s reached from the consumer's VPC: %q", a, got)
		}
	}
	n.Must(n.ModifyLoadBalancer(elb.LoadBalancer{ID: "nlb", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, CrossZone: true}))
	counts := n.Spread(client, vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 80), 64)
	if len(counts) != 2 || counts[elbtest.Saw("WEB1", n.Web.Node(vpctest.ZoneA))] < 10 || counts[elbtest.Saw("WEB2", n.Web.Node(vpctest.ZoneA))] < 10 {
		t.Errorf("with cross-zone load balancing one zone spread %v", counts)
	}
}

// Clients of two endpoints with the same addresses and ports do not get mixed up.
func TestEndpointServiceOfTwins(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	n.AddVPC("twin", "10.0")
	s := n.service(nil)
	n.Web.AwaitHealthy()
	var conns []net.Conn
	for _, name := range []string{"my", "twin"} {
		n.endpoint("vpce-"+name, name, s.Name, nil)
		h := n.AddHost(name, name+"-c")
		if err := h.SetPortRange(40000, 40000); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := n.Clock().WithTimeout(context.Background(), time.Minute)
		defer cancel()
		c, err := h.Dial(ctx, "tcp", vpctest.At(n.addrsOf("vpce-"+name, vpctest.ZoneA)[0], 80))
		n.Must(err)
		defer c.Close()
		conns = append(conns, c)
	}
	if a, b := conns[0].LocalAddr().String(), conns[1].LocalAddr().String(); a != b {
		t.Fatalf("clients %s and %s, want the same address and port", a, b)
	}
	for _, c := range conns {
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || line != elbtest.Saw("WEB1", n.Web.Node(vpctest.ZoneA))+"\n" {
			t.Errorf("answer %q, %v", line, err)
		}
	}
}

// With AcceptanceRequired nothing passes until the owner accepts, and nothing
// after a rejection
// (docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html).
func TestAcceptance(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	s := n.service(func(c *privatelink.EndpointService) { c.AcceptanceRequired, c.PrivateDNSName = true, "web.example.com" })
	n.verified(s)
	e := n.endpoint("vpce-1", "my", s.Name, func(c *privatelink.Endpoint) { c.PrivateDNS = true })
	n.Web.AwaitHealthy()
	client, to := n.AddHost("client", "my-a"), vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 80)
	check := func(state, answer, name string) {
		t.Helper()
		seen, err := n.Connections(s.ID)
		n.Must(err)
		want := []privatelink.Connection{{Service: s.ID, Endpoint: "vpce-1", State: state, Created: e.Created}}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("connections (-want +got):\n%s", diff)
		}
		described, err := n.Endpoint("vpce-1")
		n.Must(err)
		if described.State != state {
			t.Errorf("state %s, want %s", described.State, state)
		}
		if got := n.Ask(client, to); got != answer {
			t.Errorf("%s: %q, want %q", state, got, answer)
		}
		if got := n.Lookup(client, "web.example.com"); got != name {
			t.Errorf("%s: private name %q, want %q", state, got, name)
		}
	}
	check("pendingAcceptance", "timeout", "NXDOMAIN")
	n.Must(n.AcceptConnections(s.ID, "vpce-1"))
	check("available", elbtest.Saw("WEB1", n.Web.Node(vpctest.ZoneA)), vpctest.NoError(n.addrsOf("vpce-1", "")...))
	n.Must(n.RejectConnections(s.ID, "vpce-1"))
	check("rejected", "timeout", "NXDOMAIN")
	if got := awserr.Code(n.AcceptConnections(s.ID, "vpce-2")); got != "InvalidVpcEndpointId.NotFound" {
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
		"everybody":           {[]string{"*"}, "", ""},
		"the account":         {[]string{owner}, owner, ""},
		"a role by account":   {[]string{owner}, role, ""},
		"the role itself":     {[]string{role}, role, ""},
		"another of the kind": {[]string{role}, owner, "InvalidServiceName"},
		"another account":     {[]string{"arn:aws:iam::999999999999:root"}, owner, "InvalidServiceName"},
		"nobody in sight":     {[]string{owner}, "", "InvalidServiceName"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newWeb(t, elbtest.Options{})
			s := n.service(func(c *privatelink.EndpointService) { c.Principals = tt.allowed })
			_, err := n.CreateEndpoint(privatelink.Endpoint{ID: "vpce-1", VPC: "vpc-my", Service: s.Name, Type: privatelink.InterfaceType, Principal: tt.principal})
			if got := awserr.Code(err); got != tt.want {
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
	n := newWeb(t, elbtest.Options{})
	s := n.service(nil)
	create := func(c privatelink.Endpoint) error {
		c.VPC, c.Service, c.Type, c.Principal = "vpc-my", s.Name, privatelink.InterfaceType, owner
		_, err := n.CreateEndpoint(c)
		return err
	}
	n.endpoint("vpce-1", "my", s.Name, nil)
	_, err := n.CreateEndpointService(privatelink.EndpointService{ID: "vpce-svc-2"})
	for name, tt := range map[string]struct{ got, want string }{
		"zone without a node":      {awserr.Code(create(privatelink.Endpoint{ID: "vpce-2", Subnets: []string{"subnet-my-c"}})), "InvalidParameter"},
		"private DNS, no name":     {awserr.Code(create(privatelink.Endpoint{ID: "vpce-2", PrivateDNS: true})), "InvalidParameter"},
		"service in use":           {awserr.Code(n.DeleteEndpointService(s.ID)), "ExistingVpcEndpointConnections"},
		"load balancer in use":     {awserr.Code(n.DeleteLoadBalancer("nlb")), "ResourceInUse"},
		"no load balancer":         {awserr.Code(err), "MissingParameter"},
		"unknown load balancer":    {awserr.Code(n.ModifyEndpointService(privatelink.EndpointService{ID: s.ID, LoadBalancers: []string{"x"}})), "LoadBalancerNotFound"},
		"unknown endpoint service": {awserr.Code(n.DeleteEndpointService("x")), "InvalidVpcEndpointServiceId.NotFound"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: refused with %s, want %s", name, tt.got, tt.want)
		}
	}
	n.Must(n.DeleteEndpoint("vpce-1"))
	n.Must(n.DeleteEndpointService(s.ID))
	n.Must(n.DeleteLoadBalancer("nlb"))
}

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

// verified proves the domain of a service's private name.
func (n web) verified(s privatelink.EndpointService) {
	n.T.Helper()
	n.Must(n.PublicZone().AddRecord(s.Domain.Name + ".example.com. 60 IN TXT \"" + s.Domain.Value + "\""))
	n.Must(n.VerifyDomain(s.ID))
}

// A private name can be used once its domain is verified, by a record of that domain or of
// one above it, and another name has to be verified anew
// (docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html).
func TestDomainVerification(t *testing.T) {
	t.Parallel()
	n := newWeb(t, elbtest.Options{})
	s := n.service(func(c *privatelink.EndpointService) { c.PrivateDNSName = "web.example.com" })
	create := func() error {
		_, err := n.CreateEndpoint(privatelink.Endpoint{
			ID: "vpce-1", VPC: "vpc-my", Service: s.Name, Type: privatelink.InterfaceType, Principal: owner, Subnets: []string{"subnet-my-a"}, Groups: []string{"sg-my-open"}, PrivateDNS: true,
		})
		return err
	}
	state := func() string {
		t.Helper()
		now, err := n.EndpointService(s.ID)
		n.Must(err)
		return now.Domain.State
	}
	if err := create(); awserr.Code(err) != "InvalidParameter" || state() != "pendingVerification" {
		t.Errorf("before the verification: %v, %s", err, state())
	}
	n.Must(n.VerifyDomain(s.ID))
	if state() != "failed" {
		t.Errorf("without a record: %s", state())
	}
	n.verified(s)
	if state() != "verified" {
		t.Errorf("with the record: %s", state())
	}
	n.Must(create())
	if got := n.Lookup(n.AddHost("client", "my-a"), "web.example.com"); got != vpctest.NoError(n.addrsOf("vpce-1", "")...) {
		t.Errorf("the private name leads to %s", got)
	}
	s.PrivateDNSName = "other.example.com"
	n.Must(n.ModifyEndpointService(s))
	if state() != "pendingVerification" {
		t.Errorf("another name is %s", state())
	}
	plain := n.service(func(c *privatelink.EndpointService) { c.ID = "vpce-svc-plain" })
	if err := n.VerifyDomain(plain.ID); awserr.Code(err) != "InvalidParameter" {
		t.Errorf("without a private name: %v", err)
	}
}
