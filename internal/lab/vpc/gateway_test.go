package vpc

import (
	"net/netip"
	"provenendpoints/internal/lab/packet/packettest"
	"testing"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html: a subnet is
// public by a route to an internet gateway, and an interface in it also needs a
// public address, between which and the private one the gateway translates.
func TestInternetGateway(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.subnet("1", "priv", "10.0.1.0/24")
	web := b.public("web", "93.184.216.34")
	b.seen(web)

	public := b.host("pub", "public", true, "sg-1-open")
	b.seen(public)
	in, err := b.Interface("eni-public")
	b.must(err)
	b.wants(public, "93.184.216.34:80", in.PublicAddr.String())
	b.wants(web, in.PublicAddr.String()+":80", "93.184.216.34")
	if err := b.pings(public, web.Addr()); err != nil {
		t.Error(err)
	}
	if err := b.pings(web, in.PublicAddr); err != nil {
		t.Error(err)
	}
	// To itself by the public address: out of and into the same gateway.
	other := b.host("pub", "other", true, "sg-1-open")
	out, err := b.Interface("eni-other")
	b.must(err)
	b.wants(other, in.PublicAddr.String()+":80", out.PublicAddr.String())

	// A Lambda function in a public subnet is such a host: no public address.
	b.silent(b.host("pub", "lambda", false), "93.184.216.34:80", "igw-1", "no public address")
	// A public address without the route.
	b.silent(b.host("priv", "private", true), "93.184.216.34:80", "rtb-priv", "no route")
	b.silent(public, "93.184.216.99:80", "internet", "no such address")
	b.silent(web, "10.0.0.4:80", "internet", "no such address")

	b.refuses(b.DetachInternetGateway("igw-1", "vpc-1"), "DependencyViolation")
	b.refuses(b.DeleteInternetGateway("igw-1"), "DependencyViolation")
	for _, id := range []string{"eni-public", "eni-other", "eni-private"} {
		b.must(b.DisassociateAddress(id))
	}
	b.silent(web, in.PublicAddr.String()+":80", "internet", "no such address")
	b.must(b.DetachInternetGateway("igw-1", "vpc-1"))
	b.silent(public, "93.184.216.34:80", "rtb-pub", "black hole")
	b.must(b.AttachInternetGateway("igw-1", "vpc-1"))
	_, err = b.AssociateAddress("eni-public", netip.MustParseAddr("13.124.1.1"))
	b.must(err)
	b.wants(public, "93.184.216.34:80", "13.124.1.1")
}

// A public address alone opens nothing: without an internet gateway nobody gets in.
func TestNoInternetGateway(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.must(b.CreateVPC(VPC{ID: "vpc-1", CIDRs: []netip.Prefix{prefix("10.0.0.0/16")}}))
	b.must(b.CreateSecurityGroup(SecurityGroup{ID: "sg-open", VPC: "vpc-1", Ingress: []Rule{AllowAll}, Egress: []Rule{AllowAll}}))
	b.subnet("1", "a", "10.0.0.0/24")
	b.serve(b.host("a", "h", true, "sg-open"), "h")
	in, err := b.Interface("eni-h")
	b.must(err)
	b.silent(b.public("web", "93.184.216.34"), in.PublicAddr.String()+":80", "vpc-1", "no internet gateway")
}

// docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html and
// nat-gateway-basics.html: instances in a private subnet connect out, sources
// outside cannot connect to them.
func TestNatGateway(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	nat, err := b.CreateNatGateway(NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	b.must(err)
	b.subnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	web := b.public("web", "93.184.216.34")
	b.seen(web)
	one, two := b.host("priv", "one", false), b.host("priv", "two", false)

	b.wants(one, "93.184.216.34:80", nat.PublicAddr.String())
	b.wants(two, "93.184.216.34:80", nat.PublicAddr.String())
	if err := b.pings(one, web.Addr()); err != nil {
		t.Error(err)
	}
	b.silent(web, nat.PublicAddr.String()+":80", "nat-1", "unknown flow")
	b.silent(one, nat.PrivateAddr.String()+":80", "nat-1", "unknown flow")

	// Only what opens a flow opens one: no ICMP error, no answer that nobody asked.
	about := packettest.UDP(netip.AddrPortFrom(web.Addr(), 53), netip.AddrPortFrom(one.Addr(), 53))
	for name, raw := range map[string][]byte{
		"error": packettest.Error(one.Addr(), about),
		"reply": packettest.Echo(header.ICMPv4EchoReply, one.Addr(), web.Addr(), 9),
	} {
		b.forgetDrops()
		b.send(one, buffer.NewViewWithData(raw))
		if !b.dropped("nat-1", "unknown flow") {
			t.Errorf("%s: dropped %+v", name, b.drops)
		}
	}

	// Its own interface belongs to the service.
	b.refuses(b.DeleteInterface(nat.Interface), "OperationNotPermitted")
	_, err = b.Host(nat.Interface)
	b.refuses(err, "OperationNotPermitted")
	b.refuses(b.DeleteSubnet("subnet-pub"), "DependencyViolation")

	b.must(b.DeleteNatGateway("nat-1"))
	b.silent(one, "93.184.216.34:80", "rtb-priv", "black hole")
	b.must(b.DeleteSubnet("subnet-pub"))
}

// Two hosts behind one NAT gateway use the same source port to the same server:
// the gateway keeps them apart.
func TestNatGatewayKeepsEqualPortsApart(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := b.CreateNatGateway(NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	b.must(err)
	b.subnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	web := b.public("web", "93.184.216.34")
	echo, err := web.ListenPacket(7)
	b.must(err)
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
		c, err := b.host("priv", name, false).ListenPacket(5000)
		b.must(err)
		defer c.Close()
		to := udpAddr("93.184.216.34:7")
		_, err = c.WriteTo([]byte(name), to)
		b.must(err)
		buf := make([]byte, 100)
		n, from, err := c.ReadFrom(buf)
		b.must(err)
		if string(buf[:n]) != name || from.String() != to.String() {
			t.Errorf("%s got %q from %s", name, buf[:n], from)
		}
	}
}
