package vpc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/clock"
)

// Names that the tests of PrivateLink and load balancing share.
const (
	zoneA, zoneB, zoneC = "ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"

	// formation is an AWS service with interface endpoints, in zones a and b.
	formation     = "com.amazonaws.ap-northeast-2.cloudformation"
	formationName = "cloudformation.ap-northeast-2.amazonaws.com"
	owner         = "arn:aws:iam::123456789012:root"
)

var (
	formationAddr = netip.MustParseAddr("52.95.193.132")
)

// linked is a network with the two VPCs of the mission's third scenario, "my"
// 10.0.0.0/16 and "custom" 20.0.0.0/16, each with a subnet in zones a, b and c,
// DNS attributes on, a group sg-VPC-open, and routes to an internet gateway.
type linked struct {
	*Network
	t testing.TB
	// formation is the host of the AWS service.
	formation *Host
}

func newLinked(t testing.TB, o Options) linked {
	t.Helper()
	o.Clock = clock.NewSkipping()
	n := linked{Network: New(o), t: t}
	t.Cleanup(func() { n.Close(); o.Clock.Stop() })
	for _, v := range []struct{ name, net string }{{"my", "10.0"}, {"custom", "20.0"}} {
		n.addVPC(v.name, v.net)
	}
	var err error
	n.formation, err = n.RegisterService(ServiceConfig{
		Name: formation, DefaultNames: []string{formationName}, Addrs: []netip.Addr{formationAddr},
		Interface: true, Zones: []string{zoneA, zoneB},
	})
	n.must(err)
	n.answer(n.formation, 443, func(c net.Conn) string {
		p := n.Path(c.RemoteAddr())
		return fmt.Sprintf("endpoint=%s vpc=%s source=%s", p.Endpoint, p.VPC, p.Source)
	})
	return n
}

func (n linked) addVPC(name, network string) {
	n.t.Helper()
	id := "vpc-" + name
	n.must(n.CreateVPC(VPC{ID: id, CIDRs: []netip.Prefix{netip.MustParsePrefix(network + ".0.0/16")}, DNSSupport: true, DNSHostnames: true}))
	for i, zone := range []string{"a", "b", "c"} {
		n.must(n.CreateSubnet(Subnet{
			ID: "subnet-" + name + "-" + zone, VPC: id, Zone: "ap-northeast-2" + zone,
			CIDR: netip.MustParsePrefix(fmt.Sprintf("%s.%d.0/24", network, i)),
		}))
	}
	n.must(n.CreateInternetGateway("igw-" + name))
	n.must(n.AttachInternetGateway("igw-"+name, id))
	n.must(n.CreateRoute("rtb-"+name, Route{Destination: "0.0.0.0/0", Target: "igw-" + name}))
	n.must(n.CreateSecurityGroup(SecurityGroup{ID: "sg-" + name + "-open", VPC: id, Ingress: []Rule{AllowAll}, Egress: []Rule{AllowAll}}))
}

func (n linked) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// host starts a host in subnet-NAME-ZONE, with these groups or the open one.
func (n linked) host(id, place string, groups ...string) *Host {
	n.t.Helper()
	if len(groups) == 0 {
		groups = []string{"sg-" + strings.Split(place, "-")[0] + "-open"}
	}
	_, err := n.CreateInterface(Interface{ID: "eni-" + id, Subnet: "subnet-" + place, Groups: groups})
	n.must(err)
	h, err := n.Host("eni-" + id)
	n.must(err)
	return h
}

// group creates a security group of a VPC that lets everything out and in what
// the rules say.
func (n linked) group(id, vpc string, ingress ...Rule) string {
	n.t.Helper()
	n.must(n.CreateSecurityGroup(SecurityGroup{ID: id, VPC: "vpc-" + vpc, Ingress: ingress, Egress: []Rule{AllowAll}}))
	return id
}

// tcpFrom admits TCP on a port from a block.
func tcpFrom(port int, block string) Rule {
	return Rule{Protocol: "tcp", FromPort: port, ToPort: port, CIDR: netip.MustParsePrefix(block)}
}

// answer serves one line to each connection.
func (n linked) answer(h *Host, port int, line func(net.Conn) string) net.Listener {
	n.t.Helper()
	l, err := h.Listen(port)
	n.must(err)
	go func() {
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
	}()
	return l
}

