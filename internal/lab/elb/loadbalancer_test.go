package elb_test

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// Cross-zone load balancing is off by default: each node uses the targets of
// its zone
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html,
// "Cross-zone load balancing").
func TestNodesUseTheTargetsOfTheirZone(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	n.AwaitHealthy()
	h := n.AddHost("client", "custom-c")
	for zone, name := range map[string]string{vpctest.ZoneA: "WEB1", vpctest.ZoneB: "WEB2"} {
		want := map[string]int{elbtest.Saw(name, h.Addr()): 16}
		if diff := cmp.Diff(want, n.Spread(h, vpctest.At(n.Node(zone), 80), 16)); diff != "" {
			t.Errorf("node in %s (-want +got):\n%s", zone, diff)
		}
	}
}

// With it, each node spreads its connections over all by a hash of the flow
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html).
func TestCrossZone(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{Balancer: func(c *elb.LoadBalancer) { c.CrossZone = true }})
	n.AwaitHealthy()
	h := n.AddHost("client", "custom-c")
	for _, zone := range []string{vpctest.ZoneA, vpctest.ZoneB} {
		// Less than 10 of 64 by chance: once in 10^9 times.
		counts := n.Spread(h, vpctest.At(n.Node(zone), 80), 64)
		if len(counts) != 2 || counts[elbtest.Saw("WEB1", h.Addr())] < 10 || counts[elbtest.Saw("WEB2", h.Addr())] < 10 {
			t.Errorf("node in %s spread %v", zone, counts)
		}
	}
}

// Targets by instance see the client's address, those by address the node's;
// either can be reversed
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html,
// "Client IP preservation").
func TestClientAddress(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for name, tt := range map[string]struct {
		kind     string
		preserve *bool
		client   bool
	}{
		"instance":      {elb.TargetInstance, nil, true},
		"instance, off": {elb.TargetInstance, &no, false},
		"ip":            {elb.TargetIP, nil, false},
		"ip, on":        {elb.TargetIP, &yes, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := elbtest.New(t, elbtest.Options{Group: func(g *elb.TargetGroup) { g.Type, g.PreserveClientIP = tt.kind, tt.preserve }})
			n.AwaitHealthy()
			h := n.AddHost("client", "custom-b")
			source := h.Addr()
			if !tt.client {
				source = n.Node(vpctest.ZoneA)
			}
			if got, want := n.Ask(h, vpctest.At(n.Node(vpctest.ZoneA), 80)), elbtest.Saw("WEB1", source); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// A client's port that is used again by another node reaches the same target:
// the closed connection does not stand in its way.
func TestClientPortByAnotherNode(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{Balancer: func(c *elb.LoadBalancer) { c.CrossZone = true }})
	n.Must(n.DeregisterTargets("tg", elb.Target{ID: "i-web2"}))
	n.Await(elb.StateHealthy)
	h := n.AddHost("client", "custom-c")
	if err := h.SetPortRange(40000, 40000); err != nil {
		t.Fatal(err)
	}
	for _, zone := range []string{vpctest.ZoneA, vpctest.ZoneB} {
		if got, want := n.Ask(h, vpctest.At(n.Node(zone), 80)), elbtest.Saw("WEB1", h.Addr()); got != want {
			t.Errorf("by the node in %s: %q, want %q", zone, got, want)
		}
	}
}

// A target's group that names the load balancer's group admits clients through
// it, with their addresses preserved or not, and nobody directly
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func TestTargetsAdmitTheLoadBalancersGroup(t *testing.T) {
	t.Parallel()
	for _, preserve := range []bool{true, false} {
		n := elbtest.New(t, elbtest.Options{
			Balancer: func(c *elb.LoadBalancer) { c.Groups = []string{"sg-nlb"} },
			Group:    func(g *elb.TargetGroup) { g.PreserveClientIP = &preserve },
			WebGroup: func(n vpctest.TwoVPCs) string {
				return n.AddGroup("sg-web", "custom", vpc.Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, Group: "sg-nlb"})
			},
		})
		n.AwaitHealthy()
		h := n.AddHost("client", "custom-a")
		source := h.Addr()
		if !preserve {
			source = n.Node(vpctest.ZoneB)
		}
		if got, want := n.Ask(h, vpctest.At(n.Node(vpctest.ZoneB), 80)), elbtest.Saw("WEB2", source); got != want {
			t.Errorf("preserve %v, through the load balancer: %q, want %q", preserve, got, want)
		}
		if got := n.Ask(h, vpctest.At(n.Web2.Addr(), 80)); got != "timeout" {
			t.Errorf("preserve %v, directly: %q", preserve, got)
		}
	}
}

// A target's group that admits only the nodes' addresses stops clients whose
// address is preserved (same page), and the health checks pass all the same.
func TestTargetsSeePreservedClientsAsSuch(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{WebGroup: func(n vpctest.TwoVPCs) string {
		return n.AddGroup("sg-web", "custom", vpctest.TCPFrom(80, "20.0.0.0/23")) // zones a and b, where the nodes are
	}})
	n.AwaitHealthy()
	if got := n.Ask(n.AddHost("far", "custom-c"), vpctest.At(n.Node(vpctest.ZoneA), 80)); got != "timeout" {
		t.Errorf("client whom the target's group does not admit: %q", got)
	}
	near := n.AddHost("near", "custom-b")
	if got, want := n.Ask(near, vpctest.At(n.Node(vpctest.ZoneA), 80)), elbtest.Saw("WEB1", near.Addr()); got != want {
		t.Errorf("client whom it admits: %q, want %q", got, want)
	}
}

