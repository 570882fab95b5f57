package privatelink_test

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/elb/elbtest"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

const (
	// s3Name is an AWS service with gateway endpoints.
	s3Name = "com.amazonaws.ap-northeast-2.s3"
	// formation is an AWS service with interface endpoints, in zones a and b.
	formation     = "com.amazonaws.ap-northeast-2.cloudformation"
	formationName = "cloudformation.ap-northeast-2.amazonaws.com"
	owner         = "arn:aws:iam::123456789012:root"
)

var formationAddr = netip.MustParseAddr("52.95.193.132")

type endpointDelay = func(privatelink.Endpoint) time.Duration

// gateways is a network whose endpoints are gateway endpoints to S3.
type gateways struct {
	*vpctest.Network
	*privatelink.PrivateLink
}

// newGateways returns a network without VPCs.
func newGateways(t testing.TB, delay endpointDelay) gateways {
	return joinGateways(vpctest.New(t, vpc.Faults{}), delay)
}

func joinGateways(n *vpctest.Network, delay endpointDelay) gateways {
	return gateways{n, privatelink.New(privatelink.Options{Network: n.Network, LoadBalancing: elb.New(n.Network), Delay: delay})}
}

// s3 registers an S3 that answers each caller with the path by which it came.
func (n gateways) s3() *vpc.Host {
	n.T.Helper()
	h, err := n.RegisterService(privatelink.ServiceConfig{
		Name: s3Name, Addrs: []netip.Addr{netip.MustParseAddr("52.219.60.1"), netip.MustParseAddr("52.219.60.2")},
		PrefixList: &vpc.PrefixList{ID: "pl-s3", Name: s3Name, Entries: []netip.Prefix{netip.MustParsePrefix("52.219.60.0/23"), netip.MustParsePrefix("3.5.140.0/22")}},
	})
	n.Must(err)
	n.Answer(h, 443, func(remote net.Addr) string {
		p := n.Path(remote)
		return fmt.Sprintf("%s %s %s", p.Endpoint, p.VPC, p.Source)
	})
	return h
}

// linked is the two VPCs with an AWS service that interface endpoints lead to.
type linked struct {
	vpctest.TwoVPCs
	*privatelink.PrivateLink
	// formation is the host of the AWS service.
	formation *vpc.Host
}

func newLinked(t testing.TB, delay endpointDelay) linked {
	t.Helper()
	n := vpctest.NewTwoVPCs(t, vpc.Options{})
	return link(n, elb.New(n.Network), delay)
}

func link(n vpctest.TwoVPCs, balancing *elb.LoadBalancing, delay endpointDelay) linked {
	n.T.Helper()
	l := linked{n, privatelink.New(privatelink.Options{Network: n.Network, LoadBalancing: balancing, Delay: delay}), nil}
	var err error
	l.formation, err = l.RegisterService(privatelink.ServiceConfig{
		Name: formation, DefaultNames: []string{formationName}, Addrs: []netip.Addr{formationAddr},
		Interface: true, Zones: []string{vpctest.ZoneA, vpctest.ZoneB},
	})
	n.Must(err)
	n.Answer(l.formation, 443, func(c net.Conn) string {
		p := n.Path(c.RemoteAddr())
		return fmt.Sprintf("endpoint=%s vpc=%s source=%s", p.Endpoint, p.VPC, p.Source)
	})
	return l
}

// endpoint creates an interface endpoint in subnets a and b of a VPC.
func (n linked) endpoint(id, of, service string, change func(*privatelink.Endpoint)) privatelink.Endpoint {
	n.T.Helper()
	c := privatelink.Endpoint{
		ID: id, VPC: "vpc-" + of, Service: service, Type: privatelink.InterfaceType, Principal: owner,
		Subnets: []string{"subnet-" + of + "-a", "subnet-" + of + "-b"}, Groups: []string{"sg-" + of + "-open"},
	}
	if change != nil {
		change(&c)
	}
	e, err := n.CreateEndpoint(c)
	n.Must(err)
	return e
}

// interfaces returns the interfaces of an endpoint.
func (n linked) interfaces(endpoint string) []vpc.Interface {
	n.T.Helper()
	e, err := n.Endpoint(endpoint)
	n.Must(err)
	out := make([]vpc.Interface, len(e.Interfaces))
	for i, id := range e.Interfaces {
		out[i], err = n.Interfaces().Get(id)
		n.Must(err)
	}
	return out
}

// addrsOf returns the addresses of an endpoint in a zone, or in all zones if zone
// is empty.
func (n linked) addrsOf(endpoint, zone string) []netip.Addr {
	n.T.Helper()
	var out []netip.Addr
	for _, i := range n.interfaces(endpoint) {
		if zone == "" || i.Zone == zone {
			out = append(out, i.PrivateAddr)
		}
	}
	return out
}

// web is the two VPCs with a load balancer that an endpoint service can offer.
type web struct {
	linked
	*elb.LoadBalancing
	Web elbtest.Web
}

func newWeb(t testing.TB, o elbtest.Options) web {
	t.Helper()
	w := elbtest.New(t, o)
	return web{link(w.TwoVPCs, w.LoadBalancing, nil), w.LoadBalancing, w}
}

// service offers the load balancer as an endpoint service to its owner's account.
func (n web) service(change func(*privatelink.EndpointService)) privatelink.EndpointService {
	n.T.Helper()
	c := privatelink.EndpointService{ID: "vpce-svc-1", LoadBalancers: []string{"nlb"}, Principals: []string{owner}}
	if change != nil {
		change(&c)
	}
	s, err := n.CreateEndpointService(c)
	n.Must(err)
	return s
}
