package firewall_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"provenendpoints/internal/lab/firewall"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

const arn = "arn:aws:network-firewall:ap-northeast-2:123456789012:"

// protected is a client in subnet my-c whose way to the internet and back leads through a
// firewall with an endpoint in subnet my-a, and a web server there.
type protected struct {
	vpctest.TwoVPCs
	*firewall.Firewalls
	client *vpc.Host
	web    netip.Addr
}

func protect(t *testing.T, policy firewall.Policy, groups ...firewall.RuleGroup) protected {
	t.Helper()
	n := vpctest.NewTwoVPCs(t, vpc.Options{})
	p := protected{n, firewall.New(n.Network), nil, netip.MustParseAddr("198.51.100.9")}
	for i, g := range groups {
		g.ARN = fmt.Sprint(arn, "group/", i)
		p.PutRuleGroup(g)
		if g.Stateful {
			policy.Stateful = append(policy.Stateful, g.ARN)
		} else {
			policy.Stateless = append(policy.Stateless, g.ARN)
		}
	}
	policy.ARN = arn + "firewall-policy/p"
	if policy.StatelessDefault == "" {
		policy.StatelessDefault = firewall.Forward
	}
	n.Must(p.PutPolicy(policy))
	f, err := p.PutFirewall(firewall.Firewall{ARN: arn + "firewall/f", Policy: policy.ARN, VPC: "vpc-my", Subnets: []string{"subnet-my-a"}})
	n.Must(err)
	endpoint := f.Endpoints[vpctest.ZoneA]
	tables := n.RouteTables()
	n.Must(tables.Create("rtb-app", "vpc-my"))
	n.Must(tables.CreateRoute("rtb-app", vpc.Route{Destination: "0.0.0.0/0", Target: endpoint}))
	n.Must(tables.Associate("rtb-app", "subnet-my-c"))
	n.Must(tables.Create("rtb-edge", "vpc-my"))
	n.Must(tables.CreateRoute("rtb-edge", vpc.Route{Destination: "10.0.2.0/24", Target: endpoint}))
	n.Must(tables.AssociateGateway("rtb-edge", "igw-my"))
	p.client = n.AddHost("client", "my-c")
	_, err = n.Interfaces().AssociateAddress("eni-client", netip.Addr{}, "")
	n.Must(err)
	web, err := n.PublicHost("web", p.web)
	n.Must(err)
	for _, port := range []int{22, 80, 443, 8080} {
		l, err := web.Listen(port)
		n.Must(err)
		go serve(l, port)
	}
	return p
}

// serve answers HTTP on ports 80 and 8080, on 443 the first byte of what it gets, and greets on
// all others.
func serve(l net.Listener, port int) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			switch port {
			case 80, 8080:
				if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Host: "+r.Host+"\r\n\r\nok")
				}
			case 443:
				first := make([]byte, 5)
				if _, err := io.ReadFull(c, first); err == nil {
					_, _ = io.WriteString(c, "hello\n")
				}
			default:
				_, _ = io.WriteString(c, "SSH-2.0-x\r\n")
			}
			_, _ = io.Copy(io.Discard, c)
		}()
	}
}

// try sends what a client of a protocol says first, and returns what comes back: ok, connected
// (but no answer), refused or timeout.
func (p protected) try(what, host string, port int) string {
	p.T.Helper()
	ctx, cancel := p.Clock().WithTimeout(context.Background(), vpctest.AnswerTimeout)
	defer cancel()
	c, err := p.client.Dial(ctx, "tcp", vpctest.At(p.web, port))
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return "timeout"
	default:
		return "refused"
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	spy := &spy{Conn: c}
	switch what {
	case "http":
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
		_, _ = spy.Read(make([]byte, 1))
	case "tls":
		// What comes back is no TLS: the handshake fails, whatever happens.
		_ = tls.Client(spy, &tls.Config{ServerName: host, InsecureSkipVerify: host == ""}).Handshake()
	default:
		_, _ = spy.Read(make([]byte, 1))
	}
	if spy.got {
		return "ok"
	}
	return "connected"
}

// spy notes whether anything came back.
type spy struct {
	net.Conn
	got bool
}

