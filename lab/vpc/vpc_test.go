package vpc

import (
	"context"
	"io"
	"net/netip"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	n := New(Options{OnDrop: func(d Drop) { t.Logf("drop %+v", d) }})
	defer n.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(n.CreateVPC(VPC{ID: "vpc-1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}))
	must(n.CreateSubnet(Subnet{ID: "subnet-1", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.0.0/24")}))
	must(n.CreateInternetGateway("igw-1"))
	must(n.AttachInternetGateway("igw-1", "vpc-1"))
	must(n.CreateRoute("rtb-1", Route{Destination: "0.0.0.0/0", Target: "igw-1"}))
	s3, err := n.RegisterService(ServiceConfig{Name: "com.amazonaws.ap-northeast-2.s3", Addrs: []netip.Addr{netip.MustParseAddr("52.219.60.1")},
		PrefixList: &PrefixList{ID: "pl-1", Name: "com.amazonaws.ap-northeast-2.s3", Entries: []netip.Prefix{netip.MustParsePrefix("52.219.60.0/23")}}})
	must(err)
	a, err := n.CreateInterface(Interface{ID: "eni-a", Subnet: "subnet-1", Public: true})
	must(err)
	t.Log(a)
	ha, err := n.Host("eni-a")
	must(err)
	l, err := s3.Listen(443)
	must(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Logf("path %+v from %v", n.Path(c.RemoteAddr()), c.RemoteAddr())
			io.WriteString(c, "hello")
			c.Close()
		}
	}()
	try := func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		c, err := ha.Dial(ctx, "tcp", "52.219.60.1:443")
		must(err)
		b, err := io.ReadAll(c)
		must(err)
		t.Logf("%s", b)
	}
	try()
	_, err = n.CreateEndpoint(Endpoint{ID: "vpce-1", VPC: "vpc-1", Service: "com.amazonaws.ap-northeast-2.s3", Type: GatewayType, RouteTables: []string{"rtb-1"}})
	must(err)
	try()
}