// The load balancer's own groups: inbound rules for clients; outbound rules for
// clients and health checks. Without groups nothing is filtered (same page).
func TestLoadBalancerGroups(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{Balancer: func(c *elb.LoadBalancer) { c.Groups = []string{"sg-nlb"} }})
	n.Must(n.SecurityGroups().RevokeIngress("sg-nlb", vpctest.TCPFrom(80, "20.0.0.0/16")))
	n.Must(n.SecurityGroups().AuthorizeIngress("sg-nlb", vpctest.TCPFrom(80, "20.0.0.0/24")))
	n.AwaitHealthy() // inbound rules do not hold for health checks
	a, b := n.AddHost("a", "custom-a"), n.AddHost("b", "custom-b")
	if got, want := n.Ask(a, vpctest.At(n.Node(vpctest.ZoneA), 80)), elbtest.Saw("WEB1", a.Addr()); got != want {
		t.Errorf("admitted: %q, want %q", got, want)
	}
	if got := n.Ask(b, vpctest.At(n.Node(vpctest.ZoneA), 80)); got != "timeout" {
		t.Errorf("not admitted: %q", got)
	}
	n.Must(n.SecurityGroups().RevokeEgress("sg-nlb", vpc.AllowAll))
	n.Await("unhealthy Target.Timeout", "unhealthy Target.Timeout")

	other := elb.LoadBalancer{ID: "other", Name: "other", Subnets: []string{"subnet-custom-a"}}
	_, err := n.CreateLoadBalancer(other)
	n.Must(err)
	other.Groups = []string{"sg-nlb"}
	if got := awserr.Code(n.ModifyLoadBalancer(other)); got != "InvalidConfigurationRequest" {
		t.Errorf("groups for a load balancer without any: %s", got)
	}
}

