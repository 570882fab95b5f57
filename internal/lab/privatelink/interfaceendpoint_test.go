package privatelink_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// What EC2 refuses, with its codes
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; the texts
// are known from those who met them, such as terraform-aws-modules/terraform-aws-vpc#451
// and #462 and hashicorp/terraform-provider-aws#17535).
func TestInterfaceEndpointRefused(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	n.endpoint("vpce-first", "my", formation, func(c *privatelink.Endpoint) { c.PrivateDNS = true })
	n.Must(n.Subnets().Create(vpc.Subnet{ID: "subnet-my-a2", VPC: "vpc-my", Zone: vpctest.ZoneA, CIDR: netip.MustParsePrefix("10.0.9.0/24")}))
	n.AddVPC("plain", "10.9")
	n.Must(n.VPCs().Modify("vpc-plain", true, false))
	n.AddVPC("mute", "10.8")
	n.Must(n.VPCs().Modify("vpc-mute", false, false))
	n.Must(n.Subnets().Create(vpc.Subnet{ID: "subnet-my-full", VPC: "vpc-my", Zone: vpctest.ZoneB, CIDR: netip.MustParsePrefix("10.0.8.0/28")}))
	for i := range 11 { // 16 addresses without the five that are reserved
		_, err := n.Interfaces().Create(vpc.Interface{ID: fmt.Sprintf("eni-%d", i), Subnet: "subnet-my-full"})
		n.Must(err)
	}
	_, err := n.RegisterService(privatelink.ServiceConfig{Name: "com.amazonaws.ap-northeast-2.gatewayonly", Addrs: []netip.Addr{netip.MustParseAddr("52.95.193.201")}})
	n.Must(err)
	_, err = n.RegisterService(privatelink.ServiceConfig{Name: "com.amazonaws.ap-northeast-2.nameless", Addrs: []netip.Addr{netip.MustParseAddr("52.95.193.200")}, Interface: true})
	n.Must(err)
	tests := []struct {
		name   string
		change func(*privatelink.Endpoint)
		want   string
	}{
		{"two subnets of a zone", func(c *privatelink.Endpoint) { c.Subnets = []string{"subnet-my-a", "subnet-my-a2"} },
			"DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of subnet-my-a2. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service."},
		{"zone without the service", func(c *privatelink.Endpoint) { c.Subnets = []string{"subnet-my-c"} },
			"InvalidParameter: The VPC endpoint service com.amazonaws.ap-northeast-2.cloudformation does not support the availability zone of the subnet: subnet-my-c."},
		{"second one with private DNS", func(c *privatelink.Endpoint) { c.PrivateDNS = true },
			"InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for cloudformation.ap-northeast-2.amazonaws.com in the VPC vpc-my"},
		{"private DNS without DNS hostnames", func(c *privatelink.Endpoint) {
			c.VPC, c.Subnets, c.Groups, c.PrivateDNS = "vpc-plain", []string{"subnet-plain-a"}, nil, true
		}, "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for vpc-plain"},
		{"private DNS without DNS support", func(c *privatelink.Endpoint) {
			c.VPC, c.Subnets, c.Groups, c.PrivateDNS = "vpc-mute", []string{"subnet-mute-a"}, nil, true
		}, "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for vpc-mute"},
		{"second subnet is full", func(c *privatelink.Endpoint) { c.Subnets = []string{"subnet-my-a", "subnet-my-full"} },
			"InsufficientFreeAddressesInSubnet: The specified subnet 'subnet-my-full' does not have enough free addresses to satisfy the request."},
		{"service without interface endpoints", func(c *privatelink.Endpoint) { c.Service = "com.amazonaws.ap-northeast-2.gatewayonly" },
			"InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.ap-northeast-2.gatewayonly' does not exist"},
		{"private DNS for a service without names", func(c *privatelink.Endpoint) { c.Service, c.PrivateDNS = "com.amazonaws.ap-northeast-2.nameless", true },
			"InvalidParameter: Private DNS can't be enabled because the service com.amazonaws.ap-northeast-2.nameless does not provide a private DNS name."},
		{"unknown service", func(c *privatelink.Endpoint) { c.Service = "com.amazonaws.ap-northeast-2.nothing" },
			"InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.ap-northeast-2.nothing' does not exist"},
		{"subnet of another VPC", func(c *privatelink.Endpoint) { c.Subnets = []string{"subnet-custom-a"} },
			"InvalidParameter: The subnet ID 'subnet-custom-a' does not exist in VPC vpc-my"},
		{"group of another VPC", func(c *privatelink.Endpoint) { c.Groups = []string{"sg-custom-open"} },
			"InvalidParameter: Security group sg-custom-open and subnet belong to different networks."},
		{"route tables", func(c *privatelink.Endpoint) { c.RouteTables = []string{"rtb-my"} },
			"InvalidParameter: Route table ids cannot be given for VPC endpoint type Interface"},
		{"unknown type", func(c *privatelink.Endpoint) { c.Type = "Resource" },
			"InvalidParameter: The VPC endpoint type Resource is not valid"},
	}
	before := n.Interfaces().All()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := privatelink.Endpoint{ID: "vpce-2", VPC: "vpc-my", Service: formation, Type: privatelink.InterfaceType, Subnets: []string{"subnet-my-a"}, Groups: []string{"sg-my-open"}}
			tt.change(&c)
			_, err := n.CreateEndpoint(c)
			if diff := cmp.Diff(tt.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff(before, n.Interfaces().All(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("a refused endpoint must leave nothing behind (-before +after):\n%s", diff)
	}
}

// The service learns from the network by which endpoint and from which private
// address a connection came, also where two VPCs have the same addresses; over
// the internet it learns neither
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func TestInterfaceEndpointPath(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	n.AddVPC("twin", "10.0")
	n.endpoint("vpce-my", "my", formation, nil)
	n.endpoint("vpce-twin", "twin", formation, nil)
	for _, name := range []string{"my", "twin"} {
		h := n.AddHost(name, name+"-c")
		for _, a := range n.addrsOf("vpce-"+name, "") {
			want := fmt.Sprintf("endpoint=vpce-%s vpc=vpc-%s source=%s", name, name, h.Addr())
			if got := n.Ask(h, vpctest.At(a, 443)); got != want {
				t.Errorf("through the endpoint: %q, want %q", got, want)
			}
		}
		public, err := n.Interfaces().AssociateAddress("eni-"+name, netip.Addr{}, "")
		n.Must(err)
		if got, want := n.Ask(h, vpctest.At(formationAddr, 443)), fmt.Sprintf("endpoint= vpc= source=%s", public); got != want {
			t.Errorf("over the internet: %q, want %q", got, want)
		}
	}
	for _, table := range n.RouteTables().All() {
		for _, r := range table.Routes {
			if r.Target == "vpce-my" || r.Target == "vpce-twin" {
				t.Errorf("route table %s has a route to an interface endpoint", table.ID)
			}
		}
	}
}

// An endpoint belongs to its VPC: neither another VPC nor the internet reaches
// it, and it answers no ping.
func TestInterfaceEndpointReachedFromItsVPCOnly(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	n.endpoint("vpce-1", "my", formation, nil)
	a := n.addrsOf("vpce-1", vpctest.ZoneA)[0]
	if got := n.Ask(n.AddHost("b", "custom-a"), vpctest.At(a, 443)); got != "timeout" {
		t.Errorf("from another VPC: %q", got)
	}
	mine := n.AddHost("a", "my-a")
	ctx, cancel := n.Clock().WithTimeout(context.Background(), vpctest.AnswerTimeout)
	defer cancel()
	if _, err := mine.Ping(ctx, a); err == nil {
		t.Error("the endpoint answered a ping")
	}
	if got := n.Ask(mine, vpctest.At(a, 80)); got != "refused" {
		t.Errorf("port that the service does not serve: %q", got)
	}
}

// Security groups on the endpoint's interfaces decide who gets in
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
func TestInterfaceEndpointSecurityGroups(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	n.AddGroup("sg-narrow", "my", vpctest.TCPFrom(443, "10.0.1.0/24"))
	e := n.endpoint("vpce-1", "my", formation, func(c *privatelink.Endpoint) { c.Groups = []string{"sg-narrow"} })
	to := vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 443)
	outside, inside := n.AddHost("a", "my-a"), n.AddHost("b", "my-b")
	if got := n.Ask(outside, to); got != "timeout" {
		t.Errorf("from a block without a rule: %q", got)
	}
	if got := n.Ask(inside, to); got == "timeout" {
		t.Error("from a block with a rule: no answer")
	}
	if _, err := n.ModifyInterfaceEndpoint(privatelink.Endpoint{ID: e.ID, Subnets: e.Subnets}); err != nil {
		t.Fatal(err)
	}
	if got := n.Ask(inside, to); got != "timeout" {
		t.Errorf("with the default group, which admits its members alone: %q", got)
	}
}

// Interfaces of subnets that stay keep their addresses; connections through
// one that goes are cut
// (docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html).
func TestModifyInterfaceEndpointSubnets(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	e := n.endpoint("vpce-1", "my", formation, func(c *privatelink.Endpoint) { c.Subnets = []string{"subnet-my-a"} })
	kept := n.addrsOf(e.ID, vpctest.ZoneA)[0]
	change := privatelink.Endpoint{ID: e.ID, Subnets: []string{"subnet-my-b", "subnet-my-a"}, Groups: e.Groups, Policy: "{}"}
	e, err := n.ModifyInterfaceEndpoint(change)
	n.Must(err)
	gone := n.addrsOf(e.ID, vpctest.ZoneB)[0]
	if got := n.addrsOf(e.ID, vpctest.ZoneA); len(got) != 1 || got[0] != kept || len(e.DNSNames) != 3 || e.Policy != "{}" {
		t.Fatalf("addresses %v in zone a, want %v kept; endpoint %+v", got, kept, e)
	}
	h, more := n.AddHost("c", "my-c"), make(chan struct{})
	n.AnswerTwice(n.formation, 444, more)
	asking, listening := n.Open(h, vpctest.At(gone, 443)), n.Open(h, vpctest.At(gone, 444))
	change.Subnets = []string{"subnet-my-a"}
	_, err = n.ModifyInterfaceEndpoint(change)
	n.Must(err)
	_, err = asking.Write([]byte("x"))
	n.Must(err)
	close(more)
	for _, c := range []net.Conn{asking, listening} {
		n.Must(c.SetReadDeadline(time.Now().Add(vpctest.AnswerTimeout)))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read through a removed interface: %v, want nothing to come", err)
		}
	}
	if got, want := n.Lookup(h, e.DNSNames[0].Name), vpctest.NoError(kept); got != want {
		t.Errorf("regional name: %q, want %q", got, want)
	}
	for _, bad := range []privatelink.Endpoint{
		{ID: e.ID, Subnets: []string{"subnet-my-c"}},
		{ID: e.ID, Subnets: []string{"subnet-my-a"}, Groups: []string{"sg-custom-open"}},
	} {
		if _, err := n.ModifyInterfaceEndpoint(bad); awserr.Code(err) != "InvalidParameter" {
			t.Errorf("modify to %+v: %v", bad, err)
		}
	}
}

