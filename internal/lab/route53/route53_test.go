package route53_test

import (
	"net/netip"
	"slices"
	"testing"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/route53"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// fixture is a network of two VPCs with names.
type fixture struct {
	vpctest.TwoVPCs
	names *route53.Names
}

const publicName = "www.example.com"

var publicAddr = netip.MustParseAddr("93.184.216.34")

func newFixture(t *testing.T) fixture {
	t.Helper()
	n := vpctest.NewTwoVPCs(t, vpc.Options{})
	f := fixture{n, route53.New(n.Network)}
	t.Cleanup(f.names.Close)
	n.Must(n.PublishName(publicName, publicAddr))
	return f
}

// wants fails the test unless a host gets this answer to a look-up.
func (f fixture) wants(h *vpc.Host, name, want string) {
	f.T.Helper()
	if got := f.Lookup(h, name); got != want {
		f.T.Errorf("%s from %s: %q, want %q", name, h.Addr(), got, want)
	}
}

// refuses fails the test unless err has a code.
func (f fixture) refuses(err error, code string) {
	f.T.Helper()
	if awserr.Code(err) != code {
		f.T.Errorf("got %v, want %s", err, code)
	}
}

// zone creates a private hosted zone of vpc-my with an A record for each name.
func (f fixture) zone(id, name, address string, records ...string) {
	f.T.Helper()
	f.Must(f.names.CreateZone(route53.HostedZone{ID: id, Name: name, VPCs: []string{"vpc-my"}}))
	for _, record := range records {
		f.Must(f.names.PutRecords(route53.RecordSet{Zone: id, Name: record, Type: "A", Records: []string{address}}, false))
	}
}

func addr(text string) string { return vpctest.NoError(netip.MustParseAddr(text)) }

// docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html:
// a private hosted zone holds in its VPCs alone, before the public names; the most specific
// zone decides, also that there is no such name.
func TestPrivateHostedZones(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mine, other := f.AddHost("mine", "my-a"), f.AddHost("other", "custom-a")
	f.wants(mine, publicName, vpctest.NoError(publicAddr))
	f.zone("Z1", "example.com", "10.0.0.9", publicName)
	f.wants(mine, publicName, addr("10.0.0.9"))
	f.wants(mine, "elsewhere.example.com", "NXDOMAIN")
	f.wants(other, publicName, vpctest.NoError(publicAddr))
	f.zone("Z2", "www.example.com.", "10.0.0.10", "*.www.example.com")
	f.wants(mine, publicName, "NOERROR")
	f.wants(mine, "deep.www.example.com", addr("10.0.0.10"))

	f.Must(f.VPCs().Modify("vpc-my", true, false)) // without enableDnsHostnames
	f.wants(mine, publicName, vpctest.NoError(publicAddr))
	f.Must(f.VPCs().Modify("vpc-my", true, true))

	f.Must(f.names.SetZoneVPCs("Z1", []string{"vpc-my", "vpc-custom"}))
	f.wants(other, publicName, addr("10.0.0.9"))
	f.Must(f.names.SetZoneVPCs("Z1", []string{"vpc-my"}))
	f.wants(other, publicName, vpctest.NoError(publicAddr))
	f.refuses(f.names.SetZoneVPCs("Z1", nil), "LastVPCAssociation")
	f.refuses(f.names.CreateZone(route53.HostedZone{ID: "Z3", Name: "EXAMPLE.com", VPCs: []string{"vpc-custom", "vpc-my"}}), "ConflictingDomainExists")
	f.wants(other, publicName, vpctest.NoError(publicAddr)) // what was associated before the refusal is not
	f.refuses(f.names.CreateZone(route53.HostedZone{ID: "Z3", Name: "example.org", VPCs: []string{"vpc-none"}}), "InvalidVPCId")
	f.Must(f.names.CreateZone(route53.HostedZone{ID: "Z4", Name: "example.com"}))
	f.Must(f.names.PutRecords(route53.RecordSet{Zone: "Z4", Name: publicName, Type: "A", Records: []string{"6.6.6.6"}}, false))
	f.wants(other, publicName, vpctest.NoError(publicAddr)) // nobody delegates to a public zone
	f.refuses(f.names.SetZoneVPCs("Z4", []string{"vpc-my"}), "PublicZoneVPCAssociation")

	f.refuses(f.names.DeleteZone("Z1"), "HostedZoneNotEmpty")
	f.Must(f.names.DeleteRecords("Z1", publicName, "A", ""))
	f.Must(f.names.DeleteRecords("Z2", "*.www.example.com", "A", ""))
	f.Must(f.names.DeleteZone("Z2"))
	f.wants(mine, publicName, "NXDOMAIN")
	f.Must(f.names.DeleteZone("Z1"))
	f.wants(mine, publicName, vpctest.NoError(publicAddr))
}

// docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html:
// a CNAME leads on by its name, an alias has its target's addresses of the moment.
func TestRecordSets(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mine := f.AddHost("mine", "my-a")
	f.zone("Z1", "internal.test", "10.0.0.9", "a.internal.test")
	put := func(name, kind string, replace bool, values ...string) error {
		return f.names.PutRecords(route53.RecordSet{Zone: "Z1", Name: name, Type: kind, Records: values}, replace)
	}
	alias := func(name, kind, target string) error {
		return f.names.PutRecords(route53.RecordSet{Zone: "Z1", Name: name, Type: kind, Alias: target}, false)
	}
	f.Must(put("c.internal.test", "CNAME", false, publicName))
	f.wants(mine, "c.internal.test", vpctest.NoError(publicAddr))
	f.Must(put("two.internal.test", "A", false, "10.0.0.1", "10.0.0.2"))
	f.wants(mine, "two.internal.test", vpctest.NoError(netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")))
	f.Must(alias("same.internal.test", "A", "a.internal.test"))
	f.wants(mine, "same.internal.test", addr("10.0.0.9"))
	f.Must(f.PublishName("nlb.elb.ap-northeast-2.amazonaws.com", netip.MustParseAddr("10.0.0.20")))
	f.Must(alias("internal.test", "A", "nlb.elb.ap-northeast-2.amazonaws.com"))
	f.wants(mine, "internal.test", addr("10.0.0.20"))
	f.Must(f.PublishName("nlb.elb.ap-northeast-2.amazonaws.com", netip.MustParseAddr("10.0.0.21")))
	f.wants(mine, "internal.test", addr("10.0.0.21"))
	f.Must(put("a.internal.test", "A", true, "10.0.0.99"))
	f.wants(mine, "a.internal.test", addr("10.0.0.99"))
	f.wants(mine, "same.internal.test", addr("10.0.0.99"))
	f.Must(f.names.DeleteRecords("Z1", "two.internal.test", "A", ""))
	f.wants(mine, "two.internal.test", "NXDOMAIN")

	for _, err := range []error{
		put("a.internal.test", "A", false, "10.0.0.9"), put("a.internal.test", "CNAME", false, publicName),
		put("other.test", "A", false, "10.0.0.9"), put("b.internal.test", "A", false, "not an address"), put("b.internal.test", "NONE", false, "x"),
		put("internal.test", "CNAME", false, publicName), put("b.internal.test", "A", false),
		alias("b.internal.test", "A", publicName), alias("b.internal.test", "TXT", "a.internal.test"),
	} {
		f.refuses(err, "InvalidChangeBatch")
	}
	f.refuses(f.names.DeleteRecords("Z1", "b.internal.test", "A", ""), "NoSuchRecordSet")
	if id, err := f.names.ZoneNamed("internal.test"); err != nil || id != "Z1" {
		t.Errorf("the zone is %s, %v", id, err)
	}
}

// resolverEndpoint creates an endpoint in the VPC custom with the open group.
func (f fixture) resolverEndpoint(id, direction string) route53.ResolverEndpoint {
	f.T.Helper()
	e, err := f.names.CreateEndpoint(route53.ResolverEndpoint{
		ID: id, Direction: direction, Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, Groups: []string{"sg-custom-open"},
	})
	f.Must(err)
	return e
}

// server answers every name with an address, as somebody's DNS server.
func (f fixture) server(h *vpc.Host, answer string) {
	f.T.Helper()
	packets, err := h.ListenPacket(53)
	f.Must(err)
	zone := dns.NewZone(".")
	f.Must(zone.SetAddresses("*.example.com", netip.MustParseAddr(answer)))
	zones := new(dns.Zones)
	zones.Add(zone)
	server := &miekg.Server{PacketConn: packets, ReadTimeout: 1 << 60, Handler: miekg.HandlerFunc(func(w miekg.ResponseWriter, q *miekg.Msg) {
		_ = w.WriteMsg(dns.View{zones}.Answer(q))
	})}
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go server.ActivateAndServe()
	<-started
	f.T.Cleanup(func() { _ = server.Shutdown() })
}

// docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-rules-managing.html,
// …/resolver-overview-forward-vpc-to-network-domain-name-matches.html and
// …/hosted-zone-private-considerations.html: queries that match a forwarding rule leave by
// the outbound endpoint, with real packets, if no zone is more specific.
func TestResolverRules(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mine, other := f.AddHost("mine", "my-a"), f.AddHost("other", "custom-a")
	elsewhere := f.AddHost("elsewhere", "custom-c")
	f.server(elsewhere, "10.66.66.66")
	out := f.resolverEndpoint("rslvr-out-1", route53.Outbound)
	if out.VPC != "vpc-custom" || len(out.Interfaces) != 2 {
		t.Errorf("endpoint %+v", out)
	}
	targets := []netip.AddrPort{netip.AddrPortFrom(elsewhere.Addr(), 53)}
	f.Must(f.names.PutRule(route53.ResolverRule{ID: "rr-1", Domain: "Example.com", Type: route53.Forward, Endpoint: out.ID, Targets: targets}, false))
	f.wants(mine, publicName, vpctest.NoError(publicAddr))
	f.Must(f.names.AssociateRule(route53.RuleAssociation{ID: "a-1", Rule: "rr-1", VPC: "vpc-my"}))
	f.wants(mine, publicName, addr("10.66.66.66"))
	f.wants(other, publicName, vpctest.NoError(publicAddr))

	// The rule wins over a zone of the same name, not over a more specific one.
	f.zone("Z1", "example.com", "10.0.0.9", publicName)
	f.wants(mine, publicName, addr("10.66.66.66"))
	f.zone("Z2", "www.example.com", "10.0.0.10", publicName)
	f.wants(mine, publicName, addr("10.0.0.10"))
	f.wants(mine, "mail.example.com", addr("10.66.66.66"))
	f.Must(f.names.PutRule(route53.ResolverRule{ID: "rr-2", Domain: "mail.example.com", Type: route53.System}, false))
	f.Must(f.names.AssociateRule(route53.RuleAssociation{ID: "a-2", Rule: "rr-2", VPC: "vpc-my"}))
	f.wants(mine, "mail.example.com", "NXDOMAIN") // the zone's own answer

	// The query's packets obey the security groups and routes of the endpoint.
	f.Must(f.SecurityGroups().RevokeEgress("sg-custom-open", vpc.AllowAll))
	f.wants(mine, "ftp.example.com", "SERVFAIL")
	f.Must(f.SecurityGroups().AuthorizeEgress("sg-custom-open", vpc.AllowAll))
	f.wants(mine, "ftp.example.com", addr("10.66.66.66"))

	f.refuses(f.names.AssociateRule(route53.RuleAssociation{ID: "a-3", Rule: "rr-1", VPC: "vpc-my"}), "ResourceExistsException")
	f.refuses(f.names.AssociateRule(route53.RuleAssociation{ID: "a-3", Rule: "rr-9", VPC: "vpc-my"}), "ResourceNotFoundException")
	f.refuses(f.names.AssociateRule(route53.RuleAssociation{ID: "a-3", Rule: "rr-1", VPC: "vpc-none"}), "ResourceNotFoundException")
	f.refuses(f.names.DeleteRule("rr-1"), "ResourceInUseException")
	f.refuses(f.names.DeleteEndpoint(out.ID), "ResourceInUseException")
	for _, bad := range []route53.ResolverRule{
		{ID: "rr-3", Domain: "x.test", Type: "RECURSIVE"}, {ID: "rr-3", Domain: "x..test", Type: route53.System},
		{ID: "rr-3", Domain: "x.test", Type: route53.Forward, Endpoint: out.ID}, {ID: "rr-3", Domain: "x.test", Type: route53.System, Targets: targets},
	} {
		f.refuses(f.names.PutRule(bad, false), "InvalidParameterException")
	}
	for _, id := range []string{"a-1", "a-2"} {
		f.Must(f.names.DisassociateRule(id))
	}
	f.wants(mine, "mail.example.com", "NXDOMAIN")
	f.Must(f.names.DeleteRule("rr-1"))
	f.Must(f.names.DeleteEndpoint(out.ID))
	if slices.ContainsFunc(f.Interfaces().All(), func(i vpc.Interface) bool { return slices.Contains(out.Interfaces, i.ID) }) {
		t.Error("the endpoint's interfaces are left")
	}
}

// Two resolvers that forward to each other answer with a failure in the end.
func TestForwardingInACircle(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	other := f.AddHost("other", "custom-a")
	out, in := f.resolverEndpoint("rslvr-out-1", route53.Outbound), f.resolverEndpoint("rslvr-in-1", route53.Inbound)
	eni, err := f.Interfaces().Get(in.Interfaces[0])
	f.Must(err)
	f.Must(f.names.PutRule(route53.ResolverRule{ID: "rr-1", Domain: "example.com", Type: route53.Forward, Endpoint: out.ID, Targets: []netip.AddrPort{netip.AddrPortFrom(eni.PrivateAddr, 53)}}, false))
	f.Must(f.names.AssociateRule(route53.RuleAssociation{ID: "a-1", Rule: "rr-1", VPC: "vpc-custom"}))
	f.wants(other, publicName, "SERVFAIL")
}

// docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries.html:
// whoever reaches an inbound endpoint gets the names of its VPC, if its groups let them in.
func TestInboundEndpoint(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Must(f.names.CreateZone(route53.HostedZone{ID: "Z1", Name: "internal.test", VPCs: []string{"vpc-custom"}}))
	f.Must(f.names.PutRecords(route53.RecordSet{Zone: "Z1", Name: "db.internal.test", Type: "A", Records: []string{"20.0.0.50"}}, false))
	in := f.resolverEndpoint("rslvr-in-1", route53.Inbound)
	mine := f.AddHost("mine", "my-a")
	eni, err := f.Interfaces().Get(in.Interfaces[0])
	f.Must(err)
	ask := func() string {
		return f.LookupAt(mine, "udp", netip.AddrPortFrom(eni.PrivateAddr, 53).String(), "db.internal.test", miekg.TypeA)
	}
	if got := ask(); got != "no answer" {
		t.Errorf("without a way: %q", got)
	}
	f.Must(f.Peerings().Create(vpc.Peering{ID: "pcx-1", Requester: "vpc-my", Accepter: "vpc-custom"}))
	f.Must(f.RouteTables().CreateRoute("rtb-my", vpc.Route{Destination: "20.0.0.0/16", Target: "pcx-1"}))
	f.Must(f.RouteTables().CreateRoute("rtb-custom", vpc.Route{Destination: "10.0.0.0/16", Target: "pcx-1"}))
	if got := ask(); got != addr("20.0.0.50") {
		t.Errorf("over a peering: %q", got)
	}
	f.wants(mine, "db.internal.test", "NXDOMAIN")
	f.Must(f.SecurityGroups().RevokeIngress("sg-custom-open", vpc.AllowAll))
	f.Must(f.SecurityGroups().AuthorizeIngress("sg-custom-open", vpctest.TCPFrom(53, "10.0.0.0/16")))
	mine2 := f.AddHost("mine2", "my-a")
	if got := f.LookupAt(mine2, "udp", netip.AddrPortFrom(eni.PrivateAddr, 53).String(), "db.internal.test", miekg.TypeA); got != "no answer" {
		t.Errorf("over UDP, which the group does not admit: %q", got)
	}
	if got := f.LookupAt(mine2, "tcp", netip.AddrPortFrom(eni.PrivateAddr, 53).String(), "db.internal.test", miekg.TypeA); got != addr("20.0.0.50") {
		t.Errorf("over TCP: %q", got)
	}
	_, err = f.names.CreateEndpoint(route53.ResolverEndpoint{ID: "rslvr-in-2", Direction: route53.Inbound, Subnets: []string{"subnet-custom-a"}, Groups: []string{"sg-custom-open"}})
	f.refuses(err, "InvalidParameterException")
	before := len(f.Interfaces().All())
	_, err = f.names.CreateEndpoint(route53.ResolverEndpoint{ID: "rslvr-in-2", Direction: route53.Inbound, Subnets: []string{"subnet-custom-a", "subnet-my-a"}, Groups: []string{"sg-custom-open"}})
	f.refuses(err, "InvalidParameterException")
	if after := len(f.Interfaces().All()); after != before {
		t.Errorf("a refused endpoint leaves %d interfaces", after-before)
	}
}

// docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-overview.html: the
// first rule that knows a name decides; a blocked query can be answered with another name.
func TestFirewall(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mine, other := f.AddHost("mine", "my-a"), f.AddHost("other", "custom-a")
	f.Must(f.PublishName("mail.example.com", publicAddr))
	f.Must(f.PublishName("sink.test", netip.MustParseAddr("6.6.6.6")))
	f.Must(f.names.PutDomainList(route53.DomainList{ID: "below", Domains: []string{"*.example.com"}}, false))
	f.Must(f.names.PutDomainList(route53.DomainList{ID: "www", Domains: []string{publicName}}, false))
	f.Must(f.names.PutDomainList(route53.DomainList{ID: "all", Domains: []string{"*"}}, false))
	rules := func(replace bool, rules ...route53.FirewallRule) error {
		return f.names.PutRuleGroup(route53.RuleGroup{ID: "group", Rules: rules}, replace)
	}
	f.Must(rules(false, route53.FirewallRule{Priority: 2, List: "below", Action: "BLOCK", Response: "NXDOMAIN"}, route53.FirewallRule{Priority: 1, List: "www", Action: "ALLOW"}))
	f.Must(f.names.PutFirewall(route53.Firewall{ID: "f", Group: "group", VPC: "vpc-my", Priority: 101}, false))
	f.wants(mine, publicName, vpctest.NoError(publicAddr))
	f.wants(mine, "mail.example.com", "NXDOMAIN")
	f.wants(other, "mail.example.com", vpctest.NoError(publicAddr))
	f.Must(rules(true, route53.FirewallRule{Priority: 1, List: "below", Action: "ALERT"}, route53.FirewallRule{Priority: 2, List: "all", Action: "BLOCK", Response: "OVERRIDE", Override: "sink.test"}))
	f.wants(mine, publicName, addr("6.6.6.6"))
	f.Must(rules(true, route53.FirewallRule{Priority: 1, List: "all", Action: "BLOCK", Response: "NODATA"}))
	f.wants(mine, publicName, "NOERROR")
	f.refuses(rules(true, route53.FirewallRule{Priority: 1, List: "all", Action: "BLOCK"}), "ValidationException")
	f.refuses(rules(true, route53.FirewallRule{Priority: 1, List: "none", Action: "ALLOW"}), "ResourceNotFoundException")
	f.refuses(rules(true, route53.FirewallRule{Priority: 1, List: "all", Action: "ALLOW"}, route53.FirewallRule{Priority: 1, List: "www", Action: "ALLOW"}), "ValidationException")
	f.refuses(f.names.PutFirewall(route53.Firewall{ID: "g", Group: "group", VPC: "vpc-my", Priority: 102}, false), "ConflictException")
	f.refuses(f.names.DeleteRuleGroup("group"), "ResourceInUseException")
	f.refuses(f.names.DeleteDomainList("all"), "ResourceInUseException")
	f.Must(f.names.DeleteFirewall("f"))
	f.wants(mine, publicName, vpctest.NoError(publicAddr))
	f.Must(f.names.DeleteRuleGroup("group"))
	f.Must(f.names.DeleteDomainList("all"))
}

// A profile is associated with a VPC once.
func TestProfiles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Must(f.names.CreateProfile(route53.Profile{ID: "rp-1", Name: "p"}))
	f.Must(f.names.AssociateProfile(route53.ProfileAssociation{ID: "rpassoc-1", Profile: "rp-1", VPC: "vpc-my"}))
	f.refuses(f.names.AssociateProfile(route53.ProfileAssociation{ID: "rpassoc-2", Profile: "rp-1", VPC: "vpc-my"}), "ResourceExistsException")
	f.refuses(f.names.AssociateProfile(route53.ProfileAssociation{ID: "rpassoc-2", Profile: "rp-2", VPC: "vpc-custom"}), "ResourceNotFoundException")
	f.refuses(f.names.DeleteProfile("rp-1"), "ResourceInUseException")
	if got := f.names.ProfileAssociations(); len(got) != 1 || got[0].VPC != "vpc-my" {
		t.Errorf("associations %+v", got)
	}
	f.Must(f.names.DisassociateProfile("rpassoc-1"))
	f.Must(f.names.DeleteProfile("rp-1"))
}
