package privatelink_test

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// gatewayEndpoint creates vpce-ID in vpc-VPC for these tables.
func (b gateways) gatewayEndpoint(id, vpc string, tables ...string) {
	b.T.Helper()
	_, err := b.CreateEndpoint(privatelink.Endpoint{ID: id, VPC: "vpc-" + vpc, Service: s3Name, Type: privatelink.GatewayType, RouteTables: tables})
	b.Must(err)
}

// docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html: a gateway
// endpoint is a route from the service's prefix list in the tables that it is
// associated with. It needs neither internet gateway nor public address, and the
// service sees the private address
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html).
func TestGatewayEndpoint(t *testing.T) {
	t.Parallel()
	b := newGateways(t, nil)
	b.s3()
	b.AddPublicHost("web", "93.184.216.34")
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.AddSubnet("1", "priv", "10.0.1.0/24")
	public, private := b.AddHost("pub", "public", true), b.AddHost("priv", "private", false)
	in, err := b.Interfaces().Get("eni-public")
	b.Must(err)
	overInternet := "  " + in.PublicAddr.String()

	b.Silent(private, "52.219.60.1:443", "rtb-priv", "no route")
	b.Wants(public, "52.219.60.1:443", overInternet)
	b.gatewayEndpoint("vpce-1", "1", "rtb-priv")
	for _, to := range []string{"52.219.60.1:443", "52.219.60.2:443"} {
		b.Wants(private, to, "vpce-1 vpc-1 "+private.Addr().String())
	}
	b.Wants(public, "52.219.60.1:443", overInternet) // its table is not associated
	if err := b.Ping(private, netip.MustParseAddr("52.219.60.1")); err != nil {
		t.Error(err)
	}
	b.Silent(private, "93.184.216.34:80", "rtb-priv", "no route")
	b.Silent(private, "52.219.60.9:443", "vpce-1", "not an address of the service")

	rt, err := b.RouteTables().Get("rtb-priv")
	b.Must(err)
	if !slices.Contains(rt.Routes, vpc.Route{Destination: "pl-s3", Target: "vpce-1", Active: true}) {
		t.Errorf("routes %+v", rt.Routes)
	}
	b.Refuses(b.RouteTables().DeleteRoute("rtb-priv", "pl-s3"), "InvalidParameterValue")
	b.Refuses(b.RouteTables().CreateRoute("rtb-pub", vpc.Route{Destination: "pl-s3", Target: "vpce-1", Active: true}), "InvalidParameterValue")
	b.Refuses(b.PrefixLists().Delete("pl-s3"), "DependencyViolation")

	b.Must(b.ModifyGatewayEndpoint("vpce-1", "policy", []string{"rtb-pub"}))
	b.Silent(private, "52.219.60.1:443", "rtb-priv", "no route")
	b.Wants(public, "52.219.60.1:443", "vpce-1 vpc-1 "+public.Addr().String())
	if e, err := b.Endpoint("vpce-1"); err != nil || e.Policy != "policy" || !slices.Equal(e.RouteTables, []string{"rtb-pub"}) {
		t.Errorf("described as %+v, %v", e, err)
	}
	b.Must(b.DeleteEndpoint("vpce-1"))
	b.Wants(public, "52.219.60.1:443", overInternet)
}

// A more specific route than the prefix list's beats the endpoint
// (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html, "Routing").
func TestMoreSpecificRouteBeatsGatewayEndpoint(t *testing.T) {
	t.Parallel()
	b := newGateways(t, nil)
	b.s3()
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.gatewayEndpoint("vpce-1", "1", "rtb-pub")
	h := b.AddHost("pub", "h", true)
	in, err := b.Interfaces().Get("eni-h")
	b.Must(err)
	private := "vpce-1 vpc-1 " + h.Addr().String()
	b.Wants(h, "52.219.60.1:443", private)
	b.Must(b.RouteTables().CreateRoute("rtb-pub", vpc.Route{Destination: "52.219.60.1/32", Target: "igw-1"}))
	b.Wants(h, "52.219.60.1:443", "  "+in.PublicAddr.String())
	b.Wants(h, "52.219.60.2:443", private)
}