// answerTwice serves a line to each connection, and another one when more is
// closed.
func (n linked) answerTwice(h *Host, port int, more <-chan struct{}) {
	n.t.Helper()
	l, err := h.Listen(port)
	n.must(err)
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
				case <-n.ctx.Done():
				}
			}()
		}
	}()
}

// remote is the address that a connection came from.
func remote(c net.Conn) netip.Addr {
	return netip.MustParseAddrPort(c.RemoteAddr().String()).Addr()
}

// patience is how long the tests wait for an answer, on the lab's clock.
const patience = 5 * time.Second

// ask connects, reads the line and closes. It returns "timeout" if nobody
// answered in time and "refused" if the connection was refused.
func (n linked) ask(h *Host, address string) string {
	n.t.Helper()
	ctx, cancel := n.Clock().WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := h.Dial(ctx, "tcp", address)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return "timeout"
	case strings.Contains(err.Error(), "refused"):
		return "refused"
	default:
		n.t.Fatalf("dial %s: %v", address, err)
	}
	defer c.Close()
	line, err := bufio.NewReader(c).ReadString('\n')
	n.must(err)
	return strings.TrimSpace(line)
}

// open connects, reads the line and leaves the connection open until the test
// ends.
func (n linked) open(h *Host, address string) net.Conn {
	n.t.Helper()
	ctx, cancel := n.Clock().WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := h.Dial(ctx, "tcp", address)
	n.must(err)
	n.t.Cleanup(func() { _ = c.Close() })
	_, err = bufio.NewReader(c).ReadString('\n')
	n.must(err)
	return c
}

// at is an address with a port.
func at(a netip.Addr, port int) string { return netip.AddrPortFrom(a, uint16(port)).String() }

// lookup asks a host's resolver and returns the code and the sorted addresses.
func (n linked) lookup(h *Host, name string) string {
	n.t.Helper()
	return n.lookupAt(h, "udp", h.Nameservers()[0].String(), name, miekg.TypeA)
}

func (n linked) lookupAt(h *Host, network, server, name string, qtype uint16) string {
	n.t.Helper()
	ctx, cancel := n.Clock().WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := h.Dial(ctx, network, server)
	if err != nil {
		return "no answer"
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	conn := &miekg.Conn{Conn: c}
	n.must(conn.WriteMsg(new(miekg.Msg).SetQuestion(miekg.Fqdn(name), qtype)))
	reply, err := conn.ReadMsg()
	if err != nil {
		return "no answer"
	}
	var found []string
	for _, rr := range reply.Answer {
		if a, ok := rr.(*miekg.A); ok {
			found = append(found, a.A.String())
		}
	}
	slices.Sort(found)
	return strings.Join(append([]string{miekg.RcodeToString[reply.Rcode]}, found...), " ")
}

// noError is the answer to a look-up that finds these addresses.
func noError(addrs ...netip.Addr) string {
	texts := make([]string, len(addrs))
	for i, a := range addrs {
		texts[i] = a.String()
	}
	slices.Sort(texts)
	return strings.Join(append([]string{"NOERROR"}, texts...), " ")
}

// endpoint creates an interface endpoint in subnets a and b of a VPC.
func (n linked) endpoint(id, vpc, service string, change func(*Endpoint)) Endpoint {
	n.t.Helper()
	c := Endpoint{
		ID: id, VPC: "vpc-" + vpc, Service: service, Type: InterfaceType, Principal: owner,
		Subnets: []string{"subnet-" + vpc + "-a", "subnet-" + vpc + "-b"}, Groups: []string{"sg-" + vpc + "-open"},
	}
	if change != nil {
		change(&c)
	}
	e, err := n.CreateEndpoint(c)
	n.must(err)
	return e
}

// addrOf is the address of an endpoint in a zone; of all zones if it is empty.
func (n linked) addrsOf(endpoint, zone string) []netip.Addr {
	n.t.Helper()
	found, err := n.EndpointInterfaces(endpoint)
	n.must(err)
	var out []netip.Addr
	for _, i := range found {
		if zone == "" || i.Zone == zone {
			out = append(out, i.PrivateAddr)
		}
	}
	return out
}

// code is the code of EC2's refusal.
func code(err error) string {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return fmt.Sprint(err)
}
