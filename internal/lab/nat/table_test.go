package nat

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/faketime"

	"provenendpoints/internal/lab/packet"
)

var (
	client = netip.MustParseAddrPort("10.0.0.4:40000")
	server = netip.MustParseAddrPort("52.219.60.1:443")
)

// eni stands for an interface.
type eni struct{ _ byte }

func TestTable(t *testing.T) {
	t.Parallel()
	clock := faketime.NewManualClock()
	table := NewTable[*eni](clock, time.Minute)
	inside, outside := &eni{}, &eni{}
	nat := netip.MustParseAddr("3.36.0.1")
	ask := func(client string) (in Arrival[*eni], to packet.Flow) {
		f := packet.Flow{Protocol: packet.TCP, Src: netip.MustParseAddrPort(client), Dst: server}
		return Arrival[*eni]{inside, f}, packet.Flow{Protocol: packet.TCP, Src: netip.AddrPortFrom(nat, f.Src.Port()), Dst: server}
	}
	in, to := ask("10.0.0.4:40000")
	out, ok := table.Add(in, to, outside, true)
	if !ok || out != to {
		t.Fatalf("first flow: %v, %t", out, ok)
	}
	for a, want := range map[Arrival[*eni]]struct {
		to  packet.Flow
		via *eni
	}{
		in:                      {to, outside},
		{outside, to.Reverse()}: {in.Flow.Reverse(), inside},
	} {
		if got, via, ok := table.Lookup(a); !ok || got != want.to || via != want.via {
			t.Errorf("%v: got %v, %t", a.Flow, got, ok)
		}
	}
	if _, _, ok := table.Lookup(Arrival[*eni]{outside, in.Flow}); ok {
		t.Error("a flow is known at another interface")
	}

	// The same port of another client: taken without masquerade, another one with.
	in2, to2 := ask("10.0.0.5:40000")
	if _, ok := table.Add(in2, to2, outside, false); ok {
		t.Error("a taken port was given away")
	}
	out2, ok := table.Add(in2, to2, outside, true)
	if !ok || out2.Src != netip.AddrPortFrom(nat, 40001) {
		t.Errorf("second flow: %v, %t", out2, ok)
	}

	// After the last port comes the first one that is not well known.
	full := NewTable[*eni](clock, time.Minute)
	for _, want := range []uint16{65535, 1024} {
		in, to := ask(fmt.Sprintf("10.0.0.%d:65535", 100+want%2))
		if out, ok := full.Add(in, to, outside, true); !ok || out.Src.Port() != want {
			t.Errorf("got port %d, want %d", out.Src.Port(), want)
		}
	}

	// What is used stays, both its directions; what is not, goes.
	for range 3 {
		clock.Advance(40 * time.Second)
		if _, _, ok := table.Lookup(Arrival[*eni]{outside, out2.Reverse()}); !ok {
			t.Error("a used flow was forgotten")
		}
	}
	if _, _, ok := table.Lookup(in); ok {
		t.Error("an idle flow is still known")
	}
	if _, _, ok := table.Lookup(in2); !ok {
		t.Error("the other direction of a used flow was forgotten")
	}
	table.Remove(func(a Arrival[*eni], _ packet.Flow, _ *eni) bool { return a == in2 })
	if _, _, ok := table.Lookup(Arrival[*eni]{outside, out2.Reverse()}); ok || len(table.flows) != 0 {
		t.Errorf("%d entries are left", len(table.flows))
	}
}

// A table does not grow with flows that are over.
func TestTableForgets(t *testing.T) {
	t.Parallel()
	clock := faketime.NewManualClock()
	table := NewTable[*eni](clock, time.Minute)
	at := &eni{}
	for i := range 100_000 {
		f := packet.Flow{Protocol: packet.TCP, Src: netip.AddrPortFrom(client.Addr(), uint16(i)), Dst: netip.AddrPortFrom(server.Addr(), uint16(i>>16))}
		if _, ok := table.Add(Arrival[*eni]{at, f}, f, &eni{}, false); !ok {
			t.Fatalf("flow %d is taken", i)
		}
		clock.Advance(time.Second)
	}
	if len(table.flows) > 2048 {
		t.Errorf("%d entries", len(table.flows))
	}
}
