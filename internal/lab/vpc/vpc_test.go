package vpc

import (
	"net/netip"
	"testing"
)

// docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: blocks are /16
// to /28.
func TestVPCRefusals(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	blocks := func(cidrs ...string) VPC {
		c := VPC{ID: "vpc-2"}
		for _, cidr := range cidrs {
			c.CIDRs = append(c.CIDRs, prefix(cidr))
		}
		return c
	}
	named := func(id, table, group string) VPC {
		c := blocks("10.0.0.0/16")
		c.ID, c.MainTable, c.DefaultGroup = id, table, group
		return c
	}
	for _, test := range []struct {
		code string
		c    VPC
	}{
		{"InvalidParameterValue", named("vpc-1", "", "")},
		{"InvalidParameterValue", named("vpc-2", "rtb-1", "")},
		{"InvalidParameterValue", named("vpc-2", "", "sg-1")},
		{"MissingParameter", named("", "", "")},
		{"MissingParameter", blocks()},
		{"InvalidVpc.Range", blocks("10.0.0.0/15")},
		{"InvalidVpc.Range", blocks("10.0.0.0/29")},
		{"InvalidVpc.Range", blocks("fd00::/16")},
		{"InvalidVpc.Range", blocks("0.1.0.0/16")},
		{"InvalidVpc.Range", blocks("127.0.0.0/16")},
		{"InvalidVpc.Range", blocks("169.254.0.0/16")},
		{"InvalidVpc.Range", blocks("224.0.0.0/16")},
		{"InvalidVpc.Range", blocks("240.0.0.0/16")},
		{"InvalidVpc.Range", blocks("10.0.0.0/16", "10.0.1.0/24")},
		{"InvalidParameterValue", blocks("10.0.1.0/16")},
	} {
		b.refuses(b.CreateVPC(test.c), test.code)
	}
	if len(b.VPCs()) != 1 || len(b.RouteTables()) != 1 || len(b.SecurityGroups()) != 2 {
		t.Error("a refused VPC left something")
	}
	b.refuses(b.ModifyVPC("vpc-9", true, true), "InvalidVpcID.NotFound")
	b.must(b.ModifyVPC("vpc-1", false, true))
	if v, err := b.VPC("vpc-1"); err != nil || v.DNSSupport || !v.DNSHostnames || v.MainTable != "rtb-1" || v.DefaultGroup != "sg-1" {
		t.Errorf("described as %+v, %v", v, err)
	}
}

// docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html: the first four
// addresses of a subnet and the last one are reserved.
func TestSubnetAddresses(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/28")
	create := func(id, a string) error {
		c := Interface{ID: id, Subnet: "subnet-a"}
		if a != "" {
			c.PrivateAddr = addr(a)
		}
		_, err := b.CreateInterface(c)
		return err
	}
	for _, a := range []string{"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.15", "10.0.0.16", "10.0.1.4"} {
		b.refuses(create("eni-x", a), "InvalidParameterValue")
	}
	b.must(create("eni-given", "10.0.0.5"))
	b.refuses(create("eni-x", "10.0.0.5"), "InvalidIPAddress.InUse")
	for i := range 10 { // eleven are usable, one is taken
		b.must(create("eni-"+string(rune('a'+i)), ""))
	}
	b.refuses(create("eni-x", ""), "InsufficientFreeAddressesInSubnet")
	b.must(b.DeleteInterface("eni-c"))
	b.must(create("eni-x", ""))
	if x, err := b.Interface("eni-x"); err != nil || x.PrivateAddr != addr("10.0.0.7") || x.VPC != "vpc-1" || x.Zone != "ap-northeast-2a" {
		t.Errorf("described as %+v, %v", x, err)
	}
}

func TestSubnetRefusals(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	create := func(cidr, zone string) error {
		return b.CreateSubnet(Subnet{ID: "subnet-x", VPC: "vpc-1", CIDR: prefix(cidr), Zone: zone})
	}
	b.refuses(create("10.0.0.128/25", ""), "InvalidSubnet.Conflict")
	b.refuses(create("10.1.0.0/24", ""), "InvalidSubnet.Range")
	b.refuses(create("10.0.0.0/15", ""), "InvalidSubnet.Range")
	b.refuses(create("10.0.1.0/29", ""), "InvalidSubnet.Range")
	b.refuses(create("10.0.1.0/24", "us-east-1a"), "InvalidParameterValue")
	b.refuses(b.CreateSubnet(Subnet{ID: "subnet-a", VPC: "vpc-1"}), "InvalidParameterValue")
	b.refuses(b.CreateSubnet(Subnet{ID: "subnet-x", VPC: "vpc-9"}), "InvalidVpcID.NotFound")
	b.refuses(b.ModifySubnet("subnet-x", true), "InvalidSubnetID.NotFound")
	_, err := b.Subnet("subnet-x")
	b.refuses(err, "InvalidSubnetID.NotFound")
	b.must(b.ModifySubnet("subnet-a", true))
	if s, err := b.Subnet("subnet-a"); err != nil || !s.MapPublic || len(b.Subnets()) != 1 {
		t.Errorf("described as %+v, %v", s, err)
	}
}

