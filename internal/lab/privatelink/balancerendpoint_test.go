package privatelink_test

import (
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
	"provenendpoints/internal/trace"
)

// inspected is the VPC my whose way to the internet and back leads by vpce-1, an endpoint in
// subnet my-a, to an appliance in the VPC custom. The client is in subnet my-c.
type inspected struct {
	linked
	*elb.LoadBalancing
	client *vpc.Host
	web    netip.Addr
}

func newInspected(t *testing.T, group vpc.Rule, change func(*privatelink.EndpointService)) inspected {
	t.Helper()
	n := vpctest.NewTwoVPCs(t, vpc.Options{})
	balancing := elb.New(n.Network)
	i := inspected{linked: link(n, balancing, nil), LoadBalancing: balancing, web: netip.MustParseAddr("198.51.100.9")}
	n.AddGroup("sg-appliance", "custom", group, vpctest.TCPFrom(80, "20.0.0.0/16"))
	appliance := n.AddHost("appliance", "custom-a", "sg-appliance")
	n.Answer(appliance, 80, func(net.Conn) string { return "healthy" })
	_, err := balancing.CreateLoadBalancer(elb.LoadBalancer{ID: "gwlb", Name: "Gateway", Type: elb.Gateway, Subnets: []string{"subnet-custom-a", "subnet-custom-b"}})
	n.Must(err)
	n.Must(balancing.CreateTargetGroup(elb.TargetGroup{ID: "tg", VPC: "vpc-custom", Protocol: "GENEVE", Port: 6081}))
	n.Must(balancing.RegisterTargets("tg", elb.Target{ID: "i-1", Interface: "eni-appliance"}))
	n.Must(balancing.CreateListener(elb.Listener{ID: "listener", LoadBalancer: "gwlb", TargetGroup: "tg"}))
	c := privatelink.EndpointService{ID: "vpce-svc-1", LoadBalancers: []string{"gwlb"}, Principals: []string{owner}}
	if change != nil {
		change(&c)
	}
	s, err := i.CreateEndpointService(c)
	n.Must(err)
	_, err = i.CreateEndpoint(privatelink.Endpoint{ID: "vpce-1", VPC: "vpc-my", Service: s.Name, Type: privatelink.BalancerType, Principal: owner, Subnets: []string{"subnet-my-a"}})
	n.Must(err)
	tables := n.RouteTables()
	n.Must(tables.Create("rtb-app", "vpc-my"))
	n.Must(tables.CreateRoute("rtb-app", vpc.Route{Destination: "0.0.0.0/0", Target: "vpce-1"}))
	n.Must(tables.Associate("rtb-app", "subnet-my-c"))
	n.Must(tables.Create("rtb-edge", "vpc-my"))
	n.Must(tables.CreateRoute("rtb-edge", vpc.Route{Destination: "10.0.2.0/24", Target: "vpce-1"}))
	n.Must(tables.AssociateGateway("rtb-edge", "igw-my"))
	i.client = n.AddHost("client", "my-c")
	_, err = n.Interfaces().AssociateAddress("eni-client", netip.Addr{}, "")
	n.Must(err)
	web, err := n.PublicHost("web", i.web)
	n.Must(err)
	n.Answer(web, 80, func(c net.Conn) string { return "web saw " + vpctest.Source(c).String() })
	return i
}

// ways returns the ways of the packets while do runs, those that open connections and answer
// them first, as text.
func (i inspected) ways(do func()) string {
	var mu sync.Mutex
	var out strings.Builder
	stop := i.Network.Trace(func(s vpc.Transmission) {
		mu.Lock()
		defer mu.Unlock()
		for _, h := range s.Trace.Hops {
			if h.Action == trace.Forwarded || h.Action == trace.Dropped || h.Action == trace.Routed {
				out.WriteString(h.String() + "\n")
			}
		}
	})
	defer stop()
	do()
	return out.String()
}

// What is routed to a Gateway Load Balancer endpoint goes to an appliance, comes back, and
// goes on by the routes of the endpoint's subnet, in both directions.
func TestPacketsAreInspected(t *testing.T) {
	t.Parallel()
	i := newInspected(t, vpc.Rule{Protocol: "udp", FromPort: 6081, ToPort: 6081, CIDR: netip.MustParsePrefix("20.0.0.0/16")}, nil)
	var answer string
	ways := i.ways(func() { answer = i.Ask(i.client, vpctest.At(i.web, 80)) })
	e, err := i.Interfaces().Get("eni-client")
	i.Must(err)
	if want := "web saw " + e.PublicAddr.String(); answer != want {
		t.Errorf("%q, want %q", answer, want)
	}
	if n := strings.Count(ways, "by vpce-1 to gwlb"); n < 4 {
		t.Errorf("%d packets went through the load balancer; a handshake alone has three:\n%s", n, ways)
	}
	if n := strings.Count(ways, "by gwlb to eni-appliance"); n < 4 {
		t.Errorf("%d packets came to the appliance:\n%s", n, ways)
	}
}

