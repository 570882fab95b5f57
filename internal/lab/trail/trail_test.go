package trail_test

import (
	"net/netip"
	"testing"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/trail"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
	"provenendpoints/internal/trace"
)

// The last exchange of each conversation is kept, with the answer's way; after Stop
// nothing more.
func TestRecorder(t *testing.T) {
	t.Parallel()
	n := vpctest.New(t, vpc.Faults{})
	one, two := n.AddPair()
	n.Serve(two, "two")
	leg := func(port uint16) trail.Leg {
		return trail.Leg{From: one.Name(), Protocol: packet.TCP, To: netip.AddrPortFrom(two.Addr(), port)}
	}
	r := trail.Record(n.Network)
	n.Wants(one, vpctest.At(two.Addr(), 80), "two")
	first, ok := r.Exchange(leg(80))
	if !ok || first.There.To != two.Name() || first.Back == nil || first.Back.To != one.Name() {
		t.Fatalf("got %+v, %t; want it to get there and back", first, ok)
	}
	if first.There.Source.Port() != first.Back.Destination.Port() {
		t.Errorf("the answer is to port %d, the question from %d", first.Back.Destination.Port(), first.There.Source.Port())
	}
	n.Wants(one, vpctest.At(two.Addr(), 80), "two")
	if again, _ := r.Exchange(leg(80)); again.There.Source == first.There.Source {
		t.Error("the first connection is kept, not the last")
	}
	if _, ok := r.Exchange(leg(81)); ok {
		t.Error("there is an exchange that never was")
	}
	n.Must(n.Ping(one, two.Addr()))
	ping := trail.Leg{From: one.Name(), Protocol: packet.ICMP, To: netip.AddrPortFrom(two.Addr(), 0)}
	if e, ok := r.Exchange(ping); !ok || e.Back == nil {
		t.Errorf("the ping: %+v, %t", e, ok)
	}
	n.Silent(one, "10.0.7.7:80", "vpc-1", "no such address")
	lost, ok := r.Exchange(trail.Leg{From: one.Name(), Protocol: packet.TCP, To: netip.MustParseAddrPort("10.0.7.7:80")})
	if h, _, broken := lost.Broken(); !ok || !broken || h.Action != trace.Dropped || lost.Back != nil {
		t.Errorf("what was dropped: %+v", lost)
	}
	r.Stop()
	last, _ := r.Exchange(leg(80))
	n.Wants(one, vpctest.At(two.Addr(), 80), "two")
	if e, _ := r.Exchange(leg(80)); e.There.Source != last.There.Source {
		t.Error("it goes on after Stop")
	}
}
