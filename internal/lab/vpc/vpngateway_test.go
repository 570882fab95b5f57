package vpc_test

import (
	"net/netip"
	"slices"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html and
// …/vpc/latest/userguide/route-tables-priority.html: what a VPN connection has routes for
// is reached by a route to its gateway, written or propagated, and reaches the VPC, and
// nothing beyond it.
func TestVPNGateway(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	host := b.AddHost("a", "host", false, "sg-1-open")
	b.Serve(host, "host")
	vpn, office := b.VPNGateways(), netip.MustParsePrefix("192.168.0.0/16")
	b.Must(vpn.Create("vgw-1"))
	b.Refuses(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "192.168.0.0/16", Target: "vgw-1"}), "InvalidParameterValue")
	b.Must(vpn.Attach("vgw-1", "vpc-1"))
	stranger, err := b.CustomerHost("vgw-1", "stranger", netip.MustParseAddr("192.168.1.9"))
	b.Must(err)
	b.ServeSource(stranger)
	to := "192.168.1.9:80"

	b.Silent(host, to, "rtb-a", "no route")
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "192.168.0.0/16", Target: "vgw-1"}))
	b.Silent(host, to, "vgw-1", "no VPN connection")
	b.Must(vpn.Connect(vpc.VPNConnection{ID: "vpn-1", Gateway: "vgw-1"}))
	b.Must(vpn.AddRoute("vpn-1", office))
	b.Wants(host, to, host.Addr().String())
	b.Wants(stranger, host.Addr().String()+":80", "host")
	web := b.AddPublicHost("web", "93.184.216.34")
	b.Serve(web, "web")
	b.Silent(stranger, "93.184.216.34:80", "vpc-1", "no such address")
	b.Silent(host, "192.168.1.10:80", "vgw-1", "no such address")

	// Propagated, in place of the route that was written.
	b.Must(b.RouteTables().DeleteRoute("rtb-a", "192.168.0.0/16"))
	b.Silent(host, to, "rtb-a", "no route")
	b.Must(vpn.Propagate("vgw-1", "rtb-a", true))
	b.Wants(host, to, host.Addr().String())
	table, err := b.RouteTables().Get("rtb-a")
	b.Must(err)
	propagated := func(r vpc.Route) bool {
		return r.Propagated && r.Destination == office.String() && r.Target == "vgw-1" && r.Active
	}
	if !slices.ContainsFunc(table.Routes, propagated) || !slices.Equal(table.Propagating, []string{"vgw-1"}) {
		t.Errorf("the table is %+v", table)
	}
	b.Refuses(b.RouteTables().DeleteRoute("rtb-a", office.String()), "InvalidParameterValue")
	b.Must(vpn.AddRoute("vpn-1", netip.MustParsePrefix("172.16.0.0/12")))
	b.Must(vpn.RemoveRoute("vpn-1", office))
	b.Silent(host, to, "rtb-a", "no route")
	b.Must(vpn.AddRoute("vpn-1", office))
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: office.String(), Target: "igw-1"}))
	b.Silent(host, to, "igw-1", "no public address") // the route that is written wins

	b.Must(vpn.Propagate("vgw-1", "rtb-a", false))
	b.Silent(host, "172.16.0.1:80", "rtb-a", "no route")
	b.Refuses(vpn.Attach("vgw-1", "vpc-1"), "VpnGatewayAttachmentLimitExceeded")
	b.Must(vpn.Create("vgw-2"))
	b.Refuses(vpn.Attach("vgw-2", "vpc-1"), "InvalidVpcState")
	b.Refuses(vpn.Propagate("vgw-2", "rtb-a", true), "Gateway.NotAttached")
	b.Refuses(vpn.Delete("vgw-1"), "DependencyViolation")
	b.Must(vpn.Detach("vgw-1", "vpc-1"))
	b.Refuses(vpn.Delete("vgw-1"), "DependencyViolation")
	b.Must(vpn.Disconnect("vpn-1"))
	b.Must(vpn.Delete("vgw-1"))
}

// docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html: attached VPCs reach
// each other where their route tables say so, from zones with an attachment, and not the
// internet of the other.
func TestTransitGateway(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddVPC("2", "20.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.AddSubnet("2", "b", "20.0.0.0/24")
	one, two := b.AddHost("a", "one", false, "sg-1-open"), b.AddHost("b", "two", false, "sg-2-open")
	b.ServeSource(two)
	transit := b.TransitGateways()
	b.Must(transit.Create(vpc.TransitGateway{ID: "tgw-1"}))
	b.Refuses(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "20.0.0.0/16", Target: "tgw-1"}), "InvalidTransitGatewayID.NotFound")
	attach := func(id, vpcName, subnet string) error {
		return transit.Attach(vpc.TransitAttachment{ID: id, Gateway: "tgw-1", VPC: "vpc-" + vpcName, Subnets: []string{"subnet-" + subnet}}, []string{"eni-" + id})
	}
	b.Must(attach("tgw-attach-1", "1", "a"))
	b.Must(b.RouteTables().CreateRoute("rtb-a", vpc.Route{Destination: "0.0.0.0/0", Target: "tgw-1"}))
	to := two.Addr().String() + ":80"
	b.Silent(one, to, "tgw-1", "no route")
	b.Must(attach("tgw-attach-2", "2", "b"))
	b.Silent(one, to, "rtb-b", "no route") // the answer
	b.Must(b.RouteTables().CreateRoute("rtb-b", vpc.Route{Destination: "10.0.0.0/16", Target: "tgw-1"}))
	b.Wants(one, to, one.Addr().String())
	b.Silent(one, "93.184.216.34:80", "tgw-1", "no route")

	b.Must(b.Subnets().Create(vpc.Subnet{ID: "subnet-z", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.9.0/24"), Zone: vpctest.ZoneB}))
	b.Must(b.RouteTables().Associate("rtb-a", "subnet-z"))
	b.Silent(b.AddHost("z", "z", false, "sg-1-open"), to, "tgw-1", "no attachment in the zone")

	b.Refuses(attach("tgw-attach-3", "2", "b"), "DuplicateTransitGatewayAttachment")
	b.Refuses(transit.Delete("tgw-1"), "DependencyViolation")
	b.Refuses(b.Interfaces().Delete("eni-tgw-attach-2"), "OperationNotPermitted")
	b.Must(transit.Detach("tgw-attach-2"))
	b.Silent(one, to, "tgw-1", "no route")
	b.Must(transit.Detach("tgw-attach-1"))
	b.Silent(one, to, "rtb-a", "black hole")
	b.Must(transit.Delete("tgw-1"))
}
