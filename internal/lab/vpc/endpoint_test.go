package vpc

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// gatewayEndpoint creates vpce-ID in vpc-VPC for these tables.
func (b *bed) gatewayEndpoint(id, vpc string, tables ...string) {
	b.t.Helper()
	_, err := b.CreateEndpoint(Endpoint{ID: id, VPC: "vpc-" + vpc, Service: s3Name, Type: GatewayType, RouteTables: tables})
	b.must(err)
}

// docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html: a gateway
// endpoint is a route from the service's prefix list in the tables that it is
// associated with. It needs neither internet gateway nor public address, and the
// service sees the private address
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html).
func TestGatewayEndpoint(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.s3()
	b.public("web", "93.184.216.34")
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.subnet("1", "priv", "10.0.1.0/24")
	public, private := b.host("pub", "public", true), b.host("priv", "private", false)
	in, err := b.Interface("eni-public")
	b.must(err)
	overInternet := "  " + in.PublicAddr.String()

	b.silent(private, "52.219.60.1:443", "rtb-priv", "no route")
	b.wants(public, "52.219.60.1:443", overInternet)
	b.gatewayEndpoint("vpce-1", "1", "rtb-priv")
	for _, to := range []string{"52.219.60.1:443", "52.219.60.2:443"} {
		b.wants(private, to, "vpce-1 vpc-1 "+private.Addr().String())
	}
	b.wants(public, "52.219.60.1:443", overInternet) // its table is not associated
	if err := b.pings(private, addr("52.219.60.1")); err != nil {
		t.Error(err)
	}
	b.silent(private, "93.184.216.34:80", "rtb-priv", "no route")
	b.silent(private, "52.219.60.9:443", "vpce-1", "not an address of the service")

	rt, err := b.RouteTable("rtb-priv")
	b.must(err)
	if !slices.Contains(rt.Routes, Route{"pl-s3", "vpce-1", true}) {
		t.Errorf("routes %+v", rt.Routes)
	}
	b.refuses(b.DeleteRoute("rtb-priv", "pl-s3"), "InvalidParameterValue")
	b.refuses(b.CreateRoute("rtb-pub", Route{"pl-s3", "vpce-1", true}), "InvalidParameterValue")
	b.refuses(b.DeletePrefixList("pl-s3"), "DependencyViolation")

	b.must(b.ModifyGatewayEndpoint("vpce-1", "policy", []string{"rtb-pub"}))
	b.silent(private, "52.219.60.1:443", "rtb-priv", "no route")
	b.wants(public, "52.219.60.1:443", "vpce-1 vpc-1 "+public.Addr().String())
	if e, err := b.Endpoint("vpce-1"); err != nil || e.Policy != "policy" || !slices.Equal(e.RouteTables, []string{"rtb-pub"}) {
		t.Errorf("described as %+v, %v", e, err)
	}
	b.must(b.DeleteEndpoint("vpce-1"))
	b.wants(public, "52.219.60.1:443", overInternet)
}

// A more specific route than the prefix list's beats the endpoint
// (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html, "Routing").
func TestMoreSpecificRouteBeatsGatewayEndpoint(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.s3()
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.gatewayEndpoint("vpce-1", "1", "rtb-pub")
	h := b.host("pub", "h", true)
	in, err := b.Interface("eni-h")
	b.must(err)
	private := "vpce-1 vpc-1 " + h.Addr().String()
	b.wants(h, "52.219.60.1:443", private)
	b.must(b.CreateRoute("rtb-pub", Route{Destination: "52.219.60.1/32", Target: "igw-1"}))
	b.wants(h, "52.219.60.1:443", "  "+in.PublicAddr.String())
	b.wants(h, "52.219.60.2:443", private)
}

// Endpoint connections do not leave the VPC: through a peering nobody reaches
// the service (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html,
// "Considerations"). By a NAT gateway it is the gateway that uses the endpoint.
func TestGatewayEndpointIsForItsVPC(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.s3()
	b.vpc("1", "10.1.0.0/16")
	b.vpc("2", "10.2.0.0/16")
	b.must(b.CreatePeering(Peering{ID: "pcx-1", Requester: "vpc-1", Accepter: "vpc-2"}))
	b.subnet("1", "one", "10.1.0.0/24", "0.0.0.0/0", "pcx-1")
	b.subnet("2", "two", "10.2.0.0/24", "0.0.0.0/0", "igw-2", "10.1.0.0/16", "pcx-1")
	b.gatewayEndpoint("vpce-2", "2", "rtb-two", "rtb-2")
	b.silent(b.host("one", "far", false), "52.219.60.1:443", "vpc-2", "no such address")

	nat, err := b.CreateNatGateway(NatGateway{ID: "nat-1", Subnet: "subnet-two"})
	b.must(err)
	b.subnet("2", "priv", "10.2.1.0/24", "0.0.0.0/0", "nat-1")
	b.wants(b.host("priv", "near", false), "52.219.60.1:443", "vpce-2 vpc-2 "+nat.PrivateAddr.String())
}

