package vpc_test

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"provenendpoints/internal/lab/packet/packettest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html:
// answers pass in both directions without a rule, and a tracked flow outlives
// its rule; an untracked one does not, nor does a new flow pass.
func TestConnectionTracking(t *testing.T) {
	t.Parallel()
	web := vpc.Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDR: netip.MustParsePrefix("10.0.0.0/16")}
	open := vpc.Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, CIDR: vpc.Anywhere}
	tests := []struct {
		name   string
		rule   vpc.Rule
		egress []vpc.Rule
		lives  bool
	}{
		{"tracked by a narrow rule", web, []vpc.Rule{vpc.AllowAll}, true},
		{"tracked without egress", open, nil, true},
		{"tracked with one port of egress", open, []vpc.Rule{open}, true},
		{"untracked", open, []vpc.Rule{vpc.AllowAll}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := vpctest.New(t, vpc.Faults{})
			b.AddVPC("1", "10.0.0.0/16")
			b.AddSubnet("1", "a", "10.0.0.0/24")
			b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-s", VPC: "vpc-1", Ingress: []vpc.Rule{test.rule}, Egress: test.egress}))
			client, server := b.AddHost("a", "client", false, "sg-1-open"), b.AddHost("a", "server", false, "sg-s")
			l, err := server.Listen(80)
			b.Must(err)
			go echoAll(l)
			c, err := client.Dial(t.Context(), "tcp", server.Addr().String()+":80")
			b.Must(err)
			defer c.Close()
			b.Must(exchange(c))
			b.Must(b.SecurityGroups().RevokeIngress("sg-s", test.rule))
			b.Must(c.SetDeadline(time.Now().Add(time.Minute)))
			if err := exchange(c); (err == nil) != test.lives {
				t.Errorf("after the rule went: got %v, want it to live: %t", err, test.lives)
			}
			b.Silent(client, server.Addr().String()+":80", "eni-server", "security group, ingress")
		})
	}
}

// echoAll sends back what comes.
func echoAll(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			buf := make([]byte, 16)
			for {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				if _, err := c.Write(buf[:n]); err != nil {
					return
				}
			}
		}()
	}
}

// exchange sends a byte to an echo and waits for it.
func exchange(c net.Conn) error {
	buf := []byte{1}
	if _, err := c.Write(buf); err != nil {
		return err
	}
	_, err := c.Read(buf)
	return err
}

// A new connection is judged by the rules of now, even if it has the ports of an
// earlier one that is still tracked.
func TestNewConnectionOfTrackedPorts(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	web := vpc.Rule{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}
	b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-s", VPC: "vpc-1", Ingress: []vpc.Rule{web}}))
	b.AddHost("a", "s", false, "sg-s")
	admits := func(flags header.TCPFlags) bool {
		raw := packettest.TCP(netip.MustParseAddrPort("10.0.0.4:40000"), netip.MustParseAddrPort("52.219.60.1:443"))
		header.TCP(header.IPv4(raw).Payload()).SetFlags(uint8(flags))
		return b.Admits("eni-s", raw)
	}
	if admits(header.TCPFlagSyn) != true || admits(header.TCPFlagAck) != true {
		t.Error("a connection that a rule admits is stopped")
	}
	b.Must(b.SecurityGroups().RevokeIngress("sg-s", web))
	if !admits(header.TCPFlagAck) {
		t.Error("a tracked connection ended with its rule")
	}
	if admits(header.TCPFlagSyn) {
		t.Error("a new connection passed without a rule")
	}
	if admits(header.TCPFlagAck) {
		t.Error("what was refused is still tracked")
	}
}

// A tracked UDP flow ends when it has been idle for 180 s (the same page).
func TestTrackedFlowsEnd(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	out := b.AddHost("a", "out", false) // the default group: nothing of others comes in
	far := b.AddHost("a", "far", false, "sg-1-open")
	there, err := far.ListenPacket(53)
	b.Must(err)
	here, err := out.ListenPacket(5000)
	b.Must(err)
	_, err = here.WriteTo([]byte("ask"), udpAddr(far.Addr().String()+":53"))
	b.Must(err)
	buf := make([]byte, 16)
	_, from, err := there.ReadFrom(buf)
	b.Must(err)
	for _, wait := range []time.Duration{time.Second, 179 * time.Second, 181 * time.Second} {
		b.Must(b.Clock().Sleep(t.Context(), wait))
		_, err = there.WriteTo([]byte("answer"), from)
		b.Must(err)
		b.Must(here.SetReadDeadline(time.Now().Add(time.Second)))
		_, _, err := here.ReadFrom(buf)
		if (err == nil) != (wait < 180*time.Second) {
			t.Errorf("an answer after %v: %v", wait, err)
		}
	}
}

// An ICMP error passes if it is about a tracked flow, so that UDP to a closed
// port is refused; one about nothing known does not pass.
func TestErrorsOfTrackedFlowsPass(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	_, err := b.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
	b.Must(err)
	b.AddSubnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
	b.AddPublicHost("web", "93.184.216.34")
	near := b.AddHost("pub", "near", false, "sg-1-open")
	client := b.AddHost("priv", "client", false)
	// Straight, and back through a NAT gateway and an internet gateway, which
	// translate the packet inside the error as well.
	for _, to := range []string{near.Addr().String() + ":99", "93.184.216.34:99"} {
		c, err := client.Dial(t.Context(), "udp", to)
		b.Must(err)
		defer c.Close()
		_, err = c.Write([]byte("x"))
		b.Must(err)
		b.Must(c.SetReadDeadline(time.Now().Add(time.Second)))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: got %v, want a refusal", to, err)
		}
	}
}
