package vpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// bed is a network under test. Its methods fail the test where they fail.
type bed struct {
	*Network
	t testing.TB

	mu    sync.Mutex
	drops []Drop
}

// newBed returns an empty network on a skipping clock.
func newBed(t testing.TB, faults Faults) *bed {
	t.Helper()
	b := &bed{t: t}
	c := clock.NewSkipping()
	b.Network = New(Options{Clock: c, Faults: faults, OnDrop: func(d Drop) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.drops = append(b.drops, d)
	}})
	t.Cleanup(func() {
		b.Close()
		c.Stop()
	})
	return b
}

func (b *bed) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// dropped says whether a packet was dropped there for this reason.
func (b *bed) dropped(at, reason string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.drops, func(d Drop) bool { return d.At == at && d.Reason == reason })
}

func (b *bed) forgetDrops() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drops = nil
}

var (
	prefix = netip.MustParsePrefix
	addr   = netip.MustParseAddr
)

// vpc creates vpc-NAME with one block, an attached igw-NAME, its main table
// rtb-NAME, and the group sg-NAME-open that admits everything.
func (b *bed) vpc(name, cidr string) {
	b.t.Helper()
	id := "vpc-" + name
	b.must(b.CreateVPC(VPC{ID: id, CIDRs: []netip.Prefix{prefix(cidr)}, DNSSupport: true, DNSHostnames: true}))
	b.must(b.CreateInternetGateway("igw-" + name))
	b.must(b.AttachInternetGateway("igw-"+name, id))
	b.must(b.CreateSecurityGroup(SecurityGroup{ID: "sg-" + name + "-open", VPC: id, Ingress: []Rule{AllowAll}, Egress: []Rule{AllowAll}}))
}

// subnet creates subnet-NAME in vpc-VPC with a route table rtb-NAME of its own
// and these routes: destination, target, destination, target …
func (b *bed) subnet(vpc, name, cidr string, routes ...string) {
	b.t.Helper()
	b.must(b.CreateSubnet(Subnet{ID: "subnet-" + name, VPC: "vpc-" + vpc, CIDR: prefix(cidr)}))
	b.must(b.CreateRouteTable("rtb-"+name, "vpc-"+vpc))
	b.must(b.AssociateRouteTable("rtb-"+name, "subnet-"+name))
	for i := 0; i < len(routes); i += 2 {
		b.must(b.CreateRoute("rtb-"+name, Route{Destination: routes[i], Target: routes[i+1]}))
	}
}

// host starts a host behind a new interface eni-NAME of subnet-SUBNET.
func (b *bed) host(subnet, name string, public bool, groups ...string) *Host {
	b.t.Helper()
	_, err := b.CreateInterface(Interface{ID: "eni-" + name, Subnet: "subnet-" + subnet, Public: public, Groups: groups})
	b.must(err)
	h, err := b.Host("eni-" + name)
	b.must(err)
	return h
}

// public starts a host on the internet.
func (b *bed) public(name, a string) *Host {
	b.t.Helper()
	h, err := b.PublicHost(name, addr(a))
	b.must(err)
	return h
}

// s3 registers an S3 that tells each caller by which path it came.
func (b *bed) s3() *Host {
	b.t.Helper()
	h, err := b.RegisterService(ServiceConfig{
		Name: s3Name, Addrs: []netip.Addr{addr("52.219.60.1"), addr("52.219.60.2")},
		PrefixList: &PrefixList{ID: "pl-s3", Name: s3Name, Entries: []netip.Prefix{prefix("52.219.60.0/23"), prefix("3.5.140.0/22")}},
	})
	b.must(err)
	b.answer(h, 443, func(remote net.Addr) string {
		p := b.Path(remote)
		return fmt.Sprintf("%s %s %s", p.Endpoint, p.VPC, p.Source)
	})
	return h
}

const s3Name = "com.amazonaws.ap-northeast-2.s3"

// answer serves a text on a TCP port to everybody who connects.
func (b *bed) answer(h *Host, port int, text func(remote net.Addr) string) {
	b.t.Helper()
	l, err := h.Listen(port)
	b.must(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, text(c.RemoteAddr()))
			c.Close()
		}
	}()
}

// serve makes a host answer its own name on port 80.
func (b *bed) serve(h *Host, name string) {
	b.t.Helper()
	b.answer(h, 80, func(net.Addr) string { return name })
}

// seen makes a host answer on port 80 with the address that it sees.
func (b *bed) seen(h *Host) {
	b.t.Helper()
	b.answer(h, 80, func(remote net.Addr) string { return remote.(*net.TCPAddr).IP.String() })
}

// get connects and reads all; it gives up after 3 s of the clock's time.
func (b *bed) get(h *Host, to string) (string, error) {
	ctx, cancel := b.Clock().WithTimeout(b.t.Context(), 3*time.Second)
	defer cancel()
	c, err := h.Dial(ctx, "tcp", to)
	if err != nil {
		return "", err
	}
	defer c.Close()
	text, err := io.ReadAll(c)
	return string(text), err
}

// wants fails the test unless the answer is this text.
func (b *bed) wants(h *Host, to, text string) {
	b.t.Helper()
	got, err := b.get(h, to)
	if err != nil || got != text {
		b.t.Errorf("%s: got %q, %v; want %q; dropped: %+v", to, got, err, text, b.drops)
	}
}

// silent fails the test unless connecting times out, and the packets were
// dropped there for this reason.
func (b *bed) silent(h *Host, to, at, reason string) {
	b.t.Helper()
	b.forgetDrops()
	got, err := b.get(h, to)
	if !errors.Is(err, context.DeadlineExceeded) {
		b.t.Errorf("%s: got %q, %v; want a time-out", to, got, err)
	}
	if !b.dropped(at, reason) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.t.Errorf("%s: want a drop at %s: %s; got %+v", to, at, reason, b.drops)
	}
}

// pings pings once; it gives up after 3 s of the clock's time.
func (b *bed) pings(h *Host, to netip.Addr) error {
	ctx, cancel := b.Clock().WithTimeout(b.t.Context(), 3*time.Second)
	defer cancel()
	_, err := h.Ping(ctx, to)
	return err
}

// refuses fails the test unless err is EC2's error with this code.
func (b *bed) refuses(err error, code string) {
	b.t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code {
		b.t.Errorf("got %v, want %s", err, code)
	}
}
