package vpctest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/vpc"
)

// The zones of the subnets.
const (
	ZoneA, ZoneB, ZoneC = "ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"
)

// TwoVPCs is a network with the two VPCs of the scenario EndpointService, "my"
// 10.0.0.0/16 and "custom" 20.0.0.0/16, each with a subnet in zones a, b and c,
// DNS attributes on, a group sg-VPC-open, and routes to an internet gateway.
type TwoVPCs struct {
	*vpc.Network
	T testing.TB
}

// NewTwoVPCs returns the network on a skipping clock.
func NewTwoVPCs(t testing.TB, o vpc.Options) TwoVPCs {
	t.Helper()
	o.Clock = clock.NewSkipping()
	n := TwoVPCs{Network: vpc.New(o), T: t}
	t.Cleanup(func() { n.Close(); o.Clock.Stop() })
	for _, v := range []struct{ name, net string }{{"my", "10.0"}, {"custom", "20.0"}} {
		n.AddVPC(v.name, v.net)
	}
	return n
}

// AddVPC creates vpc-NAME with subnets in the first three zones, an internet gateway
// and an open group.
func (n TwoVPCs) AddVPC(name, network string) {
	n.T.Helper()
	id := "vpc-" + name
	n.Must(n.VPCs().Create(vpc.VPC{ID: id, CIDRs: []netip.Prefix{netip.MustParsePrefix(network + ".0.0/16")}, DNSSupport: true, DNSHostnames: true}))
	for i, zone := range []string{"a", "b", "c"} {
		n.Must(n.Subnets().Create(vpc.Subnet{
			ID: "subnet-" + name + "-" + zone, VPC: id, Zone: "ap-northeast-2" + zone,
			CIDR: netip.MustParsePrefix(fmt.Sprintf("%s.%d.0/24", network, i)),
		}))
	}
	n.Must(n.InternetGateways().Create("igw-" + name))
	n.Must(n.InternetGateways().Attach("igw-"+name, id))
	n.Must(n.RouteTables().CreateRoute("rtb-"+name, vpc.Route{Destination: "0.0.0.0/0", Target: "igw-" + name}))
	n.Must(n.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-" + name + "-open", VPC: id, Ingress: []vpc.Rule{vpc.AllowAll}, Egress: []vpc.Rule{vpc.AllowAll}}))
}

// Must fails the test on an error.
func (n TwoVPCs) Must(err error) {
	n.T.Helper()
	if err != nil {
		n.T.Fatal(err)
	}
}

// AddHost starts a host in subnet-NAME-ZONE, with these groups or the open one.
func (n TwoVPCs) AddHost(id, place string, groups ...string) *vpc.Host {
	n.T.Helper()
	if len(groups) == 0 {
		groups = []string{"sg-" + strings.Split(place, "-")[0] + "-open"}
	}
	_, err := n.Interfaces().Create(vpc.Interface{ID: "eni-" + id, Subnet: "subnet-" + place, Groups: groups})
	n.Must(err)
	h, err := n.Host("eni-" + id)
	n.Must(err)
	return h
}

// AddGroup creates a security group of a VPC that lets everything out and in what
// the rules say.
func (n TwoVPCs) AddGroup(id, of string, ingress ...vpc.Rule) string {
	n.T.Helper()
	n.Must(n.SecurityGroups().Create(vpc.SecurityGroup{ID: id, VPC: "vpc-" + of, Ingress: ingress, Egress: []vpc.Rule{vpc.AllowAll}}))
	return id
}

// TCPFrom admits TCP on a port from a block.
func TCPFrom(port int, block string) vpc.Rule {
	return vpc.Rule{Protocol: "tcp", FromPort: port, ToPort: port, CIDR: netip.MustParsePrefix(block)}
}

// Answer serves one line to each connection.
func (n TwoVPCs) Answer(h *vpc.Host, port int, line func(net.Conn) string) net.Listener {
	n.T.Helper()
	l, err := h.Listen(port)
	n.Must(err)
	go Serve(l, line)
	return l
}

// Serve serves one line to each connection, until the listener is closed.
func Serve(l net.Listener, line func(net.Conn) string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			_, _ = fmt.Fprintln(c, line(c))
			_, _ = bufio.NewReader(c).ReadByte() // until the other side closes
		}()
	}
}

