package vpc

import (
	"net"
	"net/netip"
	"testing"
)

func udpAddr(s string) *net.UDPAddr { return net.UDPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

// docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html: the
// longest prefix wins, and a CIDR block wins over an equally long entry of a
// prefix list.
func TestRoutePriority(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := b.CreateNatGateway(NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	b.must(err)
	b.must(b.CreatePrefixList(PrefixList{ID: "pl-1", Entries: []netip.Prefix{prefix("93.184.216.0/24"), prefix("93.184.217.128/25")}}))
	b.subnet("1", "a", "10.0.1.0/24", "0.0.0.0/0", "igw-1", "93.184.0.0/16", "nat-1", "pl-1", "igw-1", "93.184.216.0/24", "nat-1", "93.184.216.7/32", "igw-1")
	tests := []struct{ to, via string }{
		{"8.8.8.8", "igw-1"},
		{"93.184.1.1", "nat-1"},
		{"93.184.216.1", "nat-1"}, // the block wins over the list's entry
		{"93.184.216.7", "igw-1"},
		{"93.184.217.1", "nat-1"},
		{"93.184.217.129", "igw-1"}, // the list's longer entry
		{"10.0.3.3", "local"},
	}
	for _, test := range tests {
		if got := b.tables.byID["rtb-a"].lookup(addr(test.to)); got == nil || got.Target != test.via {
			t.Errorf("%s: got %+v, want %s", test.to, got, test.via)
		}
	}
}

// docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html: every table
// has a local route to all of the VPC; a subnet without an association uses the
// main table.
func TestLocalAndMainTable(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	b.must(b.CreateSubnet(Subnet{ID: "subnet-b", VPC: "vpc-1", CIDR: prefix("10.0.1.0/24"), Zone: "ap-northeast-2b"}))
	web := b.public("web", "93.184.216.34")
	b.serve(web, "web")
	one, two := b.host("a", "one", false, "sg-1-open"), b.host("b", "two", true, "sg-1-open")
	b.serve(one, "one")
	b.serve(two, "two")
	b.wants(one, two.Addr().String()+":80", "two")
	b.wants(two, one.Addr().String()+":80", "one")
	b.silent(one, "10.0.0.99:80", "vpc-1", "no such address")

	b.silent(two, "93.184.216.34:80", "rtb-1", "no route")
	b.must(b.CreateRoute("rtb-1", Route{Destination: "0.0.0.0/0", Target: "igw-1"}))
	b.wants(two, "93.184.216.34:80", "web")
	b.must(b.AssociateRouteTable("rtb-a", "subnet-b"))
	b.silent(two, "93.184.216.34:80", "rtb-a", "no route")
	b.must(b.DisassociateRouteTable("subnet-b"))
	b.wants(two, "93.184.216.34:80", "web")
	b.must(b.DeleteRoute("rtb-1", "0.0.0.0/0"))
	b.silent(two, "93.184.216.34:80", "rtb-1", "no route")
}

func TestRouteRefusals(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.vpc("2", "10.2.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	create := func(dest, target string) error {
		return b.CreateRoute("rtb-a", Route{Destination: dest, Target: target})
	}
	b.refuses(create("0.0.0.0/0", "igw-1"), "RouteAlreadyExists")
	b.refuses(create("10.0.3.0/24", "igw-1"), "InvalidParameterValue")
	b.refuses(create("1.0.0.0/8", "igw-2"), "InvalidParameterValue")
	b.refuses(create("1.0.0.0/8", "nat-9"), "InvalidParameterValue")
	b.refuses(create("pl-9", "igw-1"), "InvalidParameterValue")
	b.refuses(b.CreateRoute("rtb-9", Route{}), "InvalidRouteTableID.NotFound")
	b.refuses(b.DeleteRoute("rtb-a", "10.0.0.0/16"), "InvalidParameterValue")
	b.refuses(b.DeleteRoute("rtb-a", "9.0.0.0/8"), "InvalidRoute.NotFound")
	b.refuses(b.ReplaceRoute("rtb-a", Route{Destination: "9.0.0.0/8", Target: "igw-1"}), "InvalidParameterValue")
	b.refuses(b.DeleteRouteTable("rtb-a"), "DependencyViolation")
	b.refuses(b.DeleteRouteTable("rtb-1"), "DependencyViolation")
	b.refuses(b.AssociateRouteTable("rtb-2", "subnet-a"), "InvalidParameterValue")
	b.refuses(b.AssociateRouteTable("rtb-1", "subnet-a"), "Resource.AlreadyAssociated")
	got, err := b.RouteTable("rtb-a")
	b.must(err)
	if len(got.Routes) != 2 || got.Routes[0] != (Route{"10.0.0.0/16", "local", true}) || got.Routes[1] != (Route{"0.0.0.0/0", "igw-1", true}) {
		t.Errorf("described as %+v", got)
	}
}

// A route can lead to an interface, even inside the VPC. A host behind it gets
// nothing that is not for it: the source/destination check of
// docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html is always on here.
func TestRouteToAnInterface(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	_, err := b.CreateInterface(Interface{ID: "eni-box", Subnet: "subnet-a", Groups: []string{"sg-1-open"}})
	b.must(err)
	b.must(b.CreateRoute("rtb-a", Route{Destination: "10.0.9.0/24", Target: "eni-box"}))
	h := b.host("a", "h", false)
	b.silent(h, "10.0.9.9:80", "rtb-a", "black hole")
	_, err = b.Host("eni-box")
	b.must(err)
	b.silent(h, "10.0.9.9:80", "eni-box", "source/destination check")
}

// docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html and
// invalid-peering-configurations.html: blocks must not overlap, and a peering is
// not transitive.
func TestPeering(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	for _, v := range []struct{ name, cidr, subnet string }{
		{"1", "10.1.0.0/16", "10.1.0.0/24"}, {"2", "10.2.0.0/16", "10.2.0.0/24"}, {"3", "10.3.0.0/16", "10.3.0.0/24"},
	} {
		b.vpc(v.name, v.cidr)
		b.subnet(v.name, v.name+"s", v.subnet)
	}
	b.vpc("4", "10.1.0.0/16")
	b.refuses(b.CreatePeering(Peering{ID: "pcx-14", Requester: "vpc-1", Accepter: "vpc-4"}), "InvalidParameterValue")
	b.must(b.CreatePeering(Peering{ID: "pcx-12", Requester: "vpc-1", Accepter: "vpc-2"}))
	b.must(b.CreatePeering(Peering{ID: "pcx-23", Requester: "vpc-2", Accepter: "vpc-3"}))
	one := b.host("1s", "one", false, "sg-1-open")
	two := b.host("2s", "two", false, "sg-2-open")
	three := b.host("3s", "three", false, "sg-3-open")
	b.serve(two, "two")
	b.serve(three, "three")

	b.silent(one, two.Addr().String()+":80", "rtb-1s", "no route")
	b.must(b.CreateRoute("rtb-1s", Route{Destination: "10.2.0.0/16", Target: "pcx-12"}))
	b.silent(one, two.Addr().String()+":80", "rtb-2s", "no route") // no way back
	b.must(b.CreateRoute("rtb-2s", Route{Destination: "10.1.0.0/16", Target: "pcx-12"}))
	b.wants(one, two.Addr().String()+":80", "two")

	// Through 2 to 3: not even with routes everywhere.
	b.must(b.CreateRoute("rtb-1s", Route{Destination: "10.3.0.0/16", Target: "pcx-12"}))
	b.must(b.CreateRoute("rtb-2s", Route{Destination: "10.3.0.0/16", Target: "pcx-23"}))
	b.must(b.CreateRoute("rtb-3s", Route{Destination: "10.1.0.0/16", Target: "pcx-23"}))
	b.silent(one, three.Addr().String()+":80", "vpc-2", "no such address")

	// A security group of the peer can be named in a rule
	// (docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html).
	b.must(b.CreateSecurityGroup(SecurityGroup{ID: "sg-2-peer", VPC: "vpc-2", Ingress: []Rule{{Protocol: "tcp", FromPort: 80, ToPort: 80, Group: "sg-1-open"}}}))
	b.must(b.ModifyInterface("eni-two", []string{"sg-2-peer"}))
	b.wants(one, two.Addr().String()+":80", "two")
	b.must(b.ModifyInterface("eni-two", []string{"sg-2"}))
	b.silent(one, two.Addr().String()+":80", "eni-two", "security group, ingress")

	b.must(b.DeletePeering("pcx-12"))
	b.silent(one, two.Addr().String()+":80", "rtb-1s", "black hole")
}
