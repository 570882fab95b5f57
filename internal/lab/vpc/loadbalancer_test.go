package vpc

import (
	"net/netip"
	"regexp"
	"slices"
	"testing"

	"provenendpoints/internal/lab/awsid"

	"github.com/google/go-cmp/cmp"
)

// Cross-zone load balancing is off by default: each node uses the targets of
// its zone
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html,
// "Cross-zone load balancing").
func TestNodesUseTheTargetsOfTheirZone(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.awaitHealthy()
	h := n.host("client", "custom-c")
	for zone, name := range map[string]string{zoneA: "WEB1", zoneB: "WEB2"} {
		want := map[string]int{saw(name, h.Addr()): 16}
		if diff := cmp.Diff(want, n.spread(h, at(n.node(zone), 80), 16)); diff != "" {
			t.Errorf("node in %s (-want +got):\n%s", zone, diff)
		}
	}
}

// With it, each node spreads its connections over all by a hash of the flow
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html).
func TestCrossZone(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{balancer: func(c *LoadBalancer) { c.CrossZone = true }})
	n.awaitHealthy()
	h := n.host("client", "custom-c")
	for _, zone := range []string{zoneA, zoneB} {
		// Less than 10 of 64 by chance: once in 10^9 times.
		counts := n.spread(h, at(n.node(zone), 80), 64)
		if len(counts) != 2 || counts[saw("WEB1", h.Addr())] < 10 || counts[saw("WEB2", h.Addr())] < 10 {
			t.Errorf("node in %s spread %v", zone, counts)
		}
	}
}

// Targets by instance see the client's address, those by address the node's;
// either can be turned round
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
		"instance":      {TargetInstance, nil, true},
		"instance, off": {TargetInstance, &no, false},
		"ip":            {TargetIP, nil, false},
		"ip, on":        {TargetIP, &yes, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newWeb(t, webOptions{group: func(g *TargetGroup) { g.Type, g.PreserveClientIP = tt.kind, tt.preserve }})
			n.awaitHealthy()
			h := n.host("client", "custom-b")
			source := h.Addr()
			if !tt.client {
				source = n.node(zoneA)
			}
			if got, want := n.ask(h, at(n.node(zoneA), 80)), saw("WEB1", source); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// A client's port that is used again by another node reaches the same target:
// the closed connection does not stand in its way.
func TestClientPortByAnotherNode(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{balancer: func(c *LoadBalancer) { c.CrossZone = true }})
	n.must(n.DeregisterTargets("tg", Target{ID: "i-web2"}))
	n.await(StateHealthy)
	h := n.host("client", "custom-c")
	if err := h.SetPortRange(40000, 40000); err != nil {
		t.Fatal(err)
	}
	for _, zone := range []string{zoneA, zoneB} {
		if got, want := n.ask(h, at(n.node(zone), 80)), saw("WEB1", h.Addr()); got != want {
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
		n := newWeb(t, webOptions{
			balancer: func(c *LoadBalancer) { c.Groups = []string{"sg-nlb"} },
			group:    func(g *TargetGroup) { g.PreserveClientIP = &preserve },
			webGroup: func(n linked) string {
				return n.group("sg-web", "custom", Rule{Protocol: "tcp", FromPort: 80, ToPort: 80, Group: "sg-nlb"})
			},
		})
		n.awaitHealthy()
		h := n.host("client", "custom-a")
		source := h.Addr()
		if !preserve {
			source = n.node(zoneB)
		}
		if got, want := n.ask(h, at(n.node(zoneB), 80)), saw("WEB2", source); got != want {
			t.Errorf("preserve %v, through the load balancer: %q, want %q", preserve, got, want)
		}
		if got := n.ask(h, at(n.web2.Addr(), 80)); got != "timeout" {
			t.Errorf("preserve %v, directly: %q", preserve, got)
		}
	}
}

// A target's group that admits only the nodes' addresses stops clients whose
// address is preserved (same page), and the health checks pass all the same.
func TestTargetsSeePreservedClientsAsSuch(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{webGroup: func(n linked) string {
		return n.group("sg-web", "custom", tcpFrom(80, "20.0.0.0/23")) // zones a and b, where the nodes are
	}})
	n.awaitHealthy()
	if got := n.ask(n.host("far", "custom-c"), at(n.node(zoneA), 80)); got != "timeout" {
		t.Errorf("client whom the target's group does not admit: %q", got)
	}
	near := n.host("near", "custom-b")
	if got, want := n.ask(near, at(n.node(zoneA), 80)), saw("WEB1", near.Addr()); got != want {
		t.Errorf("client whom it admits: %q, want %q", got, want)
	}
}

