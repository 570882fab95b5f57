package vpc_test

import (
	"net/netip"
	"slices"
	"testing"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// dualStack is a network with a VPC that has an IPv6 block, a subnet that has one of its
// /64s, a host in it with both addresses, and a web host on the internet.
func dualStack(t *testing.T) (b *vpctest.Network, h, web *vpc.Host, addr netip.Addr) {
	t.Helper()
	b = vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	block, err := b.VPCs().AddCIDR("vpc-1", netip.Prefix{})
	b.Must(err)
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.Must(b.Subnets().SetIPv6("subnet-a", netip.PrefixFrom(block.Addr(), 64)))
	b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-six", VPC: "vpc-1", Ingress: []vpc.Rule{vpc.AllowAllIPv6}, Egress: []vpc.Rule{vpc.AllowAllIPv6}}))
	made, err := b.Interfaces().Create(vpc.Interface{ID: "eni-six", Subnet: "subnet-a", IPv6Count: 1, Groups: []string{"sg-six"}})
	b.Must(err)
	if len(made.IPv6Addrs) != 1 || !block.Contains(made.IPv6Addrs[0]) {
		t.Fatalf("addresses %v, want one of %s", made.IPv6Addrs, block)
	}
	h, err = b.Host("eni-six")
	b.Must(err)
	b.Serve(h, "six")
	web, err = b.PublicHost("web6", netip.MustParseAddr("2001:db8::80"))
	b.Must(err)
	b.ServeSource(web)
	return b, h, web, made.IPv6Addrs[0]
}

func at6(a netip.Addr) string { return netip.AddrPortFrom(a, 80).String() }

const web6 = "[2001:db8::80]:80"

// docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html: connections
// out, and none in.
func TestEgressOnlyInternetGateway(t *testing.T) {
	t.Parallel()
	b, h, web, addr := dualStack(t)
	b.Must(b.InternetGateways().Detach("igw-1", "vpc-1"))
	b.Silent(h, web6, "rtb-a", "no route")
	b.Must(b.EgressOnlyInternetGateways().Create(vpc.EgressOnlyInternetGateway{ID: "eigw-1", VPC: "vpc-1"}))
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "::/0", Target: "eigw-1"}))
	b.Wants(h, web6, addr.String())
	b.Silent(web, at6(addr), "vpc-1", "no internet gateway")
	b.Silent(b.AddHost("a", "four", false, "sg-1-open"), "93.184.216.34:80", "rtb-a", "no route")
	b.Refuses(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "0.0.0.0/0", Target: "eigw-1"}), "InvalidParameterValue")
	b.Refuses(b.VPCs().Delete("vpc-1"), "DependencyViolation")
	b.Must(b.EgressOnlyInternetGateways().Delete("eigw-1"))
	b.Silent(h, web6, "rtb-a", "black hole")
}

// docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html: an IPv6 address is a
// public one; an internet gateway lets in whom the groups and the network ACL admit.
func TestIPv6ByInternetGateway(t *testing.T) {
	t.Parallel()
	b, h, web, addr := dualStack(t)
	b.Silent(h, web6, "rtb-a", "no route")
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "2001:db8::/32", Target: "igw-1"}))
	b.Wants(h, web6, addr.String())
	b.Wants(web, at6(addr), "six")
	b.Must(b.SecurityGroups().RevokeIngress("sg-six", vpc.AllowAllIPv6))
	b.Must(b.SecurityGroups().AuthorizeIngress("sg-six", vpc.AllowAll)) // of IPv4
	b.Silent(web, at6(addr), "eni-six", "security group, ingress")
	b.Wants(h, web6, addr.String())
	b.Must(b.SecurityGroups().RevokeEgress("sg-six", vpc.AllowAllIPv6))
	b.Must(b.SecurityGroups().AuthorizeEgress("sg-six", vpc.AllowAll))
	b.Silent(h, web6, "eni-six", "security group, egress")
	b.Must(b.SecurityGroups().AuthorizeEgress("sg-six", vpc.Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDR: netip.MustParsePrefix("2001:db8::/64")}))
	b.Wants(h, web6, addr.String())
	b.Must(b.NetworkACLs().DeleteEntry("acl-1", 101, true))
	b.Silent(h, web6, "acl-1", "network ACL, egress")
	if err := b.Ping(h, web.Addr()); err == nil {
		t.Error("a ping over IPv6, which the lab does not have")
	}
}

// docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and …/subnet-sizing.html:
// within the VPC and over a peering IPv6 goes by the same routes.
func TestIPv6Inside(t *testing.T) {
	t.Parallel()
	b, h, _, addr := dualStack(t)
	b.AddVPC("2", "20.0.0.0/16")
	block, err := b.VPCs().AddCIDR("vpc-2", netip.Prefix{})
	b.Must(err)
	b.AddSubnet("2", "b", "20.0.0.0/24")
	b.Must(b.Subnets().SetIPv6("subnet-b", netip.PrefixFrom(block.Addr(), 64)))
	made, err := b.Interfaces().Create(vpc.Interface{ID: "eni-far", Subnet: "subnet-b", IPv6Count: 1})
	b.Must(err)
	far, err := b.Host("eni-far")
	b.Must(err)
	next, err := b.Interfaces().Create(vpc.Interface{ID: "eni-next", Subnet: "subnet-a", IPv6Addrs: []netip.Addr{addr.Next()}, Groups: []string{"sg-six"}})
	b.Must(err)
	near, err := b.Host(next.ID)
	b.Must(err)
	b.Wants(near, at6(addr), "six")
	b.Silent(near, netip.AddrPortFrom(h.Addr(), 80).String(), "eni-next", "security group, egress") // of IPv4 nothing is admitted
	b.Silent(far, at6(addr), "rtb-b", "no route")
	b.Must(b.Peerings().Create(vpc.Peering{ID: "pcx-1", Requester: "vpc-1", Accepter: "vpc-2"}))
	b.Must(b.RouteTables().CreateRoute("rtb-b", vpc.Route{Destination: "2406:da12::/32", Target: "pcx-1"}))
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: block.String(), Target: "pcx-1"}))
	b.Wants(far, at6(addr), "six")

	v, err := b.VPCs().Get("vpc-1")
	b.Must(err)
	_, err = b.VPCs().AddCIDR("vpc-1", netip.MustParsePrefix("10.0.0.0/24"))
	b.Refuses(err, "InvalidVpc.Range")
	_, err = b.VPCs().AddCIDR("vpc-1", netip.MustParsePrefix("2001:db8::/48"))
	b.Refuses(err, "InvalidVpc.Range")
	_, err = b.VPCs().AddCIDR("vpc-1", block)
	b.Refuses(err, "InvalidVpc.Range")
	b.Refuses(b.Subnets().SetIPv6("subnet-a", netip.Prefix{}), "DependencyViolation")
	b.Refuses(b.Subnets().SetIPv6("subnet-a", netip.PrefixFrom(v.IPv6CIDRs[0].Addr(), 64)), "InvalidSubnet.Conflict")
	b.Refuses(b.VPCs().RemoveCIDR("vpc-1", v.IPv6CIDRs[0]), "DependencyViolation")
	b.Refuses(b.VPCs().RemoveCIDR("vpc-1", v.CIDRs[0]), "OperationNotPermitted")
	_, err = b.Interfaces().Create(vpc.Interface{ID: "eni-x", Subnet: "subnet-a", IPv6Addrs: made.IPv6Addrs})
	b.Refuses(err, "InvalidParameterValue")
	b.Must(b.Subnets().Create(vpc.Subnet{ID: "subnet-c", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.9.0/24")}))
	b.Refuses(b.Subnets().SetIPv6("subnet-c", netip.PrefixFrom(v.IPv6CIDRs[0].Addr(), 64)), "InvalidSubnet.Conflict")
	b.Refuses(b.Subnets().Modify("subnet-c", false, true), "InvalidParameterValue")

	// A second IPv4 block is local too.
	_, err = b.VPCs().AddCIDR("vpc-1", netip.MustParsePrefix("10.1.0.0/16"))
	b.Must(err)
	table, err := b.RouteTables().Get("rtb-a")
	b.Must(err)
	if !slices.ContainsFunc(table.Routes, func(r vpc.Route) bool { return r.Destination == "10.1.0.0/16" && r.Target == "local" }) {
		t.Errorf("routes %+v", table.Routes)
	}
	b.Must(b.VPCs().RemoveCIDR("vpc-1", netip.MustParsePrefix("10.1.0.0/16")))
}

// A public name can have IPv6 addresses.
func TestIPv6Names(t *testing.T) {
	t.Parallel()
	n := newNamed(t, vpc.Options{})
	n.Must(n.PublishName("both.example.com", formationAddr, netip.MustParseAddr("2001:db8::80")))
	h := n.AddHost("a", "my-a")
	if got, want := n.Lookup(h, "both.example.com"), vpctest.NoError(formationAddr); got != want {
		t.Errorf("A: %q, want %q", got, want)
	}
	if got := n.LookupAt(h, "udp", "10.0.0.2:53", "both.example.com", miekg.TypeAAAA); got != "NOERROR 2001:db8::80" {
		t.Errorf("AAAA: %q", got)
	}
}