func (s *spy) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.got = s.got || n > 0
	return n, err
}

func rules(t *testing.T, strict bool, text string) firewall.RuleGroup {
	t.Helper()
	list, leftOut, err := firewall.ParseRules(text)
	if err != nil || len(leftOut) > 0 {
		t.Fatal(leftOut, err)
	}
	return firewall.RuleGroup{Stateful: true, Strict: strict, Rules: list}
}

func TestFirewall(t *testing.T) {
	t.Parallel()
	block := func(text string) firewall.Addresses { return firewall.Addresses{netip.MustParsePrefix(text)} }
	type attempt struct {
		what, host string
		port       int
		want       string
	}
	ssh := func(want string) attempt { return attempt{"ssh", "", 22, want} }
	web := func(host, want string) attempt { return attempt{"http", host, 80, want} }
	secure := func(host, want string) attempt { return attempt{"tls", host, 443, want} }
	for name, test := range map[string]struct {
		policy firewall.Policy
		groups func(*testing.T) []firewall.RuleGroup
		wants  []attempt
	}{
		"no rules":                     {firewall.Policy{}, nil, []attempt{ssh("ok"), web("a.example", "ok"), secure("a.example", "ok")}},
		"all is dropped without state": {firewall.Policy{StatelessDefault: firewall.Drop}, nil, []attempt{ssh("timeout")}},
		"drop strict":                  {firewall.Policy{Strict: true, DropStrict: true}, nil, []attempt{ssh("timeout"), web("a.example", "timeout")}},
		"drop established":             {firewall.Policy{Strict: true, DropEstablished: true}, nil, []attempt{ssh("connected"), web("a.example", "connected")}},
		"stateless rules are one-way": {firewall.Policy{StatelessDefault: firewall.Drop}, func(*testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{{Stateless: []firewall.StatelessRule{{Action: firewall.Pass, Sources: block("10.0.0.0/8"), Protocols: []int{6}, DestinationPorts: firewall.Ports{{From: 22, To: 22}}}}}}
		}, []attempt{ssh("timeout")}},
		"stateless rules both ways": {firewall.Policy{StatelessDefault: firewall.Drop}, func(*testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{{Stateless: []firewall.StatelessRule{
				{Priority: 1, Action: firewall.Pass, DestinationPorts: firewall.Ports{{From: 22, To: 22}}},
				{Priority: 2, Action: firewall.Pass, SourcePorts: firewall.Ports{{From: 22, To: 22}}},
			}}}
		}, []attempt{ssh("ok"), web("a.example", "timeout")}},
		"five parts": {firewall.Policy{Strict: true, DropStrict: true}, func(t *testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{rules(t, true, `pass tcp $HOME_NET any -> [198.51.100.0/24,!198.51.100.8] 22:25 (sid:1;)`)}
		}, []attempt{ssh("ok"), web("a.example", "timeout")}},
		"another address": {firewall.Policy{Strict: true, DropStrict: true}, func(t *testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{rules(t, true, `pass tcp $HOME_NET any -> [198.51.100.0/24,!198.51.100.9] 22 (sid:1;)`)}
		}, []attempt{ssh("timeout")}},
		"pass comes before drop": {firewall.Policy{}, func(t *testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{rules(t, false, "drop tcp any any -> any any (sid:1;)\npass tcp any any -> any 22 (sid:2;)")}
		}, []attempt{ssh("ok"), web("a.example", "timeout")}},
		"strict order": {firewall.Policy{Strict: true}, func(t *testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{rules(t, true, "drop tcp any any -> any any (sid:1;)\npass tcp any any -> any 22 (sid:2;)")}
		}, []attempt{ssh("timeout")}},
		"reject": {firewall.Policy{}, func(t *testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{rules(t, false, `reject tcp any any -> any 22 (sid:1;)`)}
		}, []attempt{ssh("refused"), web("a.example", "ok")}},
		"an allow list": {firewall.Policy{}, func(*testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{{Stateful: true, Rules: firewall.Domains(firewall.AllowList, []string{".example.com", "exact.example"}, []string{"TLS_SNI", "HTTP_HOST"})}}
		}, []attempt{
			web("example.com", "ok"), web("www.example.com:80", "ok"), web("other.example", "connected"), web("notexample.com", "connected"), web("a.exact.example", "connected"),
			secure("exact.example", "ok"), secure("WWW.example.com", "ok"), secure("other.example", "connected"), secure("", "connected"), ssh("ok"), {"http", "other.example", 8080, "connected"},
		}},
		"a deny list of hosts": {firewall.Policy{}, func(*testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{{Stateful: true, Rules: firewall.Domains(firewall.DenyList, []string{".example.com"}, []string{"HTTP_HOST"})}}
		}, []attempt{web("a.example.com", "connected"), web("other.example", "ok"), secure("a.example.com", "ok")}},
		"an allow list of another network": {firewall.Policy{Variables: map[string][]string{"HOME_NET": {"10.9.0.0/16"}}}, func(*testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{{Stateful: true, Rules: firewall.Domains(firewall.AllowList, []string{".example.com"}, []string{"HTTP_HOST"})}}
		}, []attempt{web("other.example", "ok")}},
		"the handshake first": {firewall.Policy{Strict: true}, func(t *testing.T) []firewall.RuleGroup {
			return []firewall.RuleGroup{rules(t, true, `
				pass tcp any any <> any any (flow:not_established; sid:1;)
				# comment
				pass tls $HOME_NET any -> any any (tls.sni; content:"ssm."; startswith; nocase; content:".amazonaws.com"; endswith; flow:to_server; sid:2;)
				reject tls $HOME_NET any -> any any (msg:"a \"; b"; flow:to_server; flowbits:set,blocked; sid:3;)
				drop tcp any any -> any any (flowbits:isnotset,blocked; sid:4;)`)}
		}, []attempt{secure("ssm.eu.amazonaws.com", "ok"), secure("ec2.eu.amazonaws.com", "connected"), ssh("connected")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var groups []firewall.RuleGroup
			if test.groups != nil {
				groups = test.groups(t)
			}
			p := protect(t, test.policy, groups...)
			for _, a := range test.wants {
				if got := p.try(a.what, a.host, a.port); got != a.want {
					t.Errorf("%s to %q:%d: %s, want %s", a.what, a.host, a.port, got, a.want)
				}
			}
		})
	}
}

