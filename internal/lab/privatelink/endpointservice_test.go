package privatelink_test

import (
	"bufio"
	"context"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/privatelink"
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
