package vpc_test

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// A capture shows each packet where it leaves and where it has been let in, with the
// addresses that it has there; what a filter drops is seen where it leaves alone.
func TestCapture(t *testing.T) {
	t.Parallel()
	n := vpctest.New(t, vpc.Faults{})
	n.AddVPC("1", "10.0.0.0/16")
	n.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := n.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	n.Must(err)
	n.AddSubnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	web, host := n.AddPublicHost("web", "93.184.216.34"), n.AddHost("priv", "one", false, "sg-1-open")
	n.Must(n.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-shut", VPC: "vpc-1"}))
	shut := n.AddHost("priv", "shut", false, "sg-shut")
	var mu sync.Mutex
	var seen []string
	stop := n.Capture(func(c vpc.Captured) {
		mu.Lock()
		defer mu.Unlock()
		ip := header.IPv4(c.Packet)
		if !ip.IsValid(len(ip)) || !ip.IsChecksumValid() {
			t.Errorf("no packet at %+v: % x", c.Interface, c.Packet)
			return
		}
		seen = append(seen, fmt.Sprintf("%s %s > %s", cmp.Or(c.Interface.ID, c.Host), ip.SourceAddress(), ip.DestinationAddress()))
	})
	n.Must(n.Ping(host, web.Addr()))
	if n.Ping(host, shut.Addr()) == nil {
		t.Error("a group without rules lets a ping in")
	}
	stop()
	n.Must(n.Ping(host, web.Addr()))
	want := []string{
		"eni-one 10.0.1.4 > 93.184.216.34",
		"eni-nat-1 10.0.1.4 > 93.184.216.34", "eni-nat-1 10.0.0.4 > 93.184.216.34",
		"web 3.36.0.10 > 93.184.216.34", "web 93.184.216.34 > 3.36.0.10",
		"eni-nat-1 93.184.216.34 > 10.0.0.4", "eni-nat-1 93.184.216.34 > 10.0.1.4",
		"eni-one 93.184.216.34 > 10.0.1.4",
		"eni-one 10.0.1.4 > 10.0.1.5",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("got  %q\nwant %q", seen, want)
	}
}