// The appliance's group has to admit GENEVE.
func TestApplianceMustAdmitGENEVE(t *testing.T) {
	t.Parallel()
	i := newInspected(t, vpctest.TCPFrom(443, "20.0.0.0/16"), nil)
	dropped := make(chan vpc.Transmission, 100)
	defer i.Network.Watch(func(s vpc.Transmission) {
		if s.From == i.client.Name() && s.To == "" {
			dropped <- s
		}
	})()
	var answer string
	ways := i.ways(func() { answer = i.Ask(i.client, vpctest.At(i.web, 80)) })
	if answer != "timeout" || !strings.Contains(ways, "udp 6081") {
		t.Errorf("%q:\n%s", answer, ways)
	}
	if s := <-dropped; s.Protocol != packet.UDP || s.Destination.Port() != packet.GENEVE || s.SentTo != netip.AddrPortFrom(i.web, 80) {
		t.Errorf("what was dropped: %+v", s)
	}
}

// Until its connection is accepted a route to the endpoint is a black hole.
func TestEndpointThatIsNotAccepted(t *testing.T) {
	t.Parallel()
	i := newInspected(t, vpc.AllowAll, func(s *privatelink.EndpointService) { s.AcceptanceRequired = true })
	var answer string
	ways := i.ways(func() { answer = i.Ask(i.client, vpctest.At(i.web, 80)) })
	if answer != "timeout" || !strings.Contains(ways, "black hole") {
		t.Errorf("%q:\n%s", answer, ways)
	}
	i.Must(i.AcceptConnections("vpce-svc-1", "vpce-1"))
	if answer := i.Ask(i.client, vpctest.At(i.web, 80)); !strings.HasPrefix(answer, "web saw") {
		t.Error("accepted: " + answer)
	}
	i.Must(i.DeleteEndpoint("vpce-1"))
	if answer := i.Ask(i.client, vpctest.At(i.web, 80)); answer != "timeout" {
		t.Error("deleted: " + answer)
	}
}

// Targets are taken in both zones, or in the endpoint's alone.
func TestEndpointInAZoneWithoutAppliance(t *testing.T) {
	t.Parallel()
	i := newInspected(t, vpc.AllowAll, nil)
	i.Must(i.DeregisterTargets("tg", elb.Target{ID: "i-1"}))
	i.AddHost("other", "custom-b", "sg-custom-open")
	i.Must(i.RegisterTargets("tg", elb.Target{ID: "i-2", Interface: "eni-other"}))
	if answer := i.Ask(i.client, vpctest.At(i.web, 80)); answer != "timeout" {
		t.Error("the appliance is in another zone: " + answer)
	}
	i.Must(i.ModifyLoadBalancer(elb.LoadBalancer{ID: "gwlb", Subnets: []string{"subnet-custom-a", "subnet-custom-b"}, CrossZone: true}))
	i.Must(i.Clock().Sleep(t.Context(), time.Minute))
	if answer := i.Ask(i.client, vpctest.At(i.web, 80)); !strings.HasPrefix(answer, "web saw") {
		t.Error("across zones, from an appliance that is not healthy, as are all: " + answer)
	}
}

// The owner's own account needs no permission.
func TestOwnAccountConnects(t *testing.T) {
	t.Parallel()
	i := newInspected(t, vpc.AllowAll, func(s *privatelink.EndpointService) { s.Principals, s.Owner = nil, "123456789012" })
	if answer := i.Ask(i.client, vpctest.At(i.web, 80)); !strings.HasPrefix(answer, "web saw") {
		t.Error(answer)
	}
	s, err := i.EndpointService("vpce-svc-1")
	i.Must(err)
	_, err = i.CreateEndpoint(privatelink.Endpoint{ID: "vpce-2", VPC: "vpc-my", Service: s.Name, Type: privatelink.BalancerType, Principal: "arn:aws:iam::210987654321:root", Subnets: []string{"subnet-my-b"}})
	if err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("another account: %v", err)
	}
}

func TestBalancerEndpointsThatAreRefused(t *testing.T) {
	t.Parallel()
	i := newInspected(t, vpc.AllowAll, nil)
	s, err := i.EndpointService("vpce-svc-1")
	i.Must(err)
	for want, e := range map[string]privatelink.Endpoint{
		"is in one subnet, 2 were given": {Service: s.Name, Type: privatelink.BalancerType, Subnets: []string{"subnet-my-a", "subnet-my-b"}},
		"Endpoint type (Interface) does not match available service types ([GatewayLoadBalancer])": {Service: s.Name, Type: privatelink.InterfaceType, Subnets: []string{"subnet-my-a"}},
		"does not support the availability zone":                                                   {Service: s.Name, Type: privatelink.BalancerType, Subnets: []string{"subnet-my-c"}},
		"does not exist":                                                                           {Service: formation, Type: privatelink.BalancerType, Subnets: []string{"subnet-my-a"}},
		"cannot be given for VPC endpoint type GatewayLoadBalancer":                                {Service: s.Name, Type: privatelink.BalancerType, Subnets: []string{"subnet-my-a"}, PrivateDNS: true},
	} {
		e.ID, e.VPC, e.Principal = "vpce-2", "vpc-my", owner
		if _, err := i.CreateEndpoint(e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
