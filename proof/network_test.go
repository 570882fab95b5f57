package proof

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestReadResolvers: the resolvers of a function are those that Lambda writes
// into /etc/resolv.conf.
func TestReadResolvers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file string
		want []netip.AddrPort
		err  bool
	}{
		"one":            {file: "search a.example\nnameserver 10.0.0.2\n", want: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:53")}},
		"two in order":   {file: "nameserver 169.254.169.253\nnameserver fd00:ec2::253\n", want: []netip.AddrPort{netip.MustParseAddrPort("169.254.169.253:53"), netip.MustParseAddrPort("[fd00:ec2::253]:53")}},
		"one is garbage": {file: "nameserver resolver\nnameserver 10.0.0.2\n", want: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:53")}},
		"none":           {file: "search a.example\n", err: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "resolv.conf")
			if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := readResolvers(file)
			if (err != nil) != test.err {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := readResolvers(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file is no error")
	}
}

// TestOtherConnections: of several connections one is used; the others are
// closed at once, not when the request over the first is done.
func TestOtherConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("a.example. 60 IN A 10.0.0.5", "a.example. 60 IN A 10.0.0.6")
	closed := make(chan struct{})
	serve := func(conn net.Conn) {
		if n, _ := conn.Read(make([]byte, 4096)); n == 0 {
			close(closed)
			return
		}
		<-closed
		_, _ = conn.Write([]byte("HTTP/1.1 204 No Content\r\n\r\n"))
	}
	w.stand("10.0.0.5:80", listen(t, serve))
	w.stand("10.0.0.6:80", listen(t, serve))
	if got := one(t, w.network(), Probe{Kind: Answers, Host: "a.example", Port: 80, Scheme: "http", Timeout: 10 * time.Second}); got.Status != 204 {
		t.Errorf("got %+v", got)
	}
}

// TestLateConnection: a connection that opens after its time is closed.
func TestLateConnection(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	proceed := make(chan struct{})
	network := Network{Dial: func(context.Context, string, string) (net.Conn, error) { <-proceed; return here, nil }}
	got := one(t, network, Probe{Kind: Connects, Host: "10.0.0.5", Port: 443, Timeout: 20 * time.Millisecond})
	if got.Outcome != TimedOut {
		t.Errorf("got %+v", got)
	}
	close(proceed)
	if _, err := there.Read(make([]byte, 1)); err == nil {
		t.Error("the late connection was not closed")
	}
}

func TestDefaultNetwork(t *testing.T) {
	t.Parallel()
	address := netip.MustParseAddrPort(listen(t, hang))
	got := one(t, Network{Local: true}, Probe{Kind: Connects, Host: address.Addr().String(), Port: int(address.Port())})
	if got.Outcome != OK || got.Took <= 0 {
		t.Errorf("got %+v", got)
	}
	servers, err := Network{}.nameservers()
	if _, missing := os.Stat(resolverFile); errors.Is(missing, os.ErrNotExist) {
		if err == nil {
			t.Error("got resolvers from nowhere")
		}
	} else if err == nil && (len(servers) == 0 || servers[0].Port() != 53) {
		t.Errorf("got %v", servers)
	}
}
