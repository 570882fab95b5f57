package vpc

import (
	"fmt"
	"net/netip"
	"testing"
)

func BenchmarkHost(b *testing.B) {
	n := New(Options{})
	defer n.Close()
	n.CreateVPC(VPC{ID: "vpc-1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}})
	n.CreateSubnet(Subnet{ID: "subnet-1", VPC: "vpc-1", CIDR: netip.MustParsePrefix("10.0.0.0/16")})
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		id := fmt.Sprint("eni-", i)
		if _, err := n.CreateInterface(Interface{ID: id, Subnet: "subnet-1"}); err != nil {
			b.Fatal(err)
		}
		h, err := n.Host(id)
		if err != nil {
			b.Fatal(err)
		}
		h.Close()
		n.DeleteInterface(id)
	}
}