// The load balancer's own groups: inbound rules for clients; outbound rules for
// clients and health checks. Without groups nothing is filtered (same page).
func TestLoadBalancerGroups(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{balancer: func(c *LoadBalancer) { c.Groups = []string{"sg-nlb"} }})
	n.must(n.RevokeIngress("sg-nlb", tcpFrom(80, "20.0.0.0/16")))
	n.must(n.AuthorizeIngress("sg-nlb", tcpFrom(80, "20.0.0.0/24")))
	n.awaitHealthy() // inbound rules do not hold for health checks
	a, b := n.host("a", "custom-a"), n.host("b", "custom-b")
	if got, want := n.ask(a, at(n.node(zoneA), 80)), saw("WEB1", a.Addr()); got != want {
		t.Errorf("admitted: %q, want %q", got, want)
	}
	if got := n.ask(b, at(n.node(zoneA), 80)); got != "timeout" {
		t.Errorf("not admitted: %q", got)
	}
	n.must(n.RevokeEgress("sg-nlb", AllowAll))
	n.await("unhealthy Target.Timeout", "unhealthy Target.Timeout")

	other := LoadBalancer{ID: "other", Name: "other", Subnets: []string{"subnet-custom-a"}}
	_, err := n.CreateLoadBalancer(other)
	n.must(err)
	other.Groups = []string{"sg-nlb"}
	if got := code(n.ModifyLoadBalancer(other)); got != "InvalidConfigurationRequest" {
		t.Errorf("groups for a load balancer without any: %s", got)
	}
}

