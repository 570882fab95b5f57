package vpc

import (
	"bufio"
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The names have AWS's form, resolve everywhere to the private addresses, the
// regional one to all and a zonal one to its zone's
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html).
func TestEndpointNames(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	e := n.endpoint("vpce-0123456789abcdef0", "my", formation, nil)
	var got []string
	for _, entry := range e.DNSNames {
		got = append(got, entry.Name)
	}
	forms := []string{
		`^vpce-0123456789abcdef0-[0-9a-z]{8}\.cloudformation\.ap-northeast-2\.vpce\.amazonaws\.com$`,
		`^vpce-0123456789abcdef0-[0-9a-z]{8}-ap-northeast-2a\.cloudformation\.ap-northeast-2\.vpce\.amazonaws\.com$`,
		`^vpce-0123456789abcdef0-[0-9a-z]{8}-ap-northeast-2b\.cloudformation\.ap-northeast-2\.vpce\.amazonaws\.com$`,
	}
	matches := func(form, name string) bool { return regexp.MustCompile(form).MatchString(name) }
	if !slices.EqualFunc(forms, got, matches) {
		t.Fatalf("names %q, want the forms %q", got, forms)
	}
	outside, err := n.PublicHost("outside", netip.MustParseAddr("203.0.113.7"))
	n.must(err)
	for _, h := range []*Host{n.host("a", "my-a"), n.host("b", "my-b"), n.host("c", "custom-a"), outside} {
		for i, zone := range []string{"", zoneA, zoneB} {
			if got, want := n.lookup(h, e.DNSNames[i].Name), noError(n.addrsOf(e.ID, zone)...); got != want {
				t.Errorf("%s from %s: %q, want %q", e.DNSNames[i].Name, h.Addr(), got, want)
			}
		}
		if got, want := n.lookup(h, formationName), noError(formationAddr); got != want {
			t.Errorf("default name without private DNS from %s: %q, want %q", h.Addr(), got, want)
		}
	}
	n.must(n.DeleteEndpoint(e.ID))
	for _, entry := range e.DNSNames {
		if got := n.lookup(outside, entry.Name); got != "NXDOMAIN" {
			t.Errorf("%s of a deleted endpoint: %q", entry.Name, got)
		}
	}
}

