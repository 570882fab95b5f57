package resources

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/vpc"
)

func TestIDsHaveAWSsForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	for id, form := range map[string]string{
		v.id(): `^vpc-0[0-9a-f]{16}$`,
		a.id(): `^subnet-0[0-9a-f]{16}$`,
		v.Attributes["DefaultSecurityGroup"].(string): `^sg-0[0-9a-f]{16}$`,
	} {
		if !regexp.MustCompile(form).MatchString(id) {
			t.Errorf("%s is not of the form %s", id, form)
		}
	}
	again := newWorld(t)
	if v2, _, _ := again.network(); v2.id() != v.id() {
		t.Errorf("the same deployment has other ids: %s and %s", v.id(), v2.id())
	}
	if third := w.make("AWS::EC2::VPC", "Vpc", props{"CidrBlock": "10.0.0.0/16"}); third.id() == v.id() {
		t.Error("a replacement has the id of what it replaces")
	}
}

func TestNamesAreCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("x", 100)
	for _, test := range []struct {
		stack, logical string
		limit          int
		want           string
	}{
		{"Gateway", "Role", 64, `^Gateway-Role-\w{12}$`},
		{long, "Role", 64, `^x{46}-Role-\w{12}$`},
		{"Gateway", long, 64, `^Gateway-x{43}-\w{12}$`},
		{long, long, 32, `^x{9}-x{9}-\w{12}$`},
	} {
		q := w.make("AWS::EC2::InternetGateway", test.logical, props{}).Request
		q.Stack = test.stack
		got := w.name(q, test.limit)
		if !regexp.MustCompile(test.want).MatchString(got) || len(got) > test.limit {
			t.Errorf("%s, %s in %d: %s, want %s", test.stack, test.logical, test.limit, got, test.want)
		}
	}
}

func TestVPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.make("AWS::EC2::VPC", "Vpc", props{"CidrBlock": "20.0.0.0/16"})
	seen, err := w.Network.VPCs().Get(v.id())
	if err != nil {
		t.Fatal(err)
	}
	if !seen.DNSSupport || seen.DNSHostnames {
		t.Errorf("without properties: DNS support %v, host names %v", seen.DNSSupport, seen.DNSHostnames)
	}
	v.change(props{"CidrBlock": "20.0.0.0/16", "EnableDnsSupport": "true", "EnableDnsHostnames": "true"})
	if seen, _ = w.Network.VPCs().Get(v.id()); !seen.DNSSupport || !seen.DNSHostnames {
		t.Errorf("after the update: DNS support %v, host names %v", seen.DNSSupport, seen.DNSHostnames)
	}
	if err := v.update(props{"CidrBlock": "10.0.0.0/16"}); err == nil || !strings.Contains(err.Error(), "is replaced") {
		t.Errorf("another block: %v", err)
	}
	v.delete()
}