// The name leads to the nodes of the zones with healthy targets, or to all if
// there is none
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func TestLoadBalancerName(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	// A target group without any target makes no zone unhealthy.
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "tg-empty", VPC: "vpc-custom", Port: 81}))
	n.Must(n.CreateListener(elb.Listener{ID: "empty", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg-empty"}))
	b, err := n.LoadBalancer("nlb")
	n.Must(err)
	if form := `^web-[0-9a-z]{16}\.elb\.ap-northeast-2\.amazonaws\.com$`; !regexp.MustCompile(form).MatchString(b.DNSName) {
		t.Errorf("name %s, want the form %s", b.DNSName, form)
	}
	outside, err := n.PublicHost("outside", netip.MustParseAddr("203.0.113.7"))
	n.Must(err)
	all := vpctest.NoError(n.Node(vpctest.ZoneA), n.Node(vpctest.ZoneB))
	if got := n.Lookup(outside, b.DNSName); got != all {
		t.Errorf("nobody healthy yet: %q, want %q", got, all)
	}
	n.AwaitHealthy()
	if got := n.Lookup(outside, b.DNSName); got != all {
		t.Errorf("all healthy: %q, want %q", got, all)
	}
	n.Stop(n.Web1)
	n.Await("unhealthy Target.FailedHealthChecks", "healthy")
	if got, want := n.Lookup(outside, b.DNSName), vpctest.NoError(n.Node(vpctest.ZoneB)); got != want {
		t.Errorf("zone a unhealthy: %q, want %q", got, want)
	}
	n.Stop(n.Web2)
	n.Await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks")
	if got := n.Lookup(outside, b.DNSName); got != all {
		t.Errorf("all unhealthy: %q, want %q", got, all)
	}
	n.Must(n.DeleteLoadBalancer("nlb"))
	if got := n.Lookup(outside, b.DNSName); got != "NXDOMAIN" {
		t.Errorf("deleted: %q", got)
	}
}

// An internet-facing load balancer has public addresses; the target sees the
// client's public one.
func TestInternetFacing(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{Balancer: func(c *elb.LoadBalancer) { c.InternetFacing = true }})
	n.AwaitHealthy()
	outside, err := n.PublicHost("outside", netip.MustParseAddr("203.0.113.7"))
	n.Must(err)
	b, err := n.LoadBalancer("nlb")
	n.Must(err)
	if got, want := n.Lookup(outside, b.DNSName), vpctest.NoError(b.Nodes[0].PublicAddr, b.Nodes[1].PublicAddr); got != want {
		t.Errorf("name: %q, want %q", got, want)
	}
	if got, want := n.Ask(outside, vpctest.At(b.Nodes[0].PublicAddr, 80)), elbtest.Saw("WEB1", outside.Addr()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A port without a listener is silent, a listener without any target refuses.
func TestLoadBalancerWithoutListenerOrTarget(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	n.AwaitHealthy()
	h := n.AddHost("client", "custom-a")
	if got := n.Ask(h, vpctest.At(n.Node(vpctest.ZoneA), 81)); got != "timeout" {
		t.Errorf("port without a listener: %q", got)
	}
	// A route can lead to a node's interface, which is no router.
	n.Must(n.RouteTables().CreateRoute("rtb-custom", vpc.Route{Destination: "192.0.2.0/24", Target: awsid.EC2("eni-", "nlb", "subnet-custom-a")}))
	if got := n.Ask(h, "192.0.2.1:80"); got != "timeout" {
		t.Errorf("address that is not the node's: %q", got)
	}
	n.Must(n.DeregisterTargets("tg", elb.Target{ID: "i-web1"}, elb.Target{ID: "i-web2"}))
	if got := n.Ask(h, vpctest.At(n.Node(vpctest.ZoneA), 80)); got != "refused" {
		t.Errorf("no targets: %q", got)
	}
	n.Must(n.DeleteListener("listener"))
	if got := n.Ask(h, vpctest.At(n.Node(vpctest.ZoneA), 80)); got != "timeout" {
		t.Errorf("listener deleted: %q", got)
	}
}

// publicTarget registers an address that is in no VPC and in no private block.
func publicTarget(n elbtest.Web) error {
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "tg-ip", VPC: "vpc-my", Port: 80, Type: elb.TargetIP}))
	return n.RegisterTargets("tg-ip", elb.Target{ID: "93.184.216.34"})
}