// S3's names have a wildcard, and the service's labels are turned round
// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
func TestEndpointNamesOfOtherServices(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	for name, names := range map[string][]string{
		"com.amazonaws.ap-northeast-2.ecr.dkr": {"dkr.ecr.ap-northeast-2.amazonaws.com"},
		"com.amazonaws.ap-northeast-2.s3":      {"s3.ap-northeast-2.amazonaws.com", "*.s3.ap-northeast-2.amazonaws.com"},
	} {
		_, err := n.RegisterService(ServiceConfig{Name: name, DefaultNames: names, Addrs: []netip.Addr{n.pool.take(n.public)}, Interface: true})
		n.must(err)
	}
	docker := n.endpoint("vpce-1", "my", "com.amazonaws.ap-northeast-2.ecr.dkr", nil)
	if want := "vpce-1-" + digest(8, "vpce-1") + ".dkr.ecr.ap-northeast-2.vpce.amazonaws.com"; docker.DNSNames[0].Name != want {
		t.Errorf("name %s, want %s", docker.DNSNames[0].Name, want)
	}
	s3 := n.endpoint("vpce-2", "my", "com.amazonaws.ap-northeast-2.s3", func(c *Endpoint) { c.PrivateDNS = true })
	want := "*.vpce-2-" + digest(8, "vpce-2") + ".s3.ap-northeast-2.vpce.amazonaws.com"
	if s3.DNSNames[0].Name != want {
		t.Errorf("name %s, want %s", s3.DNSNames[0].Name, want)
	}
	h := n.host("a", "my-a")
	for _, name := range []string{"bucket" + want[1:], "s3.ap-northeast-2.amazonaws.com", "bucket.s3.ap-northeast-2.amazonaws.com"} {
		if got, want := n.lookup(h, name), noError(n.addrsOf("vpce-2", "")...); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Private DNS acts on the whole VPC, also on subnets without an interface, and
// on no other VPC (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
// "Private DNS"). It needs both DNS attributes at any time.
func TestPrivateDNS(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	e := n.endpoint("vpce-1", "my", formation, func(c *Endpoint) { c.PrivateDNS = true })
	if last := e.DNSNames[len(e.DNSNames)-1]; last.Name != formationName || last.HostedZone == e.DNSNames[0].HostedZone {
		t.Errorf("entries %+v, want the private name last, in a hosted zone of its own", e.DNSNames)
	}
	private, public := noError(n.addrsOf("vpce-1", "")...), noError(formationAddr)
	mine, other := n.host("c", "my-c"), n.host("a", "custom-a")
	check := func(when string, h *Host, want string) {
		t.Helper()
		if got := n.lookup(h, formationName); got != want {
			t.Errorf("%s from %s: %q, want %q", when, h.Addr(), got, want)
		}
	}
	check("private DNS on", mine, private)
	check("private DNS on", other, public)
	n.must(n.ModifyVPC("vpc-my", true, false))
	check("without DNS hostnames", mine, public)
	n.must(n.ModifyVPC("vpc-my", true, true))

	change := Endpoint{ID: e.ID, Subnets: e.Subnets, Groups: e.Groups}
	if _, err := n.ModifyInterfaceEndpoint(change); err != nil {
		t.Fatal(err)
	}
	check("private DNS turned off", mine, public)
	change.PrivateDNS = true
	if _, err := n.ModifyInterfaceEndpoint(change); err != nil {
		t.Fatal(err)
	}
	check("private DNS turned on", mine, private)
	n.must(n.DeleteEndpoint(e.ID))
	check("endpoint deleted", mine, public)
}

// What EC2 refuses, with its codes
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; the texts
// are known from those who met them, such as terraform-aws-modules/terraform-aws-vpc#451
// and #462 and hashicorp/terraform-provider-aws#17535).
func TestInterfaceEndpointRefused(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	n.endpoint("vpce-first", "my", formation, func(c *Endpoint) { c.PrivateDNS = true })
	n.must(n.CreateSubnet(Subnet{ID: "subnet-my-a2", VPC: "vpc-my", Zone: zoneA, CIDR: netip.MustParsePrefix("10.0.9.0/24")}))
	n.addVPC("plain", "10.9")
	n.must(n.ModifyVPC("vpc-plain", true, false))
	_, err := n.RegisterService(ServiceConfig{Name: "com.amazonaws.ap-northeast-2.nameless", Addrs: []netip.Addr{netip.MustParseAddr("52.95.193.200")}, Interface: true})
	n.must(err)
	tests := []struct {
		name   string
		change func(*Endpoint)
		want   string
	}{
		{"two subnets of a zone", func(c *Endpoint) { c.Subnets = []string{"subnet-my-a", "subnet-my-a2"} },
			"DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of subnet-my-a2. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service."},
		{"zone without the service", func(c *Endpoint) { c.Subnets = []string{"subnet-my-c"} },
			"InvalidParameter: The VPC endpoint service com.amazonaws.ap-northeast-2.cloudformation does not support the availability zone of the subnet: subnet-my-c."},
		{"second one with private DNS", func(c *Endpoint) { c.PrivateDNS = true },
			"InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for cloudformation.ap-northeast-2.amazonaws.com in the VPC vpc-my"},
		{"private DNS without DNS hostnames", func(c *Endpoint) {
			c.VPC, c.Subnets, c.Groups, c.PrivateDNS = "vpc-plain", []string{"subnet-plain-a"}, nil, true
		}, "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for vpc-plain"},
		{"private DNS for a service without names", func(c *Endpoint) { c.Service, c.PrivateDNS = "com.amazonaws.ap-northeast-2.nameless", true },
			"InvalidParameter: Private DNS can't be enabled because the service com.amazonaws.ap-northeast-2.nameless does not provide a private DNS name."},
		{"unknown service", func(c *Endpoint) { c.Service = "com.amazonaws.ap-northeast-2.nothing" },
			"InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.ap-northeast-2.nothing' does not exist"},
		{"subnet of another VPC", func(c *Endpoint) { c.Subnets = []string{"subnet-custom-a"} },
			"InvalidParameter: The subnet ID 'subnet-custom-a' does not exist in VPC vpc-my"},
		{"group of another VPC", func(c *Endpoint) { c.Groups = []string{"sg-custom-open"} },
			"InvalidParameter: Security group sg-custom-open and subnet belong to different networks."},
		{"route tables", func(c *Endpoint) { c.RouteTables = []string{"rtb-my"} },
			"InvalidParameter: Route table ids cannot be given for VPC endpoint type Interface"},
		{"unknown type", func(c *Endpoint) { c.Type = "Resource" },
			"InvalidParameter: The VPC endpoint type Resource is not valid"},
	}
	before := n.Interfaces()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Endpoint{ID: "vpce-2", VPC: "vpc-my", Service: formation, Type: InterfaceType, Subnets: []string{"subnet-my-a"}, Groups: []string{"sg-my-open"}}
			tt.change(&c)
			_, err := n.CreateEndpoint(c)
			if diff := cmp.Diff(tt.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff(before, n.Interfaces(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("a refused endpoint must leave nothing behind (-before +after):\n%s", diff)
	}
}

// The service learns from the network by which endpoint and from which private
// address a connection came, also where two VPCs have the same addresses; over
// the internet it learns neither
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func TestInterfaceEndpointPath(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	n.addVPC("twin", "10.0")
	n.endpoint("vpce-my", "my", formation, nil)
	n.endpoint("vpce-twin", "twin", formation, nil)
	for _, name := range []string{"my", "twin"} {
		h := n.host(name, name+"-c")
		for _, a := range n.addrsOf("vpce-"+name, "") {
			want := fmt.Sprintf("endpoint=vpce-%s vpc=vpc-%s source=%s", name, name, h.Addr())
			if got := n.ask(h, at(a, 443)); got != want {
				t.Errorf("through the endpoint: %q, want %q", got, want)
			}
		}
		public, err := n.AssociateAddress("eni-"+name, netip.Addr{})
		n.must(err)
		if got, want := n.ask(h, at(formationAddr, 443)), fmt.Sprintf("endpoint= vpc= source=%s", public); got != want {
			t.Errorf("over the internet: %q, want %q", got, want)
		}
	}
	for _, table := range n.RouteTables() {
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
	n := newLinked(t, Options{})
	n.endpoint("vpce-1", "my", formation, nil)
	a := n.addrsOf("vpce-1", zoneA)[0]
	if got := n.ask(n.host("b", "custom-a"), at(a, 443)); got != "timeout" {
		t.Errorf("from another VPC: %q", got)
	}
	mine := n.host("a", "my-a")
	ctx, cancel := n.Clock().WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := mine.Ping(ctx, a); err == nil {
		t.Error("the endpoint answered a ping")
	}
	if got := n.ask(mine, at(a, 80)); got != "refused" {
		t.Errorf("port that the service does not serve: %q", got)
	}
}

// Security groups on the endpoint's interfaces decide who gets in
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
func TestInterfaceEndpointSecurityGroups(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	n.group("sg-narrow", "my", tcpFrom(443, "10.0.1.0/24"))
	e := n.endpoint("vpce-1", "my", formation, func(c *Endpoint) { c.Groups = []string{"sg-narrow"} })
	to := at(n.addrsOf("vpce-1", zoneA)[0], 443)
	outside, inside := n.host("a", "my-a"), n.host("b", "my-b")
	if got := n.ask(outside, to); got != "timeout" {
		t.Errorf("from a block without a rule: %q", got)
	}
	if got := n.ask(inside, to); got == "timeout" {
		t.Error("from a block with a rule: no answer")
	}
	if _, err := n.ModifyInterfaceEndpoint(Endpoint{ID: e.ID, Subnets: e.Subnets}); err != nil {
		t.Fatal(err)
	}
	if got := n.ask(inside, to); got != "timeout" {
		t.Errorf("with the default group, which admits its members alone: %q", got)
	}
}

// Interfaces of subnets that stay keep their addresses; connections through
// one that goes are cut
// (docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html).
func TestModifyInterfaceEndpointSubnets(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	e := n.endpoint("vpce-1", "my", formation, func(c *Endpoint) { c.Subnets = []string{"subnet-my-a"} })
	kept := n.addrsOf(e.ID, zoneA)[0]
	change := Endpoint{ID: e.ID, Subnets: []string{"subnet-my-b", "subnet-my-a"}, Groups: e.Groups, Policy: "{}"}
	e, err := n.ModifyInterfaceEndpoint(change)
	n.must(err)
	gone := n.addrsOf(e.ID, zoneB)[0]
	if got := n.addrsOf(e.ID, zoneA); len(got) != 1 || got[0] != kept || len(e.DNSNames) != 3 || e.Policy != "{}" {
		t.Fatalf("addresses %v in zone a, want %v kept; endpoint %+v", got, kept, e)
	}
	h := n.host("c", "my-c")
	ctx, cancel := n.Clock().WithTimeout(context.Background(), time.Minute)
	defer cancel()
	open, err := h.Dial(ctx, "tcp", at(gone, 443))
	n.must(err)
	defer open.Close()
	if _, err := bufio.NewReader(open).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	change.Subnets = []string{"subnet-my-a"}
	_, err = n.ModifyInterfaceEndpoint(change)
	n.must(err)
	_, err = open.Write([]byte("x"))
	n.must(err)
	n.must(open.SetReadDeadline(time.Now().Add(patience)))
	if _, err := open.Read(make([]byte, 1)); err == nil {
		t.Error("a connection through a removed interface still works")
	}
	if got, want := n.lookup(h, e.DNSNames[0].Name), noError(kept); got != want {
		t.Errorf("regional name: %q, want %q", got, want)
	}
	for _, bad := range []Endpoint{
		{ID: e.ID, Subnets: []string{"subnet-my-c"}},
		{ID: e.ID, Subnets: []string{"subnet-my-a"}, Groups: []string{"sg-custom-open"}},
	} {
		if _, err := n.ModifyInterfaceEndpoint(bad); code(err) != "InvalidParameter" {
			t.Errorf("modify to %+v: %v", bad, err)
		}
	}
}

// The fault that every deployment meets: the endpoint is "available" and takes
// nothing for a while.
func TestEndpointUsableLater(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{Faults: Faults{EndpointDelay: func(Endpoint) time.Duration { return time.Minute }}})
	e := n.endpoint("vpce-1", "my", formation, nil)
	if e.State != "available" {
		t.Errorf("state %s", e.State)
	}
	h, to := n.host("a", "my-a"), at(n.addrsOf("vpce-1", zoneA)[0], 443)
	if got := n.ask(h, to); got != "timeout" {
		t.Errorf("at once: %q", got)
	}
	n.must(n.Clock().Sleep(context.Background(), time.Minute-patience))
	if got := n.ask(h, to); got == "timeout" {
		t.Error("after a minute: no answer")
	}
}

// The interfaces are the service's: nobody else deletes them, and they keep
// subnet and group in use
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html).
func TestInterfaceEndpointOwnsItsInterfaces(t *testing.T) {
	t.Parallel()
	n := newLinked(t, Options{})
	e := n.endpoint("vpce-1", "my", formation, nil)
	for _, tt := range []struct{ want, got string }{
		{"OperationNotPermitted", code(n.DeleteInterface(e.Interfaces[0]))},
		{"DependencyViolation", code(n.DeleteSubnet("subnet-my-a"))},
		{"DependencyViolation", code(n.DeleteSecurityGroup("sg-my-open"))},
		{"DependencyViolation", code(n.DeleteVPC("vpc-my"))},
	} {
		if tt.got != tt.want {
			t.Errorf("refused with %s, want %s", tt.got, tt.want)
		}
	}
	n.must(n.DeleteEndpoint(e.ID))
	if left := n.Interfaces(); len(left) != 0 {
		t.Errorf("left behind: %+v", left)
	}
	n.must(n.DeleteSubnet("subnet-my-a"))
	n.must(n.DeleteSecurityGroup("sg-my-open"))
}
