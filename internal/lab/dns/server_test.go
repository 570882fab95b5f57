package dns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	miekg "github.com/miekg/dns"
)

// serve starts a server on loopback and returns its UDP and TCP addresses.
func serve(t *testing.T, o Options) (udp, tcp string) {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	stream, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	o.Packets, o.Streams = []net.PacketConn{packets}, []net.Listener{stream}
	server, err := Serve(o)
	must(t, err)
	t.Cleanup(func() { must(t, server.Close()) })
	return packets.LocalAddr().String(), stream.Addr().String()
}

// seenBy is a view for everybody.
func seenBy(v View) func(netip.Addr) View { return func(netip.Addr) View { return v } }

func ask(t *testing.T, network, server, host string, edns uint16) *miekg.Msg {
	t.Helper()
	query := new(miekg.Msg).SetQuestion(miekg.Fqdn(host), miekg.TypeA)
	if edns > 0 {
		query.SetEdns0(edns, false)
	}
	reply, _, err := (&miekg.Client{Net: network, UDPSize: edns}).Exchange(query, server)
	must(t, err)
	return reply
}

func TestServerAnswersOverBoth(t *testing.T) {
	t.Parallel()
	udp, tcp := serve(t, Options{View: seenBy(names(t))})
	const host, want = "cloudformation.ap-northeast-2.amazonaws.com", "NOERROR 10.0.0.115 10.0.1.142"
	for network, server := range map[string]string{"udp": udp, "tcp": tcp} {
		reply := ask(t, network, server, host, 0)
		if got := brief(reply); got != want || !reply.RecursionAvailable || reply.Authoritative {
			t.Errorf("%s: %q (recursion %v, authoritative %v), want %q from a resolver",
				network, got, reply.RecursionAvailable, reply.Authoritative, want)
		}
	}
}

func TestServerCutsLongAnswers(t *testing.T) {
	t.Parallel()
	zone := NewZone(".")
	var many []netip.Addr
	for i := range byte(60) {
		many = append(many, netip.AddrFrom4([4]byte{10, 0, 0, i}))
	}
	must(t, zone.SetAddresses("many.example.com", many...))
	var zones Zones
	zones.Add(zone)
	udp, tcp := serve(t, Options{View: seenBy(View{&zones})})
	tests := []struct {
		network, server string
		edns            uint16
		cut             bool
	}{
		{"udp", udp, 0, true},
		{"udp", udp, 1232, false},
		{"tcp", tcp, 0, false},
	}
	for _, tt := range tests {
		reply := ask(t, tt.network, tt.server, "many.example.com", tt.edns)
		if reply.Truncated != tt.cut || (len(reply.Answer) == len(many)) == tt.cut {
			t.Errorf("%s, EDNS %d: truncated %v with %d answers", tt.network, tt.edns, reply.Truncated, len(reply.Answer))
		}
		if (reply.IsEdns0() != nil) != (tt.edns > 0) {
			t.Errorf("%s: EDNS in the reply must mirror that of the query", tt.network)
		}
	}
}

func TestServerFaults(t *testing.T) {
	t.Parallel()
	const host = "s3.ap-northeast-2.amazonaws.com"
	var slept atomic.Int64
	udp, _ := serve(t, Options{
		View: seenBy(names(t)),
		Sleep: func(_ context.Context, d time.Duration) error {
			slept.Add(int64(d))
			return nil
		},
		Fault: func(q Question) Effect {
			if q.From != addr("127.0.0.1") || q.Type != "A" {
				t.Errorf("question %+v", q)
			}
			switch q.Name {
			case "drop." + host + ".":
				return Effect{Drop: true}
			case "late." + host + ".":
				return Effect{Delay: time.Hour}
			case "fail." + host + ".":
				return Effect{Rcode: miekg.RcodeServerFailure}
			case "lie." + host + ".":
				return Effect{Addresses: []netip.Addr{addr("203.0.113.9")}}
			}
			return Effect{}
		},
	})
	for name, want := range map[string]string{
		"good.": "NOERROR 52.219.56.3",
		"late.": "NOERROR 52.219.56.3",
		"fail.": "SERVFAIL",
		"lie.":  "NOERROR 203.0.113.9",
	} {
		if got := brief(ask(t, "udp", udp, name+host, 0)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := time.Duration(slept.Load()); got != time.Hour {
		t.Errorf("slept %v, want the one delay of 1h", got)
	}
	if err := silent(t, udp, "drop."+host); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("dropped query: %v, want no answer", err)
	}
}

func TestServerViewsByAsker(t *testing.T) {
	t.Parallel()
	private := names(t)
	udp, _ := serve(t, Options{View: func(from netip.Addr) View {
		if from == addr("127.0.0.1") {
			return private
		}
		return private[1:]
	}})
	if got, want := brief(ask(t, "udp", udp, "cloudformation.ap-northeast-2.amazonaws.com", 0)), "NOERROR 10.0.0.115 10.0.1.142"; got != want {
		t.Errorf("answer %q, want the asker's own view %q", got, want)
	}
}

func TestServerShufflesAddresses(t *testing.T) {
	t.Parallel()
	udp, _ := serve(t, Options{View: seenBy(names(t))})
	first := map[string]bool{}
	for range 64 { // all the same with a chance of 2^-63
		reply := ask(t, "udp", udp, "www.example.com", 0)
		if _, ok := reply.Answer[0].(*miekg.CNAME); !ok {
			t.Fatalf("the alias must come first: %v", reply.Answer)
		}
		first[reply.Answer[1].(*miekg.A).A.String()] = true
	}
	if len(first) != 2 {
		t.Errorf("first addresses %v, want each of the two now and then", first)
	}
}

// silent asks and waits a moment for an answer that should not come.
func silent(t *testing.T, server, host string) error {
	t.Helper()
	query := new(miekg.Msg).SetQuestion(miekg.Fqdn(host), miekg.TypeA)
	_, _, err := (&miekg.Client{Timeout: 50 * time.Millisecond}).Exchange(query, server)
	return err
}

func TestServerCloseEndsDelays(t *testing.T) {
	t.Parallel()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	waiting := make(chan struct{})
	server, err := Serve(Options{
		View:    seenBy(names(t)),
		Packets: []net.PacketConn{packets},
		Fault:   func(Question) Effect { close(waiting); return Effect{Delay: time.Hour} },
	})
	must(t, err)
	client, err := net.Dial("udp", packets.LocalAddr().String())
	must(t, err)
	defer client.Close()
	query, err := new(miekg.Msg).SetQuestion("example.com.", miekg.TypeA).Pack()
	must(t, err)
	_, err = client.Write(query)
	must(t, err)
	<-waiting
	must(t, server.Close()) // would last the hour
}
