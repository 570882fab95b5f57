package vpc_test

import (
	"net/netip"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: blocks are /16
// to /28.
func TestVPCRefusals(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	blocks := func(cidrs ...string) vpc.VPC {
		c := vpc.VPC{ID: "vpc-2"}
		for _, cidr := range cidrs {
			c.CIDRs = append(c.CIDRs, netip.MustParsePrefix(cidr))
		}
		return c
	}
	named := func(id, table, group string) vpc.VPC {
		c := blocks("10.0.0.0/16")
		c.ID, c.MainTable, c.DefaultGroup = id, table, group
		return c
	}
	for _, test := range []struct {
		code string
		c    vpc.VPC
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
		b.Refuses(b.VPCs().Create(test.c), test.code)
	}
	if len(b.VPCs().All()) != 1 || len(b.RouteTables().All()) != 1 || len(b.SecurityGroups().All()) != 2 {
		t.Error("a refused VPC left something")
	}
	b.Refuses(b.VPCs().Modify("vpc-9", true, true), "InvalidVpcID.NotFound")
	b.Must(b.VPCs().Modify("vpc-1", true, false))
	if v, err := b.VPCs().Get("vpc-1"); err != nil || !v.DNSSupport || v.DNSHostnames || v.MainTable != "rtb-1" || v.DefaultGroup != "sg-1" {
		t.Errorf("described as %+v, %v", v, err)
	}
}

// docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html: the first four
// addresses of a subnet and the last one are reserved.
func TestSubnetAddresses(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/28")
	create := func(id, a string) error {
		c := vpc.Interface{ID: id, Subnet: "subnet-a"}
		if a != "" {
			c.PrivateAddr = netip.MustParseAddr(a)
		}
		_, err := b.Interfaces().Create(c)
		return err
	}
	for _, a := range []string{"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.15", "10.0.0.16", "10.0.1.4"} {
		b.Refuses(create("eni-x", a), "InvalidParameterValue")
	}
	b.Must(create("eni-given", "10.0.0.5"))
	b.Refuses(create("eni-x", "10.0.0.5"), "InvalidIPAddress.InUse")
	for i := range 10 { // eleven are usable, one is taken
		b.Must(create("eni-"+string(rune('a'+i)), ""))
	}
	b.Refuses(create("eni-x", ""), "InsufficientFreeAddressesInSubnet")
	b.Must(b.Interfaces().Delete("eni-c"))
	b.Must(create("eni-x", ""))
	if x, err := b.Interfaces().Get("eni-x"); err != nil || x.PrivateAddr != netip.MustParseAddr("10.0.0.7") || x.VPC != "vpc-1" || x.Zone != "ap-northeast-2a" {
		t.Errorf("described as %+v, %v", x, err)
	}
}

func TestSubnetRefusals(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	create := func(cidr, zone string) error {
		return b.Subnets().Create(vpc.Subnet{ID: "subnet-x", VPC: "vpc-1", CIDR: netip.MustParsePrefix(cidr), Zone: zone})
	}
	b.Refuses(create("10.0.0.128/25", ""), "InvalidSubnet.Conflict")
	b.Refuses(create("10.1.0.0/24", ""), "InvalidSubnet.Range")
	b.Refuses(create("10.0.0.0/15", ""), "InvalidSubnet.Range")
	b.Refuses(create("10.0.1.0/29", ""), "InvalidSubnet.Range")
	b.Refuses(create("10.0.1.0/24", "us-east-1a"), "InvalidParameterValue")
	b.Refuses(b.Subnets().Create(vpc.Subnet{ID: "subnet-a", VPC: "vpc-1"}), "InvalidParameterValue")
	b.Refuses(b.Subnets().Create(vpc.Subnet{ID: "subnet-x", VPC: "vpc-9"}), "InvalidVpcID.NotFound")
	b.Refuses(b.Subnets().Modify("subnet-x", true, false), "InvalidSubnetID.NotFound")
	_, err := b.Subnets().Get("subnet-x")
	b.Refuses(err, "InvalidSubnetID.NotFound")
	b.Must(b.Subnets().Modify("subnet-a", true, false))
	if s, err := b.Subnets().Get("subnet-a"); err != nil || !s.MapPublic || len(b.Subnets().All()) != 1 {
		t.Errorf("described as %+v, %v", s, err)
	}
}

// Everything goes in the reverse order of its making and in no other.
func TestDeletionOrder(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddVPC("2", "10.2.0.0/16")
	b.Must(b.Peerings().Create(vpc.Peering{ID: "pcx-1", Requester: "vpc-1", Accepter: "vpc-2"}))
	b.AddSubnet("1", "a", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.AddHost("a", "h", true, "sg-1-open")
	steps := []func() error{
		func() error { return b.Interfaces().Delete("eni-h") },
		func() error { return b.Subnets().Delete("subnet-a") },
		func() error { return b.RouteTables().Delete("rtb-a") },
		func() error { return b.SecurityGroups().Delete("sg-1-open") },
		func() error { return b.InternetGateways().Detach("igw-1", "vpc-1") },
		func() error { return b.Peerings().Delete("pcx-1") },
	}
	b.Refuses(b.InternetGateways().Delete("igw-1"), "DependencyViolation")
	for i, step := range steps {
		b.Refuses(b.VPCs().Delete("vpc-1"), "DependencyViolation")
		if i == 0 {
			b.Refuses(step(), "InvalidParameterValue")
			h, err := b.Host("eni-h")
			b.Must(err)
			h.Close()
		}
		b.Must(step())
		if step() == nil {
			t.Errorf("step %d worked twice", i)
		}
	}
	b.Must(b.VPCs().Delete("vpc-1"))
	b.Refuses(b.VPCs().Delete("vpc-1"), "InvalidVpcID.NotFound")
	b.Must(b.InternetGateways().Delete("igw-1"))
	b.Refuses(b.InternetGateways().Delete("igw-1"), "InvalidInternetGatewayID.NotFound")
	b.Refuses(b.InternetGateways().Attach("igw-2", "vpc-1"), "InvalidVpcID.NotFound")
	for name, left := range map[string]int{
		"interfaces": len(b.Interfaces().All()), "subnets": len(b.Subnets().All()), "peerings": len(b.Peerings().All()), "VPCs": len(b.VPCs().All()) - 1,
		"tables": len(b.RouteTables().All()) - 1, "groups": len(b.SecurityGroups().All()) - 2, "gateways": len(b.InternetGateways().All()) - 1,
	} {
		if left != 0 {
			t.Errorf("%s are left: %d", name, left)
		}
	}
}

func TestInternetSideRefusals(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.AddPublicHost("web", "93.184.216.34")
	_, err := b.PublicHost("twin", netip.MustParseAddr("93.184.216.34"))
	b.Refuses(err, "InvalidIPAddress.InUse")
	_, err = b.PublicHost("none")
	b.Refuses(err, "MissingParameter")
	_, err = b.PublicHost("inner", netip.MustParseAddr("240.0.0.9"))
	b.Refuses(err, "InvalidParameterValue")
	_, err = b.Interfaces().Create(vpc.Interface{ID: "eni-1", Subnet: "subnet-a", PublicAddr: netip.MustParseAddr("93.184.216.34")})
	b.Refuses(err, "InvalidIPAddress.InUse")
	_, err = b.Interfaces().Create(vpc.Interface{ID: "eni-1", Subnet: "subnet-a"})
	b.Must(err)
	_, err = b.Interfaces().AssociateAddress("eni-1", netip.MustParseAddr("93.184.216.34"), "")
	b.Refuses(err, "Resource.AlreadyAssociated")
	a, err := b.Interfaces().AssociateAddress("eni-1", netip.Addr{}, "")
	if err != nil || !netip.MustParsePrefix("3.36.0.0/14").Contains(a) {
		t.Errorf("got %s, %v", a, err)
	}
	_, err = b.Interfaces().AssociateAddress("eni-9", netip.Addr{}, "")
	b.Refuses(err, "InvalidNetworkInterfaceID.NotFound")
	_, err = b.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-9"})
	b.Refuses(err, "InvalidSubnetID.NotFound")
	b.Must(b.Interfaces().DisassociateAddress("eni-1"))
	b.Must(b.InternetGateways().Detach("igw-1", "vpc-1"))
	_, err = b.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-a"})
	b.Refuses(err, "Gateway.NotAttached")
	b.Refuses(b.NatGateways().Delete("nat-1"), "NatGatewayNotFound")
}