// Everything goes in the reverse order of its making and in no other.
func TestDeletionOrder(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.vpc("2", "10.2.0.0/16")
	b.must(b.CreatePeering(Peering{ID: "pcx-1", Requester: "vpc-1", Accepter: "vpc-2"}))
	b.subnet("1", "a", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.host("a", "h", true, "sg-1-open")
	steps := []func() error{
		func() error { return b.DeleteInterface("eni-h") },
		func() error { return b.DeleteSubnet("subnet-a") },
		func() error { return b.DeleteRouteTable("rtb-a") },
		func() error { return b.DeleteSecurityGroup("sg-1-open") },
		func() error { return b.DetachInternetGateway("igw-1", "vpc-1") },
		func() error { return b.DeletePeering("pcx-1") },
	}
	b.refuses(b.DeleteInternetGateway("igw-1"), "DependencyViolation")
	for i, step := range steps {
		b.refuses(b.DeleteVPC("vpc-1"), "DependencyViolation")
		if i == 0 {
			b.refuses(step(), "InvalidParameterValue")
			h, err := b.Host("eni-h")
			b.must(err)
			h.Close()
		}
		b.must(step())
		if step() == nil {
			t.Errorf("step %d worked twice", i)
		}
	}
	b.must(b.DeleteVPC("vpc-1"))
	b.refuses(b.DeleteVPC("vpc-1"), "InvalidVpcID.NotFound")
	b.must(b.DeleteInternetGateway("igw-1"))
	b.refuses(b.DeleteInternetGateway("igw-1"), "InvalidInternetGatewayID.NotFound")
	b.refuses(b.AttachInternetGateway("igw-2", "vpc-1"), "InvalidVpcID.NotFound")
	for name, left := range map[string]int{
		"interfaces": len(b.Interfaces()), "subnets": len(b.Subnets()), "peerings": len(b.Peerings()), "VPCs": len(b.VPCs()) - 1,
		"tables": len(b.RouteTables()) - 1, "groups": len(b.SecurityGroups()) - 2, "gateways": len(b.InternetGateways()) - 1,
	} {
		if left != 0 {
			t.Errorf("%s are left: %d", name, left)
		}
	}
}

func TestInternetSideRefusals(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	b.public("web", "93.184.216.34")
	_, err := b.PublicHost("twin", addr("93.184.216.34"))
	b.refuses(err, "InvalidIPAddress.InUse")
	_, err = b.PublicHost("none")
	b.refuses(err, "MissingParameter")
	_, err = b.PublicHost("inner", addr("240.0.0.9"))
	b.refuses(err, "InvalidParameterValue")
	_, err = b.CreateInterface(Interface{ID: "eni-1", Subnet: "subnet-a", PublicAddr: addr("93.184.216.34")})
	b.refuses(err, "InvalidIPAddress.InUse")
	_, err = b.CreateInterface(Interface{ID: "eni-1", Subnet: "subnet-a"})
	b.must(err)
	_, err = b.AssociateAddress("eni-1", addr("93.184.216.34"))
	b.refuses(err, "Resource.AlreadyAssociated")
	a, err := b.AssociateAddress("eni-1", netip.Addr{})
	if err != nil || !prefix("3.36.0.0/14").Contains(a) {
		t.Errorf("got %s, %v", a, err)
	}
	_, err = b.AssociateAddress("eni-9", netip.Addr{})
	b.refuses(err, "InvalidNetworkInterfaceID.NotFound")
	_, err = b.CreateNatGateway(NatGateway{ID: "nat-1", Subnet: "subnet-9"})
	b.refuses(err, "InvalidSubnetID.NotFound")
	b.must(b.DisassociateAddress("eni-1"))
	b.must(b.DetachInternetGateway("igw-1", "vpc-1"))
	_, err = b.CreateNatGateway(NatGateway{ID: "nat-1", Subnet: "subnet-a"})
	b.refuses(err, "Gateway.NotAttached")
	b.refuses(b.DeleteNatGateway("nat-1"), "NatGatewayNotFound")
}
