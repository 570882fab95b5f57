package vpc_test

import (
	"net/netip"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// Whoever watches sees where each packet ended, and by which addresses it was sent
// and arrived; after stop, nothing more.
func TestWatch(t *testing.T) {
	t.Parallel()
	n := vpctest.New(t, vpc.Faults{})
	n.AddVPC("1", "10.0.0.0/16")
	n.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	host, web := n.AddHost("pub", "host", true), n.AddPublicHost("web", "93.184.216.34")
	n.ServeSource(web)
	in, err := n.Interfaces().Get("eni-host")
	n.Must(err)
	var mu sync.Mutex
	seen := map[string]vpc.Transmission{} // the last of each host
	stop := n.Watch(func(s vpc.Transmission) {
		mu.Lock()
		defer mu.Unlock()
		seen[s.From] = s
	})
	n.Must(n.Ping(host, web.Addr()))
	at := func(a netip.Addr) netip.AddrPort { return netip.AddrPortFrom(a, 0) }
	ports := cmpopts.EquateComparable(netip.AddrPort{})
	want := vpc.Transmission{
		From: "web", To: "eni-host", Protocol: 1,
		SentFrom: at(web.Addr()), SentTo: at(in.PublicAddr), Source: at(web.Addr()), Destination: at(in.PrivateAddr),
	}
	got := func(from string) vpc.Transmission {
		mu.Lock()
		defer mu.Unlock()
		s := seen[from]
		for _, a := range []*netip.AddrPort{&s.SentFrom, &s.SentTo, &s.Source, &s.Destination} {
			*a = at(a.Addr()) // without the echo's identifier
		}
		return s
	}
	if diff := cmp.Diff(want, got("web"), ports); diff != "" {
		t.Errorf("the answer (-want +got):\n%s", diff)
	}
	if s := got("eni-host"); s.Source.Addr() != in.PublicAddr || s.SentFrom.Addr() != in.PrivateAddr || s.To != "web" {
		t.Errorf("the question: %+v", s)
	}
	n.Silent(host, "10.0.7.7:80", "vpc-1", "no such address")
	if s := got("eni-host"); s.Drop != (vpc.Drop{At: "vpc-1", Reason: "no such address"}) || s.To != "" {
		t.Errorf("the packet to nowhere: %+v", s)
	}
	stop()
	last := got("eni-host")
	n.Must(n.Ping(host, web.Addr()))
	if s := got("eni-host"); s != last {
		t.Errorf("after stop: %+v", s)
	}
}
