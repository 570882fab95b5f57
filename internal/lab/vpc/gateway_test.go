package vpc_test

import (
	"net/netip"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"provenendpoints/internal/lab/packet/packettest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html: a subnet is
// public by a route to an internet gateway, and an interface in it also needs a
// public address, between which and the private one the gateway translates.
func TestInternetGateway(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.AddSubnet("1", "priv", "10.0.1.0/24")
	web := b.AddPublicHost("web", "93.184.216.34")
	b.ServeSource(web)

	public := b.AddHost("pub", "public", true, "sg-1-open")
	b.ServeSource(public)
	in, err := b.Interfaces().Get("eni-public")
	b.Must(err)
	b.Wants(public, "93.184.216.34:80", in.PublicAddr.String())
	b.Wants(web, in.PublicAddr.String()+":80", "93.184.216.34")
	if err := b.Ping(public, web.Addr()); err != nil {
		t.Error(err)
	}
	if err := b.Ping(web, in.PublicAddr); err != nil {
		t.Error(err)
	}
	// To itself by the public address: out of and into the same gateway.
	other := b.AddHost("pub", "other", true, "sg-1-open")
	out, err := b.Interfaces().Get("eni-other")
	b.Must(err)
	b.Wants(other, in.PublicAddr.String()+":80", out.PublicAddr.String())

	// A Lambda function in a public subnet is such a host: no public address.
	b.Silent(b.AddHost("pub", "lambda", false), "93.184.216.34:80", "igw-1", "no public address")
	// A public address without the route.
	b.Silent(b.AddHost("priv", "private", true), "93.184.216.34:80", "rtb-priv", "no route")
	b.Silent(public, "93.184.216.99:80", "internet", "no such address")
	b.Silent(web, "10.0.0.4:80", "internet", "no such address")

	b.Refuses(b.InternetGateways().Detach("igw-1", "vpc-1"), "DependencyViolation")
	b.Refuses(b.InternetGateways().Delete("igw-1"), "DependencyViolation")
	for _, id := range []string{"eni-public", "eni-other", "eni-private"} {
		b.Must(b.Interfaces().DisassociateAddress(id))
	}
	b.Silent(web, in.PublicAddr.String()+":80", "internet", "no such address")
	b.Must(b.InternetGateways().Detach("igw-1", "vpc-1"))
	b.Silent(public, "93.184.216.34:80", "rtb-pub", "black hole")
	b.Must(b.InternetGateways().Attach("igw-1", "vpc-1"))
	_, err = b.Interfaces().AssociateAddress("eni-public", netip.MustParseAddr("13.124.1.1"), "")
	b.Must(err)
	b.Wants(public, "93.184.216.34:80", "13.124.1.1")
}

// A public address alone opens nothing: without an internet gateway nobody gets in.
func TestNoInternetGateway(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.Must(b.VPCs().Create(vpc.VPC{ID: "vpc-1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}))
	b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-open", VPC: "vpc-1", Ingress: []vpc.Rule{vpc.AllowAll}, Egress: []vpc.Rule{vpc.AllowAll}}))
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.Serve(b.AddHost("a", "h", true, "sg-open"), "h")
	in, err := b.Interfaces().Get("eni-h")
	b.Must(err)
	b.Silent(b.AddPublicHost("web", "93.184.216.34"), in.PublicAddr.String()+":80", "vpc-1", "no internet gateway")
}

// docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html and
// nat-gateway-basics.html: instances in a private subnet connect out, sources
// outside cannot connect to them.
func TestNatGateway(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	nat, err := b.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	b.Must(err)
	b.AddSubnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	web := b.AddPublicHost("web", "93.184.216.34")
	b.ServeSource(web)
	one, two := b.AddHost("priv", "one", false), b.AddHost("priv", "two", false)

	b.Wants(one, "93.184.216.34:80", nat.PublicAddr.String())
	b.Wants(two, "93.184.216.34:80", nat.PublicAddr.String())
	if err := b.Ping(one, web.Addr()); err != nil {
		t.Error(err)
	}
	b.Silent(web, nat.PublicAddr.String()+":80", "nat-1", "unknown flow")
	b.Silent(one, nat.PrivateAddr.String()+":80", "nat-1", "unknown flow")

	// Only what opens a flow opens one: no ICMP error, no answer that nobody asked.
	about := packettest.UDP(netip.AddrPortFrom(web.Addr(), 53), netip.AddrPortFrom(one.Addr(), 53))
	for name, raw := range map[string][]byte{
		"error": packettest.Error(one.Addr(), about),
		"reply": packettest.Echo(header.ICMPv4EchoReply, one.Addr(), web.Addr(), 9),
	} {
		b.ForgetDrops()
		one.Send(raw)
		if !b.Dropped("nat-1", "unknown flow") {
			t.Errorf("%s: dropped %+v", name, b.Drops())
		}
	}

	// Its own interface belongs to the service.
	b.Refuses(b.Interfaces().Delete(nat.Interface), "OperationNotPermitted")
	_, err = b.Host(nat.Interface)
	b.Refuses(err, "OperationNotPermitted")
	b.Refuses(b.Subnets().Delete("subnet-pub"), "DependencyViolation")

	b.Must(b.NatGateways().Delete("nat-1"))
	b.Silent(one, "93.184.216.34:80", "rtb-priv", "black hole")
	b.Must(b.Subnets().Delete("subnet-pub"))
}

// Two hosts behind one NAT gateway use the same source port to the same server:
// the gateway keeps them apart.
func TestNatGatewayKeepsEqualPortsApart(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := b.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	b.Must(err)
	b.AddSubnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	web := b.AddPublicHost("web", "93.184.216.34")
	echo, err := web.ListenPacket(7)
	b.Must(err)
	go func() {
		buf := make([]byte, 100)
		for {
			n, from, err := echo.ReadFrom(buf)
			if err != nil {
				return
			}
			echo.WriteTo(buf[:n], from)
		}
	}()
	for _, name := range []string{"one", "two"} {
		c, err := b.AddHost("priv", name, false).ListenPacket(5000)
		b.Must(err)
		defer c.Close()
		to := udpAddr("93.184.216.34:7")
		_, err = c.WriteTo([]byte(name), to)
		b.Must(err)
		buf := make([]byte, 100)
		n, from, err := c.ReadFrom(buf)
		b.Must(err)
		if string(buf[:n]) != name || from.String() != to.String() {
			t.Errorf("%s got %q from %s", name, buf[:n], from)
		}
	}
}