// What comes back by another zone's endpoint is of no flow that the engine there knows, unless
// the policy says to continue.
func TestAsymmetricWay(t *testing.T) {
	t.Parallel()
	for _, midstream := range []bool{false, true} {
		p := protect(t, firewall.Policy{Midstream: midstream})
		f, err := p.PutFirewall(firewall.Firewall{ARN: arn + "firewall/f", Policy: arn + "firewall-policy/p", VPC: "vpc-my", Subnets: []string{"subnet-my-a", "subnet-my-b"}})
		p.Must(err)
		p.Must(p.RouteTables().ReplaceRoute("rtb-edge", vpc.Route{Destination: "10.0.2.0/24", Target: f.Endpoints[vpctest.ZoneB]}))
		want := map[bool]string{false: "timeout", true: "ok"}[midstream]
		if got := p.try("http", "a.example", 80); got != want {
			t.Errorf("continue %v: %s, want %s", midstream, got, want)
		}
	}
}

// IPv6 passes a firewall as IPv4 does, by the same rules.
func TestFirewallOverIPv6(t *testing.T) {
	t.Parallel()
	p := protect(t, firewall.Policy{}, rules(t, false, `drop tcp any any -> any 80 (sid:1;)`))
	block, err := p.VPCs().AddCIDR("vpc-my", netip.Prefix{})
	p.Must(err)
	inside := netip.PrefixFrom(block.Addr(), 64)
	p.Must(p.Subnets().SetIPv6("subnet-my-c", inside))
	all := vpc.Rule{Protocol: "-1", CIDR: netip.MustParsePrefix("::/0")}
	p.Must(p.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-six", VPC: "vpc-my", Ingress: []vpc.Rule{all}, Egress: []vpc.Rule{all}}))
	_, err = p.Interfaces().Create(vpc.Interface{ID: "eni-six", Subnet: "subnet-my-c", Groups: []string{"sg-six"}, IPv6Count: 1})
	p.Must(err)
	client, err := p.Host("eni-six")
	p.Must(err)
	f := p.All()[0]
	p.Must(p.RouteTables().CreateRoute("rtb-app", vpc.Route{Destination: "::/0", Target: f.Endpoints[vpctest.ZoneA]}))
	p.Must(p.RouteTables().CreateRoute("rtb-my", vpc.Route{Destination: "::/0", Target: "igw-my"}))
	p.Must(p.RouteTables().CreateRoute("rtb-edge", vpc.Route{Destination: inside.String(), Target: f.Endpoints[vpctest.ZoneA]}))
	far := netip.MustParseAddr("2001:db8::9")
	server, err := p.PublicHost("six", far)
	p.Must(err)
	for _, port := range []int{80, 443} {
		p.Answer(server, port, func(net.Conn) string { return "hello" })
	}
	if open, closed := p.Ask(client, vpctest.At(far, 443)), p.Ask(client, vpctest.At(far, 80)); open != "hello" || closed != "timeout" {
		t.Errorf("443: %s, 80: %s", open, closed)
	}
}

// A further endpoint leads through the same firewall, from another VPC.
func TestAssociation(t *testing.T) {
	t.Parallel()
	p := protect(t, firewall.Policy{}, rules(t, false, `drop tcp any any -> any 80 (sid:1;)`))
	if err := p.Associate("vpce-0b", arn+"firewall/f", "vpc-custom", "subnet-custom-b"); err == nil || !strings.Contains(err.Error(), "has no endpoint in") {
		t.Errorf("another zone: %v", err)
	}
	p.Must(p.Associate("vpce-0a", arn+"firewall/f", "vpc-custom", "subnet-custom-a"))
	p.Must(p.RouteTables().Create("rtb-c", "vpc-custom"))
	p.Must(p.RouteTables().CreateRoute("rtb-c", vpc.Route{Destination: "0.0.0.0/0", Target: "vpce-0a"}))
	p.Must(p.RouteTables().Associate("rtb-c", "subnet-custom-c"))
	p.client = p.AddHost("other", "custom-c")
	_, err := p.Interfaces().AssociateAddress("eni-other", netip.Addr{}, "")
	p.Must(err)
	if got := p.try("http", "a.example", 80); got != "timeout" {
		t.Errorf("port 80: %s", got)
	}
	if err := p.DeleteFirewall(arn + "firewall/f"); err == nil {
		t.Error("a firewall with associations was deleted")
	}
	p.Must(p.Disassociate("vpce-0a"))
	p.Must(p.DeleteFirewall(arn + "firewall/f"))
	p.Must(p.DeletePolicy(arn + "firewall-policy/p"))
	p.Must(p.DeleteRuleGroup(arn + "group/0"))
	for _, e := range p.Interfaces().All() {
		if e.Type == "gateway_load_balancer_endpoint" {
			t.Errorf("%s is left", e.ID)
		}
	}
}

func TestParseRules(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"pass tcp any any -> any any":                                  "is no rule",
		"pass tcp any any -> any (sid:1;)":                             "is no rule",
		"block tcp any any -> any any (sid:1;)":                        "is none of pass, drop, reject and alert",
		"pass tcp any any <- any any (sid:1;)":                         "is neither -> nor <>",
		"pass tcp 10.0.0.0/33 any -> any any (sid:1;)":                 "is neither an address nor a block",
		"pass tcp [10.0.0.0/8, !10.1.0.0/16] 1: -> any 80:70 (sid:1;)": "is neither a port nor a range of ports",
		"\n\npass tcp any any -> any any (msg:\"x\";)":                 "line 3: ",
	} {
		if _, _, err := firewall.ParseRules(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	_, leftOut, err := firewall.ParseRules("drop ip any any -> any any (geoip:dst,RU; sid:7;)\nalert smb any any -> any any (sid:8;)\ndrop smb any any -> any any (pcre:\"/;/\"; sid:9;)")
	if got := strings.Join(leftOut, "; "); err != nil || got != "sid 7 (geoip); sid 9 (pcre, protocol smb)" {
		t.Errorf("%q, %v", got, err)
	}
}