func TestSubnet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	if a.Attributes["AvailabilityZone"] != "ap-northeast-2a" || a.Attributes["CidrBlock"] != "10.0.0.0/24" {
		t.Errorf("attributes %v", a.Attributes)
	}
	a.change(props{"VpcId": v.id(), "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "ap-northeast-2a", "MapPublicIpOnLaunch": true})
	if s, _ := w.Network.Subnets().Get(a.id()); !s.MapPublic {
		t.Error("MapPublicIpOnLaunch did not change")
	}
	_, err := w.try("AWS::EC2::Subnet", "C", props{"VpcId": v.id(), "CidrBlock": "10.0.0.128/25"})
	if err == nil || !strings.Contains(err.Error(), "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet") {
		t.Errorf("an overlapping subnet: %v", err)
	}
	a.delete()
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	other := w.make("AWS::EC2::RouteTable", "Other", props{"VpcId": v.id()})
	gateway := w.make("AWS::EC2::InternetGateway", "Gateway", props{})
	attachment := w.make("AWS::EC2::VPCGatewayAttachment", "Attachment", props{"VpcId": v.id(), "InternetGatewayId": gateway.id()})
	route := w.make("AWS::EC2::Route", "Route", props{"RouteTableId": table.id(), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway.id()})
	association := w.make("AWS::EC2::SubnetRouteTableAssociation", "Association", props{"SubnetId": a.id(), "RouteTableId": table.id()})

	if route.id() != table.id()+"|0.0.0.0/0" {
		t.Errorf("route's id is %s", route.id())
	}
	state := func(table *thing) vpc.RouteTable {
		got, err := w.Network.RouteTables().Get(table.id())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := vpc.RouteTable{ID: table.id(), VPC: v.id(), Subnets: []string{a.id()}, Routes: []vpc.Route{
		{Destination: "10.0.0.0/16", Target: "local", Active: true},
		{Destination: "0.0.0.0/0", Target: gateway.id(), Active: true},
	}}
	if d := cmp.Diff(want, state(table)); d != "" {
		t.Error(d)
	}
	if _, err := w.try("AWS::EC2::SubnetRouteTableAssociation", "Twice", props{"SubnetId": a.id(), "RouteTableId": other.id()}); err == nil || !strings.Contains(err.Error(), "Resource.AlreadyAssociated") {
		t.Errorf("a second association: %v", err)
	}
	association.change(props{"SubnetId": a.id(), "RouteTableId": other.id()})
	if got := state(other).Subnets; len(got) != 1 || len(state(table).Subnets) != 0 {
		t.Errorf("after the update the other table holds for %v", got)
	}
	route.delete()
	if got := state(table).Routes; len(got) != 1 {
		t.Errorf("after the deletion the routes are %v", got)
	}
	for _, x := range []*thing{association, attachment, gateway, table, other} {
		x.delete()
	}
	if n := len(w.Network.RouteTables().All()); n != 1 {
		t.Errorf("%d route tables are left, want the main one", n)
	}
}

func TestRouteNeedsOneDestinationAndOneTarget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for want, p := range map[string]props{
		"exactly one of DestinationCidrBlock":       {"RouteTableId": "rtb-1", "GatewayId": "igw-1"},
		"exactly one of GatewayId":                  {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "NatGatewayId": "nat-1"},
		"exactly one of DestinationCidrBlock, Dest": {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
		"property CoreNetworkArn is not supported":  {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "CoreNetworkArn": "arn:1"},
	} {
		if _, err := w.try("AWS::EC2::Route", "Route", p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", p, err, want)
		}
	}
}

func TestNatGatewayAndPeering(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	gateway := w.make("AWS::EC2::InternetGateway", "Gateway", props{})
	w.make("AWS::EC2::VPCGatewayAttachment", "Attachment", props{"VpcId": v.id(), "InternetGatewayId": gateway.id()})
	address := w.make("AWS::EC2::EIP", "Address", props{"Domain": "vpc"})
	nat := w.make("AWS::EC2::NatGateway", "Nat", props{"SubnetId": a.id(), "AllocationId": address.Attributes["AllocationId"]})
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	w.make("AWS::EC2::Route", "Out", props{"RouteTableId": table.id(), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": nat.id()})
	if got := w.Network.NatGateways().All(); len(got) != 1 || got[0].PublicAddr.String() != address.id() {
		t.Errorf("NAT gateways %v, want one at %s", got, address.id())
	}
	peer := w.make("AWS::EC2::VPC", "Peer", props{"CidrBlock": "20.0.0.0/16"})
	peering := w.make("AWS::EC2::VPCPeeringConnection", "Peering", props{"VpcId": v.id(), "PeerVpcId": peer.id()})
	w.make("AWS::EC2::Route", "Over", props{"RouteTableId": table.id(), "DestinationCidrBlock": "20.0.0.0/16", "VpcPeeringConnectionId": peering.id()})
	nat.delete()
	peering.delete()
	address.delete()
	if len(w.Network.NatGateways().All())+len(w.Network.Peerings().All())+len(w.addresses) != 0 {
		t.Error("something is left")
	}
}

// TestDeletionWaitsForWhatIsStillInUse: EC2's handlers try again while
// something uses the thing.
func TestDeletionWaitsForWhatIsStillInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, _ := w.network()
	if _, err := w.Network.Interfaces().Create(vpc.Interface{ID: "eni-1", Subnet: a.id()}); err != nil {
		t.Fatal(err)
	}
	started := w.Clock.Now()
	w.Clock.AfterFunc(20*time.Second, func() { _ = w.Network.Interfaces().Delete("eni-1") })
	a.delete()
	if took := w.Clock.Now().Sub(started); took < 20*time.Second {
		t.Errorf("the subnet was deleted after %v", took)
	}
}

func TestDeletionGivesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, _ := w.network()
	if _, err := w.Network.Interfaces().Create(vpc.Interface{ID: "eni-1", Subnet: a.id()}); err != nil {
		t.Fatal(err)
	}
	err := a.typ.Delete(context.Background(), a.Request)
	if err == nil || !strings.Contains(err.Error(), "DependencyViolation") {
		t.Errorf("a subnet in use: %v", err)
	}
}
