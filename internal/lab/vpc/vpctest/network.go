package vpctest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/vpc"
)

// Network is a network under test. Its methods fail the test where they fail.
type Network struct {
	*vpc.Network
	T testing.TB

	mu    sync.Mutex
	drops []vpc.Drop
}

// New returns an empty network on a skipping clock.
func New(t testing.TB, faults vpc.Faults) *Network {
	t.Helper()
	n := &Network{T: t}
	c := clock.NewSkipping()
	n.Network = vpc.New(vpc.Options{Clock: c, Faults: faults})
	n.Watch(func(s vpc.Transmission) {
		if s.Drop == (vpc.Drop{}) {
			return
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		n.drops = append(n.drops, s.Drop)
	})
	t.Cleanup(func() {
		n.Close()
		c.Stop()
	})
	return n
}

// Must fails the test on an error.
func (n *Network) Must(err error) {
	n.T.Helper()
	if err != nil {
		n.T.Fatal(err)
	}
}

// Dropped reports whether a packet was dropped there for this reason.
func (n *Network) Dropped(at, reason string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.drops, func(d vpc.Drop) bool { return d.At == at && d.Reason == reason })
}

// Drops returns the packets that were dropped.
func (n *Network) Drops() []vpc.Drop {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.drops)
}

// ForgetDrops starts the record of drops anew.
func (n *Network) ForgetDrops() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.drops = nil
}

// AddVPC creates vpc-NAME with one block, an attached igw-NAME, its main table
// rtb-NAME, and the group sg-NAME-open that admits everything.
func (n *Network) AddVPC(name, cidr string) {
	n.T.Helper()
	id := "vpc-" + name
	n.Must(n.VPCs().Create(vpc.VPC{ID: id, CIDRs: []netip.Prefix{netip.MustParsePrefix(cidr)}, DNSSupport: true, DNSHostnames: true}))
	n.Must(n.InternetGateways().Create("igw-" + name))
	n.Must(n.InternetGateways().Attach("igw-"+name, id))
	n.Must(n.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-" + name + "-open", VPC: id, Ingress: []vpc.Rule{vpc.AllowAll}, Egress: []vpc.Rule{vpc.AllowAll}}))
}

// AddSubnet creates subnet-NAME in vpc-OF with a route table rtb-NAME of its own
// and these routes: destination, target, destination, target …
func (n *Network) AddSubnet(of, name, cidr string, routes ...string) {
	n.T.Helper()
	n.Must(n.Subnets().Create(vpc.Subnet{ID: "subnet-" + name, VPC: "vpc-" + of, CIDR: netip.MustParsePrefix(cidr)}))
	n.Must(n.RouteTables().Create("rtb-"+name, "vpc-"+of))
	n.Must(n.RouteTables().Associate("rtb-"+name, "subnet-"+name))
	for i := 0; i < len(routes); i += 2 {
		n.Must(n.RouteTables().CreateRoute("rtb-"+name, vpc.Route{Destination: routes[i], Target: routes[i+1]}))
	}
}

// AddHost starts a host behind a new interface eni-NAME of subnet-SUBNET.
func (n *Network) AddHost(subnet, name string, public bool, groups ...string) *vpc.Host {
	n.T.Helper()
	_, err := n.Interfaces().Create(vpc.Interface{ID: "eni-" + name, Subnet: "subnet-" + subnet, Public: public, Groups: groups})
	n.Must(err)
	h, err := n.Host("eni-" + name)
	n.Must(err)
	return h
}

// AddPublicHost starts a host on the internet.
func (n *Network) AddPublicHost(name, a string) *vpc.Host {
	n.T.Helper()
	h, err := n.PublicHost(name, netip.MustParseAddr(a))
	n.Must(err)
	return h
}

// Answer serves a text on a TCP port to everybody who connects.
func (n *Network) Answer(h *vpc.Host, port int, text func(remote net.Addr) string) {
	n.T.Helper()
	l, err := h.Listen(port)
	n.Must(err)
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

// Serve makes a host answer its own name on port 80.
func (n *Network) Serve(h *vpc.Host, name string) {
	n.T.Helper()
	n.Answer(h, 80, func(net.Addr) string { return name })
}

// ServeSource makes a host answer on port 80 with the address that it sees.
func (n *Network) ServeSource(h *vpc.Host) {
	n.T.Helper()
	n.Answer(h, 80, func(remote net.Addr) string { return remote.(*net.TCPAddr).IP.String() })
}

// Get connects and reads all; it gives up after 3 s of the clock's time.
func (n *Network) Get(h *vpc.Host, to string) (string, error) {
	ctx, cancel := n.Clock().WithTimeout(n.T.Context(), 3*time.Second)
	defer cancel()
	c, err := h.Dial(ctx, "tcp", to)
	if err != nil {
		return "", err
	}
	defer c.Close()
	text, err := io.ReadAll(c)
	return string(text), err
}

// Wants fails the test unless the answer is this text.
func (n *Network) Wants(h *vpc.Host, to, text string) {
	n.T.Helper()
	got, err := n.Get(h, to)
	if err != nil || got != text {
		n.T.Errorf("%s: got %q, %v; want %q; dropped: %+v", to, got, err, text, n.Drops())
	}
}

// Silent fails the test unless connecting times out, and the packets were
// Dropped there for this reason.
func (n *Network) Silent(h *vpc.Host, to, at, reason string) {
	n.T.Helper()
	n.ForgetDrops()
	got, err := n.Get(h, to)
	if !errors.Is(err, context.DeadlineExceeded) {
		n.T.Errorf("%s: got %q, %v; want a time-out", to, got, err)
	}
	if !n.Dropped(at, reason) {
		n.T.Errorf("%s: want a drop at %s: %s; got %+v", to, at, reason, n.Drops())
	}
}

// Ping pings once; it gives up after 3 s of the clock's time.
func (n *Network) Ping(h *vpc.Host, to netip.Addr) error {
	ctx, cancel := n.Clock().WithTimeout(n.T.Context(), 3*time.Second)
	defer cancel()
	_, err := h.Ping(ctx, to)
	return err
}

// Refuses fails the test unless err is EC2's error with this code.
func (n *Network) Refuses(err error, code string) {
	n.T.Helper()
	var e *awserr.Error
	if !errors.As(err, &e) || e.Code != code {
		n.T.Errorf("got %v, want %s", err, code)
	}
}

// AddPair returns two hosts of one subnet that may do everything.
func (n *Network) AddPair() (one, two *vpc.Host) {
	n.T.Helper()
	n.AddVPC("1", "10.0.0.0/16")
	n.AddSubnet("1", "a", "10.0.0.0/24")
	return n.AddHost("a", "one", false, "sg-1-open"), n.AddHost("a", "two", false, "sg-1-open")
}
