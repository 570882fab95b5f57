package functions_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/functions"
)

// loopbackNetwork is on the machine's own loopback: whatever is dialled
// at port 443 or 80 goes to web instead.
type loopbackNetwork struct {
	resolvers []netip.AddrPort
	web       string
}

func (p loopbackNetwork) Nameservers() []netip.AddrPort { return p.resolvers }

func (p loopbackNetwork) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if address == "192.0.2.7:80" || address == "192.0.2.7:443" {
		address = p.web
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// serveDNS answers queries over UDP as handler says.
func serveDNS(t *testing.T, handler miekg.HandlerFunc) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &miekg.Server{PacketConn: conn, Handler: handler}
	go func() { _ = server.ActivateAndServe() }() // ends by Shutdown
	t.Cleanup(func() { _ = server.Shutdown() })
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestClientUsesThePlace(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	t.Cleanup(web.Close)
	good := serveDNS(t, func(w miekg.ResponseWriter, q *miekg.Msg) {
		m := new(miekg.Msg).SetReply(q)
		if q.Question[0].Name == "web.example." {
			m.Answer = []miekg.RR{&miekg.A{Hdr: miekg.RR_Header{Name: "web.example.", Rrtype: miekg.TypeA, Class: miekg.ClassINET}, A: net.IPv4(192, 0, 2, 7)}}
		} else {
			m.Rcode = miekg.RcodeNameError
		}
		_ = w.WriteMsg(m)
	})
	mute := serveDNS(t, func(miekg.ResponseWriter, *miekg.Msg) {})
	c := clock.New(20)
	t.Cleanup(c.Stop)
	for name, test := range map[string]struct {
		host      string
		resolvers []netip.AddrPort
		want      string
	}{
		"resolved":         {"web.example", []netip.AddrPort{good}, "web.example"},
		"second resolver":  {"web.example", []netip.AddrPort{mute, good}, "web.example"},
		"no such name":     {"other.example", []netip.AddrPort{good}, "no such host (NXDOMAIN)"},
		"nobody answers":   {"web.example", []netip.AddrPort{mute}, "deadline exceeded"},
		"no resolver":      {"web.example", nil, "no resolver is known"},
		"address, no name": {"192.0.2.7", nil, "192.0.2.7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := loopbackNetwork{resolvers: test.resolvers, web: strings.TrimPrefix(web.URL, "http://")}
			client := functions.Environment{Network: network, Clock: c}.Client()
			t.Cleanup(client.CloseIdleConnections)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			request, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+test.host+"/", nil)
			var got string
			if response, err := client.Do(request); err != nil {
				got = err.Error()
			} else {
				body, _ := io.ReadAll(response.Body)
				response.Body.Close()
				got = string(body)
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