// Two VPCs with the same block, and hosts with the same address: the service
// keeps them apart, and each gets its own answers.
func TestEqualAddressesOfDifferentVPCs(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.s3()
	for _, name := range []string{"a", "b", "c"} {
		b.vpc(name, "10.0.0.0/16")
		b.must(b.CreateSubnet(Subnet{ID: "subnet-" + name, VPC: "vpc-" + name, CIDR: prefix("10.0.0.0/24")}))
		b.gatewayEndpoint("vpce-"+name, name, "rtb-"+name)
	}
	for _, name := range []string{"a", "b", "c"} {
		h := b.host(name, name, false)
		if h.Addr() != addr("10.0.0.4") {
			t.Fatalf("the first free address is %s", h.Addr())
		}
		b.wants(h, "52.219.60.1:443", "vpce-"+name+" vpc-"+name+" 10.0.0.4")
	}
	if b.Path(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 4), Port: 1}) != (Path{Source: addr("10.0.0.4")}) {
		t.Error("a plain address has a path")
	}
}

// The mission's Custom-VPC is 20.0.0.0/16, which is public address space: inside
// it is local, elsewhere it is the internet.
func TestPublicAddressSpaceInsideAVPC(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("custom", "20.0.0.0/16")
	b.subnet("custom", "in", "20.0.0.0/24", "0.0.0.0/0", "igw-custom")
	b.vpc("my", "10.0.0.0/16")
	b.subnet("my", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-my")
	inside := b.host("in", "web", false, "sg-custom-open")
	b.serve(inside, "inside")
	b.serve(b.public("outside", inside.Addr().String()), "outside")
	to := inside.Addr().String() + ":80"
	b.wants(b.host("in", "near", true, "sg-custom-open"), to, "inside")
	b.wants(b.host("pub", "far", true), to, "outside")
}

// A new endpoint can be "available" and yet take no packets for a while.
func TestEndpointDelay(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{EndpointDelay: func(Endpoint) time.Duration { return time.Minute }})
	b.s3()
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	b.gatewayEndpoint("vpce-1", "1", "rtb-a")
	h := b.host("a", "h", false)
	b.silent(h, "52.219.60.1:443", "vpce-1", "not usable yet")
	b.must(b.Clock().Sleep(t.Context(), time.Minute))
	b.wants(h, "52.219.60.1:443", "vpce-1 vpc-1 "+h.Addr().String())
}

// What is open through an endpoint is cut when the endpoint goes.
func TestDeletedEndpointCutsItsConnections(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	s3 := b.s3()
	l, err := s3.Listen(7)
	b.must(err)
	accepted := make(chan net.Conn, 1)
	go func() {
		c, _ := l.Accept()
		accepted <- c
	}()
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	b.gatewayEndpoint("vpce-1", "1", "rtb-a")
	c, err := b.host("a", "h", false).Dial(t.Context(), "tcp", "52.219.60.1:7")
	b.must(err)
	defer c.Close()
	far := <-accepted
	defer far.Close()
	_, err = far.Write([]byte("a"))
	b.must(err)
	_, err = c.Read(make([]byte, 1))
	b.must(err)

	b.must(b.DeleteEndpoint("vpce-1"))
	b.must(c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = c.Write([]byte("b"))
	b.must(err)
	_, err = far.Write([]byte("c"))
	b.must(err)
	if n, err := c.Read(make([]byte, 1)); err == nil {
		t.Errorf("still connected: read %d bytes", n)
	}
	for at, reason := range map[string]string{"rtb-a": "no route", "internet": "no such path"} {
		if !b.dropped(at, reason) {
			t.Errorf("nothing dropped at %s: %s", at, reason)
		}
	}
}

func TestEndpointRefusals(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.s3()
	_, err := b.RegisterService(ServiceConfig{Name: "plain", Addrs: []netip.Addr{addr("52.95.193.132")}})
	b.must(err)
	_, err = b.RegisterService(ServiceConfig{Name: "plain", Addrs: []netip.Addr{addr("52.95.193.133")}})
	b.refuses(err, "InvalidServiceName")
	b.vpc("1", "10.0.0.0/16")
	b.vpc("2", "10.2.0.0/16")
	b.gatewayEndpoint("vpce-1", "1", "rtb-1")
	create := func(change func(*Endpoint)) error {
		c := Endpoint{ID: "vpce-2", VPC: "vpc-1", Service: s3Name, Type: GatewayType}
		change(&c)
		_, err := b.CreateEndpoint(c)
		return err
	}
	b.refuses(create(func(c *Endpoint) { c.ID = "vpce-1" }), "InvalidParameterValue")
	b.refuses(create(func(c *Endpoint) { c.VPC = "vpc-9" }), "InvalidVpcID.NotFound")
	b.refuses(create(func(c *Endpoint) { c.Service = "com.amazonaws.ap-northeast-2.s4" }), "InvalidServiceName")
	b.refuses(create(func(c *Endpoint) { c.Service = "plain" }), "InvalidServiceName")
	b.refuses(create(func(c *Endpoint) { c.PrivateDNS = true }), "InvalidParameter")
	b.refuses(create(func(c *Endpoint) { c.Type = "Gate" }), "InvalidParameter")
	b.refuses(create(func(c *Endpoint) { c.RouteTables = []string{"rtb-1"} }), "RouteAlreadyExists")
	b.refuses(create(func(c *Endpoint) { c.RouteTables = []string{"rtb-2"} }), "InvalidRouteTableId.NotFound")
	b.refuses(create(func(c *Endpoint) { c.RouteTables = []string{"rtb-9"} }), "InvalidRouteTableID.NotFound")
	b.refuses(b.DeleteEndpoint("vpce-2"), "InvalidVpcEndpointId.NotFound")
	b.refuses(b.DeleteVPC("vpc-1"), "DependencyViolation")
	if got := b.Endpoints(); len(got) != 1 || got[0].State != "available" {
		t.Errorf("endpoints %+v", got)
	}
}