// AnswerTwice serves a line to each connection, and another one when more is
// closed.
func (n TwoVPCs) AnswerTwice(h *vpc.Host, port int, more <-chan struct{}) {
	n.T.Helper()
	l, err := h.Listen(port)
	n.Must(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = fmt.Fprintln(c, "first")
				select {
				case <-more:
					_, _ = fmt.Fprintln(c, "second")
				case <-n.T.Context().Done():
				}
			}()
		}
	}()
}

// Source is the address that a connection came from.
func Source(c net.Conn) netip.Addr {
	return netip.MustParseAddrPort(c.RemoteAddr().String()).Addr()
}

// AnswerTimeout is how long the tests wait for an answer, on the lab's clock.
const AnswerTimeout = 5 * time.Second

// Ask connects, reads the line and closes. It returns "timeout" if nobody
// answered in time and "refused" if the connection was refused.
func (n TwoVPCs) Ask(h *vpc.Host, address string) string {
	n.T.Helper()
	ctx, cancel := n.Clock().WithTimeout(context.Background(), AnswerTimeout)
	defer cancel()
	c, err := h.Dial(ctx, "tcp", address)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return "timeout"
	case strings.Contains(err.Error(), "refused"):
		return "refused"
	default:
		n.T.Fatalf("dial %s: %v", address, err)
	}
	defer c.Close()
	line, err := bufio.NewReader(c).ReadString('\n')
	n.Must(err)
	return strings.TrimSpace(line)
}

// Open connects, reads the line and leaves the connection open until the test
// ends.
func (n TwoVPCs) Open(h *vpc.Host, address string) net.Conn {
	n.T.Helper()
	ctx, cancel := n.Clock().WithTimeout(context.Background(), AnswerTimeout)
	defer cancel()
	c, err := h.Dial(ctx, "tcp", address)
	n.Must(err)
	n.T.Cleanup(func() { _ = c.Close() })
	_, err = bufio.NewReader(c).ReadString('\n')
	n.Must(err)
	return c
}

// At is an address with a port.
func At(a netip.Addr, port int) string { return netip.AddrPortFrom(a, uint16(port)).String() }

// Lookup asks a host's resolver and returns the code and the sorted addresses.
func (n TwoVPCs) Lookup(h *vpc.Host, name string) string {
	n.T.Helper()
	return n.LookupAt(h, "udp", h.Nameservers()[0].String(), name, miekg.TypeA)
}

// LookupAt asks one resolver for a record.
func (n TwoVPCs) LookupAt(h *vpc.Host, network, server, name string, qtype uint16) string {
	n.T.Helper()
	ctx, cancel := n.Clock().WithTimeout(context.Background(), AnswerTimeout)
	defer cancel()
	c, err := h.Dial(ctx, network, server)
	if err != nil {
		return "no answer"
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	conn := &miekg.Conn{Conn: c}
	n.Must(conn.WriteMsg(new(miekg.Msg).SetQuestion(miekg.Fqdn(name), qtype)))
	reply, err := conn.ReadMsg()
	if err != nil {
		return "no answer"
	}
	var found []string
	for _, rr := range reply.Answer {
		switch rr := rr.(type) {
		case *miekg.A:
			found = append(found, rr.A.String())
		case *miekg.AAAA:
			found = append(found, rr.AAAA.String())
		}
	}
	slices.Sort(found)
	return strings.Join(append([]string{miekg.RcodeToString[reply.Rcode]}, found...), " ")
}

// NoError is the answer to a look-up that finds these addresses.
func NoError(addrs ...netip.Addr) string {
	texts := make([]string, len(addrs))
	for i, a := range addrs {
		texts[i] = a.String()
	}
	slices.Sort(texts)
	return strings.Join(append([]string{"NOERROR"}, texts...), " ")
}

// Spread asks many times and counts the answers.
func (n TwoVPCs) Spread(h *vpc.Host, to string, times int) map[string]int {
	n.T.Helper()
	counts := map[string]int{}
	for range times {
		counts[n.Ask(h, to)]++
	}
	return counts
}