// Endpoint connections do not leave the VPC: through a peering nobody reaches
// the service (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html,
// "Considerations"). By a NAT gateway it is the gateway that uses the endpoint.
func TestGatewayEndpointIsForItsVPC(t *testing.T) {
	t.Parallel()
	b := newGateways(t, nil)
	b.s3()
	b.AddVPC("1", "10.1.0.0/16")
	b.AddVPC("2", "10.2.0.0/16")
	b.Must(b.Peerings().Create(vpc.Peering{ID: "pcx-1", Requester: "vpc-1", Accepter: "vpc-2"}))
	b.AddSubnet("1", "one", "10.1.0.0/24", "0.0.0.0/0", "pcx-1")
	b.AddSubnet("2", "two", "10.2.0.0/24", "0.0.0.0/0", "igw-2", "10.1.0.0/16", "pcx-1")
	b.gatewayEndpoint("vpce-2", "2", "rtb-two", "rtb-2")
	b.Silent(b.AddHost("one", "far", false), "52.219.60.1:443", "vpc-2", "no such address")

	nat, err := b.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-two"})
	b.Must(err)
	b.AddSubnet("2", "priv", "10.2.1.0/24", "0.0.0.0/0", "nat-1")
	b.Wants(b.AddHost("priv", "near", false), "52.219.60.1:443", "vpce-2 vpc-2 "+nat.PrivateAddr.String())
}

// Two VPCs with the same block, and hosts with the same address: the service
// keeps them apart, and each gets its own answers.
func TestEqualAddressesOfDifferentVPCs(t *testing.T) {
	t.Parallel()
	b := newGateways(t, nil)
	b.s3()
	for _, name := range []string{"a", "b", "c"} {
		b.AddVPC(name, "10.0.0.0/16")
		b.Must(b.Subnets().Create(vpc.Subnet{ID: "subnet-" + name, VPC: "vpc-" + name, CIDR: netip.MustParsePrefix("10.0.0.0/24")}))
		b.gatewayEndpoint("vpce-"+name, name, "rtb-"+name)
	}
	for _, name := range []string{"a", "b", "c"} {
		h := b.AddHost(name, name, false)
		if h.Addr() != netip.MustParseAddr("10.0.0.4") {
			t.Fatalf("the first free address is %s", h.Addr())
		}
		b.Wants(h, "52.219.60.1:443", "vpce-"+name+" vpc-"+name+" 10.0.0.4")
	}
	if b.Path(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 4), Port: 1}) != (vpc.Path{Source: netip.MustParseAddr("10.0.0.4")}) {
		t.Error("a plain address has a path")
	}
}