func TestLoadBalancerRefused(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	n.Must(n.Subnets().Create(vpc.Subnet{ID: "subnet-custom-a2", VPC: "vpc-custom", Zone: vpctest.ZoneA, CIDR: netip.MustParsePrefix("20.0.9.0/24")}))
	n.Must(n.VPCs().Create(vpc.VPC{ID: "vpc-inner", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.7.0.0/16")}}))
	n.Must(n.Subnets().Create(vpc.Subnet{ID: "subnet-inner", VPC: "vpc-inner", CIDR: netip.MustParsePrefix("10.7.0.0/24")}))
	n.Must(n.CreateTargetGroup(elb.TargetGroup{ID: "tg-my", VPC: "vpc-my", Port: 80}))
	_, err := n.CreateLoadBalancer(elb.LoadBalancer{ID: "nlb2", Name: "second", Subnets: []string{"subnet-custom-c"}})
	n.Must(err)
	create := func(c elb.LoadBalancer) error {
		_, err := n.CreateLoadBalancer(c)
		return err
	}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"no subnet":              {create(elb.LoadBalancer{ID: "x", Name: "x"}), "ValidationError"},
		"no name":                {create(elb.LoadBalancer{ID: "x", Subnets: []string{"subnet-custom-a"}}), "ValidationError"},
		"two subnets in a zone":  {create(elb.LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-custom-a", "subnet-custom-a2"}}), "InvalidConfigurationRequest"},
		"subnets of two VPCs":    {create(elb.LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-custom-a", "subnet-my-b"}}), "InvalidConfigurationRequest"},
		"no internet gateway":    {create(elb.LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-inner"}, InternetFacing: true}), "InvalidSubnet"},
		"name twice":             {create(elb.LoadBalancer{ID: "x", Name: "Web", Subnets: []string{"subnet-custom-a"}}), "DuplicateLoadBalancerName"},
		"long name":              {create(elb.LoadBalancer{ID: "x", Name: strings.Repeat("x", 33), Subnets: []string{"subnet-custom-a"}}), "ValidationError"},
		"name with a dot":        {create(elb.LoadBalancer{ID: "x", Name: "a.b", Subnets: []string{"subnet-custom-a"}}), "ValidationError"},
		"reserved name":          {create(elb.LoadBalancer{ID: "x", Name: "internal-a", Subnets: []string{"subnet-custom-a"}}), "ValidationError"},
		"long group name":        {n.CreateTargetGroup(elb.TargetGroup{ID: "x", Name: strings.Repeat("x", 33), VPC: "vpc-my", Port: 80}), "ValidationError"},
		"public address":         {publicTarget(n), "InvalidTarget"},
		"foreign group":          {create(elb.LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-custom-a"}, Groups: []string{"sg-my-open"}}), "InvalidParameter"},
		"listener protocol":      {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg", Protocol: "QUIC"}), "UnsupportedProtocol"},
		"listener of HTTP":       {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg", Protocol: "HTTP"}), "UnsupportedProtocol"},
		"another protocol":       {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg", Protocol: "UDP"}), "ValidationError"},
		"listener port":          {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "nlb", TargetGroup: "tg"}), "ValidationError"},
		"listener twice":         {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "nlb", Port: 80, TargetGroup: "tg"}), "DuplicateListener"},
		"group of two balancers": {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "nlb2", Port: 80, TargetGroup: "tg"}), "TargetGroupAssociationLimit"},
		"group of another VPC":   {n.CreateListener(elb.Listener{ID: "x", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg-my"}), "InvalidConfigurationRequest"},
		"group protocol":         {n.CreateTargetGroup(elb.TargetGroup{ID: "x", VPC: "vpc-my", Port: 80, Protocol: "QUIC"}), "UnsupportedProtocol"},
		"group in use":           {n.DeleteTargetGroup("tg"), "ResourceInUse"},
		"interval":               {n.CreateTargetGroup(elb.TargetGroup{ID: "x", VPC: "vpc-my", Port: 80, HealthCheck: elb.HealthCheck{Interval: 1}}), "ValidationError"},
		"target of another VPC":  {n.RegisterTargets("tg-my", elb.Target{ID: "i-web1", Interface: "eni-web1"}), "InvalidTarget"},
		"target without host":    {n.RegisterTargets("tg", elb.Target{ID: "i-x", Interface: "eni-x"}), "InvalidTarget"},
		"unknown listener":       {n.DeleteListener("x"), "ListenerNotFound"},
		"unknown group":          {n.DeleteTargetGroup("x"), "TargetGroupNotFound"},
		"unknown load balancer":  {n.DeleteLoadBalancer("x"), "LoadBalancerNotFound"},
	} {
		if got := awserr.Code(tt.err); got != tt.want {
			t.Errorf("%s: refused with %s, want %s", name, got, tt.want)
		}
	}
}

// Deleting it all leaves nothing.
func TestLoadBalancerLeavesNothing(t *testing.T) {
	t.Parallel()
	n := elbtest.New(t, elbtest.Options{})
	n.AwaitHealthy()
	n.Must(n.DeleteLoadBalancer("nlb"))
	if got := n.States("tg"); !slices.Equal(got, []string{"unused Target.NotInUse", "unused Target.NotInUse"}) {
		t.Errorf("states %q", got)
	}
	n.Must(n.DeleteTargetGroup("tg"))
	n.Web1.Close()
	n.Web2.Close()
	n.Must(n.Interfaces().Delete("eni-web1"))
	n.Must(n.Interfaces().Delete("eni-web2"))
	if left := n.Interfaces().All(); len(left) != 0 {
		t.Errorf("left behind: %+v", left)
	}
}
