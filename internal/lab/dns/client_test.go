package dns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"
)

// newTestResolver answers over UDP and TCP on one port of the loopback.
func newTestResolver(t *testing.T, answer func(network string, query *miekg.Msg) []*miekg.Msg) netip.AddrPort {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stream, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		t.Skip("the port is taken for TCP")
	}
	for _, server := range []*miekg.Server{{PacketConn: packets}, {Listener: stream}} {
		network := "udp"
		if server.Listener != nil {
			network = "tcp"
		}
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		server.Handler = miekg.HandlerFunc(func(w miekg.ResponseWriter, query *miekg.Msg) {
			for _, m := range answer(network, query) {
				_ = w.WriteMsg(m)
			}
		})
		go func() { _ = server.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	return packets.LocalAddr().(*net.UDPAddr).AddrPort()
}

// reply answers a query with one record, or with a code.
func reply(query *miekg.Msg, record string, rcode int) *miekg.Msg {
	m := new(miekg.Msg).SetRcode(query, rcode)
	if record != "" {
		rr, err := miekg.NewRR(record)
		if err != nil {
			panic(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	return m
}

// TestClient asks resolvers that answer, lie, truncate and refuse.
func TestClient(t *testing.T) {
	t.Parallel()
	server := newTestResolver(t, func(network string, query *miekg.Msg) []*miekg.Msg {
		name := query.Question[0].Name
		good := reply(query, name+" 60 IN A 10.0.0.1", miekg.RcodeSuccess)
		switch strings.TrimSuffix(name, ".") {
		case "good.example":
			return []*miekg.Msg{good}
		case "forged.example": // another id, another question, then the answer
			id, question := reply(query, name+" 60 IN A 10.0.0.66", miekg.RcodeSuccess), reply(query, name+" 60 IN A 10.0.0.66", miekg.RcodeSuccess)
			id.Id++
			question.Question[0].Qtype = miekg.TypeTXT
			return []*miekg.Msg{id, question, good}
		case "long.example":
			if network == "udp" {
				good.Truncated, good.Answer = true, nil
			}
			return []*miekg.Msg{good}
		case "empty.example":
			return []*miekg.Msg{reply(query, "", miekg.RcodeSuccess)}
		case "broken.example":
			return []*miekg.Msg{reply(query, "", miekg.RcodeServerFailure)}
		case "silent.example":
			return nil
		}
		return []*miekg.Msg{reply(query, "", miekg.RcodeNameError)}
	})
	closed := netip.MustParseAddrPort("127.0.0.1:1") // nobody listens there
	client := Client{Dial: new(net.Dialer).DialContext, WithTimeout: context.WithTimeout, Timeout: 200 * time.Millisecond}
	for _, test := range []struct {
		host      string
		resolvers []netip.AddrPort
		want      string // an address or an error
	}{
		{"10.9.9.9", nil, "10.9.9.9"},
		{"good.example", []netip.AddrPort{server}, "10.0.0.1"},
		{"good.example", []netip.AddrPort{closed, server}, "10.0.0.1"},
		{"forged.example", []netip.AddrPort{server}, "10.0.0.1"},
		{"long.example", []netip.AddrPort{server}, "10.0.0.1"},
		{"empty.example", []netip.AddrPort{server}, "no such host (NOERROR)"},
		{"broken.example", []netip.AddrPort{server}, "no such host (SERVFAIL)"},
		{"none.example", []netip.AddrPort{server}, "no such host (NXDOMAIN)"},
		{"silent.example", []netip.AddrPort{server}, context.DeadlineExceeded.Error()},
		{"good.example", nil, ErrNoResolver.Error()},
	} {
		t.Run(test.host, func(t *testing.T) {
			t.Parallel()
			found, err := client.Lookup(t.Context(), test.resolvers, test.host)
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
				return
			}
			if !slices.Equal(found, []netip.Addr{netip.MustParseAddr(test.want)}) {
				t.Errorf("got %v, want %s", found, test.want)
			}
		})
	}
}

// TestClientEnds shows that the caller's context ends a look-up.
func TestClientEnds(t *testing.T) {
	t.Parallel()
	silent := newTestResolver(t, func(string, *miekg.Msg) []*miekg.Msg { return nil })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	client := Client{Dial: new(net.Dialer).DialContext, WithTimeout: context.WithTimeout}
	if _, err := client.Lookup(ctx, []netip.AddrPort{silent}, "x.example"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