// The name leads to the nodes of the zones with healthy targets, or to all if
// there is none
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
func TestLoadBalancerName(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	// A target group without any target makes no zone unhealthy.
	n.must(n.CreateTargetGroup(TargetGroup{ID: "tg-empty", VPC: "vpc-custom", Port: 81}))
	n.must(n.CreateListener(Listener{ID: "empty", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg-empty"}))
	b, err := n.LoadBalancer("nlb")
	n.must(err)
	if form := `^web-[0-9a-z]{16}\.elb\.ap-northeast-2\.amazonaws\.com$`; !regexp.MustCompile(form).MatchString(b.DNSName) {
		t.Errorf("name %s, want the form %s", b.DNSName, form)
	}
	outside, err := n.PublicHost("outside", netip.MustParseAddr("203.0.113.7"))
	n.must(err)
	all := noError(n.node(zoneA), n.node(zoneB))
	if got := n.lookup(outside, b.DNSName); got != all {
		t.Errorf("nobody healthy yet: %q, want %q", got, all)
	}
	n.awaitHealthy()
	if got := n.lookup(outside, b.DNSName); got != all {
		t.Errorf("all healthy: %q, want %q", got, all)
	}
	n.stop(n.web1)
	n.await("unhealthy Target.FailedHealthChecks", "healthy")
	if got, want := n.lookup(outside, b.DNSName), noError(n.node(zoneB)); got != want {
		t.Errorf("zone a unhealthy: %q, want %q", got, want)
	}
	n.stop(n.web2)
	n.await("unhealthy Target.FailedHealthChecks", "unhealthy Target.FailedHealthChecks")
	if got := n.lookup(outside, b.DNSName); got != all {
		t.Errorf("all unhealthy: %q, want %q", got, all)
	}
	n.must(n.DeleteLoadBalancer("nlb"))
	if got := n.lookup(outside, b.DNSName); got != "NXDOMAIN" {
		t.Errorf("deleted: %q", got)
	}
}

// An internet-facing load balancer has public addresses; the target sees the
// client's public one.
func TestInternetFacing(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{balancer: func(c *LoadBalancer) { c.InternetFacing = true }})
	n.awaitHealthy()
	outside, err := n.PublicHost("outside", netip.MustParseAddr("203.0.113.7"))
	n.must(err)
	b, err := n.LoadBalancer("nlb")
	n.must(err)
	if got, want := n.lookup(outside, b.DNSName), noError(b.Nodes[0].PublicAddr, b.Nodes[1].PublicAddr); got != want {
		t.Errorf("name: %q, want %q", got, want)
	}
	if got, want := n.ask(outside, at(b.Nodes[0].PublicAddr, 80)), saw("WEB1", outside.Addr()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A port without a listener is silent, a listener without any target refuses.
func TestLoadBalancerWithoutListenerOrTarget(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.awaitHealthy()
	h := n.host("client", "custom-a")
	if got := n.ask(h, at(n.node(zoneA), 81)); got != "timeout" {
		t.Errorf("port without a listener: %q", got)
	}
	// A route can lead to a node's interface, which is no router.
	n.must(n.CreateRoute("rtb-custom", Route{Destination: "192.0.2.0/24", Target: awsid.EC2("eni-", "nlb", "subnet-custom-a")}))
	if got := n.ask(h, "192.0.2.1:80"); got != "timeout" {
		t.Errorf("address that is not the node's: %q", got)
	}
	n.must(n.DeregisterTargets("tg", Target{ID: "i-web1"}, Target{ID: "i-web2"}))
	if got := n.ask(h, at(n.node(zoneA), 80)); got != "refused" {
		t.Errorf("no targets: %q", got)
	}
	n.must(n.DeleteListener("listener"))
	if got := n.ask(h, at(n.node(zoneA), 80)); got != "timeout" {
		t.Errorf("listener deleted: %q", got)
	}
}

func TestLoadBalancerRefused(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.must(n.CreateSubnet(Subnet{ID: "subnet-custom-a2", VPC: "vpc-custom", Zone: zoneA, CIDR: netip.MustParsePrefix("20.0.9.0/24")}))
	n.must(n.CreateVPC(VPC{ID: "vpc-inner", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.7.0.0/16")}}))
	n.must(n.CreateSubnet(Subnet{ID: "subnet-inner", VPC: "vpc-inner", CIDR: netip.MustParsePrefix("10.7.0.0/24")}))
	n.must(n.CreateTargetGroup(TargetGroup{ID: "tg-my", VPC: "vpc-my", Port: 80}))
	_, err := n.CreateLoadBalancer(LoadBalancer{ID: "nlb2", Name: "second", Subnets: []string{"subnet-custom-c"}})
	n.must(err)
	create := func(c LoadBalancer) error {
		_, err := n.CreateLoadBalancer(c)
		return err
	}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"no subnet":              {create(LoadBalancer{ID: "x", Name: "x"}), "ValidationError"},
		"no name":                {create(LoadBalancer{ID: "x", Subnets: []string{"subnet-custom-a"}}), "ValidationError"},
		"two subnets in a zone":  {create(LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-custom-a", "subnet-custom-a2"}}), "InvalidConfigurationRequest"},
		"subnets of two VPCs":    {create(LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-custom-a", "subnet-my-b"}}), "InvalidConfigurationRequest"},
		"no internet gateway":    {create(LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-inner"}, InternetFacing: true}), "InvalidSubnet"},
		"foreign group":          {create(LoadBalancer{ID: "x", Name: "x", Subnets: []string{"subnet-custom-a"}, Groups: []string{"sg-my-open"}}), "InvalidParameter"},
		"listener protocol":      {n.CreateListener(Listener{ID: "x", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg", Protocol: "UDP"}), "UnsupportedProtocol"},
		"listener port":          {n.CreateListener(Listener{ID: "x", LoadBalancer: "nlb", TargetGroup: "tg"}), "ValidationError"},
		"listener twice":         {n.CreateListener(Listener{ID: "x", LoadBalancer: "nlb", Port: 80, TargetGroup: "tg"}), "DuplicateListener"},
		"group of two balancers": {n.CreateListener(Listener{ID: "x", LoadBalancer: "nlb2", Port: 80, TargetGroup: "tg"}), "TargetGroupAssociationLimit"},
		"group of another VPC":   {n.CreateListener(Listener{ID: "x", LoadBalancer: "nlb", Port: 81, TargetGroup: "tg-my"}), "InvalidConfigurationRequest"},
		"group protocol":         {n.CreateTargetGroup(TargetGroup{ID: "x", VPC: "vpc-my", Port: 80, Protocol: "UDP"}), "UnsupportedProtocol"},
		"group in use":           {n.DeleteTargetGroup("tg"), "ResourceInUse"},
		"interval":               {n.CreateTargetGroup(TargetGroup{ID: "x", VPC: "vpc-my", Port: 80, HealthCheck: HealthCheck{Interval: 1}}), "ValidationError"},
		"target of another VPC":  {n.RegisterTargets("tg-my", Target{ID: "i-web1", Interface: "eni-web1"}), "InvalidTarget"},
		"target without host":    {n.RegisterTargets("tg", Target{ID: "i-x", Interface: "eni-x"}), "InvalidTarget"},
		"unknown listener":       {n.DeleteListener("x"), "ListenerNotFound"},
		"unknown group":          {n.DeleteTargetGroup("x"), "TargetGroupNotFound"},
		"unknown load balancer":  {n.DeleteLoadBalancer("x"), "LoadBalancerNotFound"},
	} {
		if got := code(tt.err); got != tt.want {
			t.Errorf("%s: refused with %s, want %s", name, got, tt.want)
		}
	}
}

// Deleting it all leaves nothing.
func TestLoadBalancerLeavesNothing(t *testing.T) {
	t.Parallel()
	n := newWeb(t, webOptions{})
	n.awaitHealthy()
	n.must(n.DeleteLoadBalancer("nlb"))
	if got := n.states("tg"); !slices.Equal(got, []string{"unused Target.NotInUse", "unused Target.NotInUse"}) {
		t.Errorf("states %q", got)
	}
	n.must(n.DeleteTargetGroup("tg"))
	n.web1.Close()
	n.web2.Close()
	n.must(n.DeleteInterface("eni-web1"))
	n.must(n.DeleteInterface("eni-web2"))
	if left := n.Interfaces(); len(left) != 0 {
		t.Errorf("left behind: %+v", left)
	}
}
