package proof

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// TestResolveInTime has resolvers that are slow, late or silent. The time is
// generous where an answer is wanted.
func TestResolveInTime(t *testing.T) {
	t.Parallel()
	const answer = "a.example. 60 IN A 10.0.1.142"
	t.Run("a silent resolver", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stand(testResolver, serveDNS(t, silent))
		network := w.network()
		network.Clock = fast(20)
		got := one(t, network, Probe{Kind: Resolves, Host: "a.example"})
		if want := "the resolver 10.0.0.2 did not answer"; got.Outcome != NoName || got.Detail != want {
			t.Errorf("got %s: %q, want %q", got.Outcome, got.Detail, want)
		}
	})
	t.Run("a resolver that cannot be connected to", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		network := w.network()
		network.Nameservers[0] = netip.MustParseAddrPort("10.0.0.3:53")
		network.Clock = fast(20)
		got := one(t, network, Probe{Kind: Resolves, Host: "a.example"})
		if want := "the resolver 10.0.0.3 did not answer"; got.Outcome != NoName || got.Detail != want {
			t.Errorf("got %s: %q, want %q", got.Outcome, got.Detail, want)
		}
	})
	t.Run("the first three queries of each kind are lost", func(t *testing.T) {
		t.Parallel()
		var lost [2]atomic.Int64
		w := newWorld(t)
		w.stand(testResolver, serveDNS(t, func(rw dns.ResponseWriter, question *dns.Msg) {
			which := 0
			if asks(question, dns.TypeAAAA) {
				which = 1
			}
			if lost[which].Add(1) > 3 {
				reply(t, rw, question, answer)
			}
		}))
		wantAddress(t, w, "10.0.1.142")
	})
	t.Run("a late answer to the first query counts", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		var first [2]atomic.Pointer[dns.Msg]
		w.stand(testResolver, serveDNS(t, func(rw dns.ResponseWriter, question *dns.Msg) {
			which := 0
			if asks(question, dns.TypeAAAA) {
				which = 1
			}
			if first[which].CompareAndSwap(nil, question) {
				return
			}
			reply(t, rw, first[which].Load(), answer) // only now, after the second query
		}))
		wantAddress(t, w, "10.0.1.142")
	})
	t.Run("the second resolver answers for the first", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stand("10.0.0.3:53", serveDNS(t, silent))
		w.name(answer)
		network := w.network()
		network.Nameservers = []netip.AddrPort{netip.MustParseAddrPort("10.0.0.3:53"), netip.MustParseAddrPort(testResolver)}
		wantAddressOn(t, network, "10.0.1.142")
	})
	t.Run("the second resolver answers for a failing first", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stand("10.0.0.3:53", serveDNS(t, code(dns.RcodeServerFailure)))
		w.name(answer)
		network := w.network()
		network.Nameservers = []netip.AddrPort{netip.MustParseAddrPort("10.0.0.3:53"), netip.MustParseAddrPort(testResolver)}
		wantAddressOn(t, network, "10.0.1.142")
	})
	t.Run("the second resolver is not asked for nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stand("10.0.0.3:53", serveDNS(t, silent))
		w.name(answer)
		network := w.network()
		network.Nameservers = append(network.Nameservers, netip.MustParseAddrPort("10.0.0.3:53"))
		if got := one(t, network, Probe{Kind: Resolves, Host: "a.example", Timeout: maxTimeout}); got.Outcome != OK || w.dialled["10.0.0.3:53"] != 0 {
			t.Errorf("got %+v, asked the second %d times", got, w.dialled["10.0.0.3:53"])
		}
	})
	t.Run("the time is over before the second resolver's turn", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stand(testResolver, serveDNS(t, silent))
		network := w.network()
		network.Nameservers = append(network.Nameservers, netip.MustParseAddrPort("10.0.0.3:53"))
		network.Clock = fast(20)
		got := one(t, network, Probe{Kind: Resolves, Host: "a.example", Timeout: resendAfter / 2})
		if got.Outcome != NoName || !strings.HasSuffix(got.Detail, "did not answer") || w.dialled["10.0.0.3:53"] != 0 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("of two failures the first is reported", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stand(testResolver, serveDNS(t, code(dns.RcodeServerFailure)))
		w.stand("10.0.0.3:53", serveDNS(t, code(dns.RcodeRefused)))
		network := w.network()
		network.Nameservers = append(network.Nameservers, netip.MustParseAddrPort("10.0.0.3:53"))
		network.Clock = fast(20)
		got := one(t, network, Probe{Kind: Resolves, Host: "a.example", Timeout: maxTimeout})
		if want := "the name a.example could not be resolved (SERVFAIL), according to the resolver 10.0.0.2"; got.Detail != want {
			t.Errorf("got %+v, want %s", got, want)
		}
	})
	t.Run("that a name does not exist is final", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.stand("10.0.0.3:53", serveDNS(t, code(dns.RcodeNameError)))
		w.name(answer)
		network := w.network()
		network.Clock = fast(20)
		network.Nameservers = []netip.AddrPort{netip.MustParseAddrPort("10.0.0.3:53"), netip.MustParseAddrPort(testResolver)}
		got := one(t, network, Probe{Kind: Resolves, Host: "a.example", Timeout: maxTimeout})
		if want := "the name a.example does not exist (NXDOMAIN), according to the resolver 10.0.0.3"; got.Detail != want {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("TCP ends before it began", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		udp, ends := serveDNS(t, truncated(answer)(t)), listen(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 512)) })
		got := one(t, overTCP(w, udp, ends), Probe{Kind: Resolves, Host: "a.example", Timeout: maxTimeout})
		if got.Outcome != NoName || !strings.HasPrefix(got.Detail, "the resolver 10.0.0.2 did not answer: EOF") {
			t.Errorf("got %s: %q", got.Outcome, got.Detail)
		}
	})
	t.Run("over TCP it is asked once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		var questions atomic.Int64
		w.stand(testResolver, serveDNS(t, func(rw dns.ResponseWriter, question *dns.Msg) {
			if rw.RemoteAddr().Network() == "tcp" {
				questions.Add(1)
				_ = fast(20).Sleep(t.Context(), 5*resendAfter) // a slow answer, five times as long as UDP would wait
				reply(t, rw, question, answer)
				return
			}
			cut := new(dns.Msg).SetReply(question)
			cut.Truncated = true
			_ = rw.WriteMsg(cut)
		}))
		wantAddress(t, w, "10.0.1.142")
		if asked := questions.Load(); asked != 2 {
			t.Errorf("asked %d times over TCP, want once for each family", asked)
		}
	})
	t.Run("TCP breaks off", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		udp := serveDNS(t, truncated(answer)(t))
		cut := listen(t, func(conn net.Conn) {
			_ = binary.Write(conn, binary.BigEndian, uint16(500))
			_, _ = conn.Write([]byte("half"))
		})
		got := one(t, overTCP(w, udp, cut), Probe{Kind: Resolves, Host: "a.example"})
		if got.Outcome != NoName || !strings.HasPrefix(got.Detail, "the resolver 10.0.0.2 did not answer: ") {
			t.Errorf("got %s: %q", got.Outcome, got.Detail)
		}
	})
}

// overTCP is the world with a resolver that is another one over TCP.
func overTCP(w *world, udp, tcp string) Network {
	w.stand(testResolver, udp)
	network := w.network()
	dial := network.Dial
	network.Dial = func(ctx context.Context, kind, address string) (net.Conn, error) {
		if kind == "tcp" {
			return net.Dial("tcp", tcp)
		}
		return dial(ctx, kind, address)
	}
	return network
}

func wantAddress(t *testing.T, w *world, address string) {
	t.Helper()
	wantAddressOn(t, w.network(), address)
}

func wantAddressOn(t *testing.T, network Network, address string) {
	t.Helper()
	network.Clock = fast(20)
	got := one(t, network, Probe{Kind: Resolves, Host: "a.example", Timeout: maxTimeout})
	if diff := cmp.Diff(addrs(address), got.Addresses, equal); diff != "" || got.Outcome != OK {
		t.Errorf("got %+v", got)
	}
}
