package privatelink_test

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"testing"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// The names have AWS's form, resolve everywhere to the private addresses, the
// regional one to all and a zonal one to its zone's
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html).
func TestEndpointNames(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
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
	n.Must(err)
	for _, h := range []*vpc.Host{n.AddHost("a", "my-a"), n.AddHost("b", "my-b"), n.AddHost("c", "custom-a"), outside} {
		for i, zone := range []string{"", vpctest.ZoneA, vpctest.ZoneB} {
			if got, want := n.Lookup(h, e.DNSNames[i].Name), vpctest.NoError(n.addrsOf(e.ID, zone)...); got != want {
				t.Errorf("%s from %s: %q, want %q", e.DNSNames[i].Name, h.Addr(), got, want)
			}
		}
		if got, want := n.Lookup(h, formationName), vpctest.NoError(formationAddr); got != want {
			t.Errorf("default name without private DNS from %s: %q, want %q", h.Addr(), got, want)
		}
	}
	n.Must(n.DeleteEndpoint(e.ID))
	for _, entry := range e.DNSNames {
		if got := n.Lookup(outside, entry.Name); got != "NXDOMAIN" {
			t.Errorf("%s of a deleted endpoint: %q", entry.Name, got)
		}
	}
}

// S3's names have a wildcard, and the service's labels are reversed
// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
func TestEndpointNamesOfOtherServices(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	public := netip.MustParseAddr("52.95.194.1")
	for name, names := range map[string][]string{
		"com.amazonaws.ap-northeast-2.ecr.dkr": {"dkr.ecr.ap-northeast-2.amazonaws.com"},
		"com.amazonaws.ap-northeast-2.s3":      {"s3.ap-northeast-2.amazonaws.com", "*.s3.ap-northeast-2.amazonaws.com"},
	} {
		_, err := n.RegisterService(privatelink.ServiceConfig{Name: name, DefaultNames: names, Addrs: []netip.Addr{public}, Interface: true})
		n.Must(err)
		public = public.Next()
	}
	docker := n.endpoint("vpce-1", "my", "com.amazonaws.ap-northeast-2.ecr.dkr", nil)
	if want := "vpce-1-" + awsid.Lower(8, "vpce-1") + ".dkr.ecr.ap-northeast-2.vpce.amazonaws.com"; docker.DNSNames[0].Name != want {
		t.Errorf("name %s, want %s", docker.DNSNames[0].Name, want)
	}
	s3 := n.endpoint("vpce-2", "my", "com.amazonaws.ap-northeast-2.s3", func(c *privatelink.Endpoint) { c.PrivateDNS = true })
	want := "*.vpce-2-" + awsid.Lower(8, "vpce-2") + ".s3.ap-northeast-2.vpce.amazonaws.com"
	if s3.DNSNames[0].Name != want {
		t.Errorf("name %s, want %s", s3.DNSNames[0].Name, want)
	}
	h := n.AddHost("a", "my-a")
	for _, name := range []string{"bucket" + want[1:], "s3.ap-northeast-2.amazonaws.com", "bucket.s3.ap-northeast-2.amazonaws.com"} {
		if got, want := n.Lookup(h, name), vpctest.NoError(n.addrsOf("vpce-2", "")...); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Private DNS acts on the whole VPC, also on subnets without an interface, and
// on no other VPC (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
// "Private DNS"). It needs both DNS attributes at any time.
func TestPrivateDNS(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	e := n.endpoint("vpce-1", "my", formation, func(c *privatelink.Endpoint) { c.PrivateDNS = true })
	if last := e.DNSNames[len(e.DNSNames)-1]; last.Name != formationName || last.HostedZone == e.DNSNames[0].HostedZone {
		t.Errorf("entries %+v, want the private name last, in a hosted zone of its own", e.DNSNames)
	}
	private, public := vpctest.NoError(n.addrsOf("vpce-1", "")...), vpctest.NoError(formationAddr)
	mine, other := n.AddHost("c", "my-c"), n.AddHost("a", "custom-a")
	check := func(when string, h *vpc.Host, want string) {
		t.Helper()
		if got := n.Lookup(h, formationName); got != want {
			t.Errorf("%s from %s: %q, want %q", when, h.Addr(), got, want)
		}
	}
	check("private DNS on", mine, private)
	check("private DNS on", other, public)
	n.Must(n.VPCs().Modify("vpc-my", true, false))
	check("without DNS hostnames", mine, public)
	n.Must(n.VPCs().Modify("vpc-my", true, true))

	change := privatelink.Endpoint{ID: e.ID, Subnets: e.Subnets, Groups: e.Groups}
	if _, err := n.ModifyInterfaceEndpoint(change); err != nil {
		t.Fatal(err)
	}
	check("private DNS turned off", mine, public)
	change.PrivateDNS = true
	if _, err := n.ModifyInterfaceEndpoint(change); err != nil {
		t.Fatal(err)
	}
	check("private DNS turned on", mine, private)
	n.Must(n.DeleteEndpoint(e.ID))
	check("endpoint deleted", mine, public)
}

// Where gateway endpoints lead to a service, too, private DNS acts for inbound resolvers
// alone unless it is asked for everybody, and needs a gateway endpoint then
// (github.com/terraform-aws-modules/terraform-aws-vpc/issues/982).
func TestPrivateDNSBesideAGateway(t *testing.T) {
	t.Parallel()
	n := newLinked(t, nil)
	const name = "s3.ap-northeast-2.amazonaws.com"
	public := netip.MustParseAddr("52.219.60.1")
	_, err := n.RegisterService(privatelink.ServiceConfig{
		Name: s3Name, DefaultNames: []string{name}, Addrs: []netip.Addr{public}, Interface: true,
		PrefixList: &vpc.PrefixList{ID: "pl-s3", Name: s3Name, Entries: []netip.Prefix{netip.MustParsePrefix("52.219.60.0/23")}},
	})
	n.Must(err)
	c := privatelink.Endpoint{ID: "vpce-s3", VPC: "vpc-my", Service: s3Name, Type: privatelink.InterfaceType, Subnets: []string{"subnet-my-a"}, Groups: []string{"sg-my-open"}, PrivateDNS: true}
	const want = "InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC vpc-my must have a Gateway endpoint for the service."
	if _, err := n.CreateEndpoint(c); fmt.Sprint(err) != want {
		t.Errorf("without a gateway endpoint: %v", err)
	}
	c.AllResolvers = true
	made, err := n.CreateEndpoint(c)
	n.Must(err)
	private := vpctest.NoError(n.addrsOf(made.ID, "")...)
	h := n.AddHost("asker", "my-a")
	if got := n.Lookup(h, name); got != private {
		t.Errorf("for all resolvers the name leads to %s, want %s", got, private)
	}
	c.AllResolvers = false
	if _, err := n.ModifyInterfaceEndpoint(c); fmt.Sprint(err) != want {
		t.Errorf("changed without a gateway endpoint: %v", err)
	}
	_, err = n.CreateEndpoint(privatelink.Endpoint{ID: "vpce-gateway", VPC: "vpc-my", Service: s3Name, Type: privatelink.GatewayType, RouteTables: []string{"rtb-my"}})
	n.Must(err)
	_, err = n.ModifyInterfaceEndpoint(c)
	n.Must(err)
	if got := n.Lookup(h, name); got != vpctest.NoError(public) {
		t.Errorf("for inbound resolvers alone the name leads to %s in the VPC, want %s", got, public)
	}
}