// The mission's Custom-VPC is 20.0.0.0/16, which is public address space: inside
// it is local, elsewhere it is the internet.
func TestPublicAddressSpaceInsideAVPC(t *testing.T) {
	t.Parallel()
	b := newGateways(t, nil)
	b.AddVPC("custom", "20.0.0.0/16")
	b.AddSubnet("custom", "in", "20.0.0.0/24", "0.0.0.0/0", "igw-custom")
	b.AddVPC("my", "10.0.0.0/16")
	b.AddSubnet("my", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-my")
	inside := b.AddHost("in", "web", false, "sg-custom-open")
	b.Serve(inside, "inside")
	b.Serve(b.AddPublicHost("outside", inside.Addr().String()), "outside")
	to := inside.Addr().String() + ":80"
	b.Wants(b.AddHost("in", "near", true, "sg-custom-open"), to, "inside")
	b.Wants(b.AddHost("pub", "far", true), to, "outside")
}

// A new endpoint can be "available" and yet take no packets for a while.
func TestEndpointDelay(t *testing.T) {
	t.Parallel()
	b := newGateways(t, func(privatelink.Endpoint) time.Duration { return time.Minute })
	b.s3()
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.gatewayEndpoint("vpce-1", "1", "rtb-a")
	h := b.AddHost("a", "h", false)
	b.Silent(h, "52.219.60.1:443", "vpce-1", "not usable yet")
	b.Must(b.Clock().Sleep(t.Context(), time.Minute))
	b.Wants(h, "52.219.60.1:443", "vpce-1 vpc-1 "+h.Addr().String())
}

// What is open through an endpoint is cut when the endpoint goes.
func TestDeletedEndpointCutsItsConnections(t *testing.T) {
	t.Parallel()
	b := newGateways(t, nil)
	s3 := b.s3()
	l, err := s3.Listen(7)
	b.Must(err)
	accepted := make(chan net.Conn, 1)
	go func() {
		c, _ := l.Accept()
		accepted <- c
	}()
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.gatewayEndpoint("vpce-1", "1", "rtb-a")
	c, err := b.AddHost("a", "h", false).Dial(t.Context(), "tcp", "52.219.60.1:7")
	b.Must(err)
	defer c.Close()
	far := <-accepted
	defer far.Close()
	_, err = far.Write([]byte("a"))
	b.Must(err)
	_, err = c.Read(make([]byte, 1))
	b.Must(err)

	b.Must(b.DeleteEndpoint("vpce-1"))
	b.Must(c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = c.Write([]byte("b"))
	b.Must(err)
	_, err = far.Write([]byte("c"))
	b.Must(err)
	if n, err := c.Read(make([]byte, 1)); err == nil {
		t.Errorf("still connected: read %d bytes", n)
	}
	for at, reason := range map[string]string{"rtb-a": "no route", "internet": "no such path"} {
		if !b.Dropped(at, reason) {
			t.Errorf("nothing dropped at %s: %s", at, reason)
		}
	}
}

func TestEndpointRefusals(t *testing.T) {
	t.Parallel()
	b := newGateways(t, nil)
	b.s3()
	_, err := b.RegisterService(privatelink.ServiceConfig{Name: "plain", Addrs: []netip.Addr{netip.MustParseAddr("52.95.193.132")}})
	b.Must(err)
	_, err = b.RegisterService(privatelink.ServiceConfig{Name: "plain", Addrs: []netip.Addr{netip.MustParseAddr("52.95.193.133")}})
	b.Refuses(err, "InvalidServiceName")
	b.AddVPC("1", "10.0.0.0/16")
	b.AddVPC("2", "10.2.0.0/16")
	b.gatewayEndpoint("vpce-1", "1", "rtb-1")
	create := func(change func(*privatelink.Endpoint)) error {
		c := privatelink.Endpoint{ID: "vpce-2", VPC: "vpc-1", Service: s3Name, Type: privatelink.GatewayType}
		change(&c)
		_, err := b.CreateEndpoint(c)
		return err
	}
	b.Refuses(create(func(c *privatelink.Endpoint) { c.ID = "vpce-1" }), "InvalidParameterValue")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.VPC = "vpc-9" }), "InvalidVpcID.NotFound")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.Service = "com.amazonaws.ap-northeast-2.s4" }), "InvalidServiceName")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.Service = "plain" }), "InvalidServiceName")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.PrivateDNS = true }), "InvalidParameter")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.Type = "Gate" }), "InvalidParameter")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.RouteTables = []string{"rtb-1"} }), "RouteAlreadyExists")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.RouteTables = []string{"rtb-2"} }), "InvalidRouteTableId.NotFound")
	b.Refuses(create(func(c *privatelink.Endpoint) { c.RouteTables = []string{"rtb-9"} }), "InvalidRouteTableID.NotFound")
	b.Refuses(b.DeleteEndpoint("vpce-2"), "InvalidVpcEndpointId.NotFound")
	b.Refuses(b.VPCs().Delete("vpc-1"), "DependencyViolation")
	if got := b.Endpoints(); len(got) != 1 || got[0].State != "available" {
		t.Errorf("endpoints %+v", got)
	}
}
