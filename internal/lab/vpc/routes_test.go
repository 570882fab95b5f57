package vpc_test

import (
	"net"
	"net/netip"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

func udpAddr(s string) *net.UDPAddr { return net.UDPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

// docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html: the
// longest prefix wins, and a CIDR block wins over an equally long entry of a
// prefix list.
func TestRoutePriority(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := b.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	b.Must(err)
	b.Must(b.PrefixLists().Create(vpc.PrefixList{ID: "pl-1", Entries: []netip.Prefix{netip.MustParsePrefix("93.184.216.0/24"), netip.MustParsePrefix("93.184.217.128/25")}}))
	b.AddSubnet("1", "a", "10.0.1.0/24", "0.0.0.0/0", "igw-1", "93.184.0.0/16", "nat-1", "pl-1", "igw-1", "93.184.216.0/24", "nat-1", "93.184.216.7/32", "igw-1")
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
		if got := b.TargetOf("rtb-a", netip.MustParseAddr(test.to)); got != test.via {
			t.Errorf("%s: got %+v, want %s", test.to, got, test.via)
		}
	}
}

// docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html: every table
// has a local route to all of the VPC; a subnet without an association uses the
// main table.
func TestLocalAndMainTable(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.Must(b.Subnets().Create(vpc.Subnet{ID: "subnet-b", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.1.0/24"), Zone: "ap-northeast-2b"}))
	web := b.AddPublicHost("web", "93.184.216.34")
	b.Serve(web, "web")
	one, two := b.AddHost("a", "one", false, "sg-1-open"), b.AddHost("b", "two", true, "sg-1-open")
	b.Serve(one, "one")
	b.Serve(two, "two")
	b.Wants(one, two.Addr().String()+":80", "two")
	b.Wants(two, one.Addr().String()+":80", "one")
	b.Silent(one, "10.0.0.99:80", "vpc-1", "no such address")

	b.Silent(two, "93.184.216.34:80", "rtb-1", "no route")
	b.Must(b.RouteTables().CreateRoute("rtb-1", vpc.Route{Destination: "0.0.0.0/0", Target: "igw-1"}))
	b.Wants(two, "93.184.216.34:80", "web")
	b.Must(b.RouteTables().Associate("rtb-a", "subnet-b"))
	b.Silent(two, "93.184.216.34:80", "rtb-a", "no route")
	b.Must(b.RouteTables().Disassociate("subnet-b"))
	b.Wants(two, "93.184.216.34:80", "web")
	b.Must(b.RouteTables().DeleteRoute("rtb-1", "0.0.0.0/0"))
	b.Silent(two, "93.184.216.34:80", "rtb-1", "no route")
}

func TestRouteRefusals(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddVPC("2", "10.2.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	create := func(dest, target string) error {
		return b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: dest, Target: target})
	}
	b.Refuses(create("0.0.0.0/0", "igw-1"), "RouteAlreadyExists")
	b.Refuses(create("10.0.3.0/24", "igw-1"), "InvalidParameterValue")
	b.Refuses(create("1.0.0.0/8", "igw-2"), "InvalidParameterValue")
	b.Refuses(create("1.0.0.0/8", "nat-9"), "InvalidParameterValue")
	b.Refuses(create("pl-9", "igw-1"), "InvalidParameterValue")
	b.Refuses(b.RouteTables().CreateRoute("rtb-9", vpc.Route{}), "InvalidRouteTableID.NotFound")
	b.Refuses(b.RouteTables().DeleteRoute("rtb-a", "10.0.0.0/16"), "InvalidParameterValue")
	b.Refuses(b.RouteTables().DeleteRoute("rtb-a", "9.0.0.0/8"), "InvalidRoute.NotFound")
	b.Refuses(b.RouteTables().ReplaceRoute("rtb-a", vpc.Route{Destination: "9.0.0.0/8", Target: "igw-1"}), "InvalidParameterValue")
	b.Refuses(b.RouteTables().Delete("rtb-a"), "DependencyViolation")
	b.Refuses(b.RouteTables().Delete("rtb-1"), "DependencyViolation")
	b.Refuses(b.RouteTables().Associate("rtb-2", "subnet-a"), "InvalidParameterValue")
	b.Refuses(b.RouteTables().Associate("rtb-1", "subnet-a"), "Resource.AlreadyAssociated")
	got, err := b.RouteTables().Get("rtb-a")
	b.Must(err)
	if len(got.Routes) != 2 || got.Routes[0] != (vpc.Route{Destination: "10.0.0.0/16", Target: "local", Active: true}) || got.Routes[1] != (vpc.Route{Destination: "0.0.0.0/0", Target: "igw-1", Active: true}) {
		t.Errorf("described as %+v", got)
	}
}

// A route can lead to an interface, even inside the VPC. A host behind it gets
// nothing that is not for it: the source/destination check of
// docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html is always on here.
func TestRouteToAnInterface(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	_, err := b.Interfaces().Create(vpc.Interface{ID: "eni-box", Subnet: "subnet-a", Groups: []string{"sg-1-open"}})
	b.Must(err)
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "10.0.9.0/24", Target: "eni-box"}))
	h := b.AddHost("a", "h", false)
	b.Silent(h, "10.0.9.9:80", "rtb-a", "black hole")
	_, err = b.Host("eni-box")
	b.Must(err)
	b.Silent(h, "10.0.9.9:80", "eni-box", "source/destination check")
}

// docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html and
// invalid-peering-configurations.html: blocks must not overlap, and a peering is
// not transitive.
func TestPeering(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	for _, v := range []struct{ name, cidr, subnet string }{
		{"1", "10.1.0.0/16", "10.1.0.0/24"}, {"2", "10.2.0.0/16", "10.2.0.0/24"}, {"3", "10.3.0.0/16", "10.3.0.0/24"},
	} {
		b.AddVPC(v.name, v.cidr)
		b.AddSubnet(v.name, v.name+"s", v.subnet)
	}
	b.AddVPC("4", "10.1.0.0/16")
	b.Refuses(b.Peerings().Create(vpc.Peering{ID: "pcx-14", Requester: "vpc-1", Accepter: "vpc-4"}), "InvalidParameterValue")
	b.Must(b.Peerings().Create(vpc.Peering{ID: "pcx-12", Requester: "vpc-1", Accepter: "vpc-2"}))
	b.Must(b.Peerings().Create(vpc.Peering{ID: "pcx-23", Requester: "vpc-2", Accepter: "vpc-3"}))
	one := b.AddHost("1s", "one", false, "sg-1-open")
	two := b.AddHost("2s", "two", false, "sg-2-open")
	three := b.AddHost("3s", "three", false, "sg-3-open")
	b.Serve(two, "two")
	b.Serve(three, "three")

	b.Silent(one, two.Addr().String()+":80", "rtb-1s", "no route")
	b.Must(b.RouteTables().CreateRoute("rtb-1s", vpc.Route{Destination: "10.2.0.0/16", Target: "pcx-12"}))
	b.Silent(one, two.Addr().String()+":80", "rtb-2s", "no route") // no way back
	b.Must(b.RouteTables().CreateRoute("rtb-2s", vpc.Route{Destination: "10.1.0.0/16", Target: "pcx-12"}))
	b.Wants(one, two.Addr().String()+":80", "two")

	// Through 2 to 3: not even with routes everywhere.
	b.Must(b.RouteTables().CreateRoute("rtb-1s", vpc.Route{Destination: "10.3.0.0/16", Target: "pcx-12"}))
	b.Must(b.RouteTables().CreateRoute("rtb-2s", vpc.Route{Destination: "10.3.0.0/16", Target: "pcx-23"}))
	b.Must(b.RouteTables().CreateRoute("rtb-3s", vpc.Route{Destination: "10.1.0.0/16", Target: "pcx-23"}))
	b.Silent(one, three.Addr().String()+":80", "vpc-2", "no such address")

	// A security group of the peer can be named in a rule
	// (docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html).
	b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-2-peer", VPC: "vpc-2", Ingress: []vpc.Rule{{Protocol: "tcp", FromPort: 80, ToPort: 80, Group: "sg-1-open"}}}))
	b.Must(b.Interfaces().Modify("eni-two", []string{"sg-2-peer"}))
	b.Wants(one, two.Addr().String()+":80", "two")
	b.Must(b.Interfaces().Modify("eni-two", []string{"sg-2"}))
	b.Silent(one, two.Addr().String()+":80", "eni-two", "security group, ingress")

	b.Must(b.Peerings().Delete("pcx-12"))
	b.Silent(one, two.Addr().String()+":80", "rtb-1s", "black hole")
}