// The fault that every deployment meets: the endpoint is "available" and takes
// nothing for a while.
func TestEndpointUsableLater(t *testing.T) {
	t.Parallel()
	n := newLinked(t, func(privatelink.Endpoint) time.Duration { return time.Minute })
	e := n.endpoint("vpce-1", "my", formation, nil)
	if e.State != "available" {
		t.Errorf("state %s", e.State)
	}
	h, to := n.AddHost("a", "my-a"), vpctest.At(n.addrsOf("vpce-1", vpctest.ZoneA)[0], 443)
	if got := n.Ask(h, to); got != "timeout" {
		t.Errorf("at once: %q", got)
	}
	n.Must(n.Clock().Sleep(context.Background(), time.Minute-vpctest.AnswerTimeout))
	if got := n.Ask(h, to); got == "timeout" {
		t.Error("after a minute: no answer")
	}
}

// The interfaces are the service's: nobody else deletes them, and they keep
// subnet and group in use
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html).
func TestInterfaceEndpointOwnsItsInterfaces(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	e := n.endpoint("vpce-1", "my", formation, nil)
	for _, tt := range []struct{ want, got string }{
		{"OperationNotPermitted", awserr.Code(n.Interfaces().Delete(e.Interfaces[0]))},
		{"DependencyViolation", awserr.Code(n.Subnets().Delete("subnet-my-a"))},
		{"DependencyViolation", awserr.Code(n.SecurityGroups().Delete("sg-my-open"))},
		{"DependencyViolation", awserr.Code(n.VPCs().Delete("vpc-my"))},
	} {
		if tt.got != tt.want {
			t.Errorf("refused with %s, want %s", tt.got, tt.want)
		}
	}
	n.Must(n.DeleteEndpoint(e.ID))
	if left := n.Interfaces().All(); len(left) != 0 {
		t.Errorf("left behind: %+v", left)
	}
	n.Must(n.Subnets().Delete("subnet-my-a"))
	n.Must(n.SecurityGroups().Delete("sg-my-open"))
}
