package route53

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// The directions of a resolver endpoint.
const (
	Inbound  = "INBOUND"
	Outbound = "OUTBOUND"
)

// ResolverEndpoint is a set of interfaces of a VPC. At an inbound one everybody who
// reaches it gets the VPC's names; from an outbound one forwarded queries leave
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver.html).
type ResolverEndpoint struct {
	// ID is rslvr-in-… or rslvr-out-…, Direction [Inbound] or [Outbound]. Required.
	ID, Direction string
	// Name is for people.
	Name string
	// Subnets are those of its two or more interfaces, Addrs their addresses, of which
	// those that are not set are chosen. Groups are the security groups. Required.
	Subnets []string
	Addrs   []netip.Addr
	Groups  []string
	// VPC is that of the subnets, Interfaces their interfaces. Set by Create.
	VPC        string
	Interfaces []string
}

type endpoint struct {
	ResolverEndpoint
	network *vpc.Network
	enis    []*vpc.ENI
	hosts   []*vpc.Host
	servers []*dns.Server
}

// seat is the device behind one of an endpoint's interfaces.
type seat struct{ host *vpc.Host }

// Receive implements [vpc.Device].
func (s *seat) Receive(at *vpc.ENI, p *vpc.Transit) *vpc.Host {
	if s.host == nil {
		return p.Drop(at.ID, "no host")
	}
	return s.host.Receive(at, p)
}

// CreateEndpoint creates a resolver endpoint.
func (n *Names) CreateEndpoint(c ResolverEndpoint) (ResolverEndpoint, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.endpoints.CheckFree(c.ID); err != nil {
		return c, err
	}
	switch {
	case c.Direction != Inbound && c.Direction != Outbound:
		return c, invalid("the direction %s is not supported, only %s and %s are", c.Direction, Inbound, Outbound)
	case len(c.Subnets) < 2:
		return c, invalid("Invalid request provided: a resolver endpoint needs at least 2 IP addresses, got %d", len(c.Subnets))
	case len(c.Groups) == 0:
		return c, invalid("Invalid request provided: a resolver endpoint needs a security group")
	}
	c.Subnets, c.Groups, c.Interfaces = slices.Clone(c.Subnets), slices.Clone(c.Groups), nil
	e := &endpoint{ResolverEndpoint: c, network: n.network}
	if err := e.start(c.Addrs); err != nil {
		e.close()
		return c, err
	}
	n.endpoints.ByID[c.ID] = e
	return e.ResolverEndpoint, nil
}

// start makes the interfaces, with a host behind each.
func (e *endpoint) start(addrs []netip.Addr) error {
	l := e.network.Lock()
	err := e.addInterfaces(l, addrs)
	l.Unlock()
	if err != nil || e.Direction != Inbound {
		return err
	}
	for _, h := range e.hosts {
		o := e.network.Names(e.VPC)
		packets, err := h.ListenPacket(53)
		if err != nil {
			return err
		}
		stream, err := h.Listen(53)
		if err != nil {
			return err
		}
		o.Packets, o.Streams = []net.PacketConn{packets}, []net.Listener{stream}
		server, err := dns.Serve(o)
		if err != nil {
			return err
		}
		e.servers = append(e.servers, server)
	}
	return nil
}

func (e *endpoint) addInterfaces(l vpc.Locked, addrs []netip.Addr) error {
	for i, subnet := range e.Subnets {
		s, err := l.Subnet(subnet)
		if err != nil {
			return err
		}
		if e.VPC != "" && s.VPC != e.VPC {
			return invalid("Invalid request provided: the subnets of a resolver endpoint are in one VPC; %s is not in %s", subnet, e.VPC)
		}
		e.VPC = s.VPC
		wanted := vpc.Interface{
			ID: awsid.EC2("eni-", e.ID, strconv.Itoa(i)), Subnet: subnet, Groups: e.Groups,
			Description: "Route 53 Resolver: " + e.ID, Type: "interface",
		}
		if i < len(addrs) {
			wanted.PrivateAddr = addrs[i]
		}
		at := &seat{}
		eni, err := l.AddInterface(wanted, at)
		if err != nil {
			return err
		}
		e.enis, e.Interfaces = append(e.enis, eni), append(e.Interfaces, eni.ID)
		if at.host, err = l.StartHost(eni.ID, eni); err != nil {
			return err
		}
		e.hosts = append(e.hosts, at.host)
	}
	return nil
}

// close ends everything that start has begun.
func (e *endpoint) close() {
	for _, s := range e.servers {
		_ = s.Close() // it never fails
	}
	for _, h := range e.hosts {
		h.Close()
	}
	l := e.network.Lock()
	defer l.Unlock()
	for _, eni := range e.enis {
		l.RemoveInterface(eni)
	}
}

// DeleteEndpoint deletes a resolver endpoint that no rule uses.
func (n *Names) DeleteEndpoint(id string) error {
	n.mu.Lock()
	e, err := n.endpoints.Get(id)
	if err == nil {
		for _, r := range n.rules.ByID {
			if r.Endpoint == id {
				err = inUse("Cannot delete Resolver endpoint '%s' because Resolver rule '%s' uses it.", id, r.ID)
			}
		}
	}
	if err == nil {
		delete(n.endpoints.ByID, id)
	}
	n.mu.Unlock()
	if err != nil {
		return err
	}
	e.close() // not under the lock, which queries that are under way need
	return nil
}

// Endpoints describes all resolver endpoints in the order of their ids.
func (n *Names) Endpoints() []ResolverEndpoint {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.endpoints, func(e *endpoint) ResolverEndpoint { return e.ResolverEndpoint })
}

// Close ends the servers of all endpoints.
func (n *Names) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.endpoints.ByID {
		for _, s := range e.servers {
			_ = s.Close() // it never fails
		}
	}
}

// How long an outbound endpoint waits for the answer of each server.
const forwardTimeout = 2 * time.Second

// ask forwards a query from one of the endpoint's interfaces to the servers, in random
// order. Without an answer it is a server failure.
func (e *endpoint) ask(ctx context.Context, servers []netip.AddrPort, query *miekg.Msg) *miekg.Msg {
	servers = slices.Clone(servers)
	rand.Shuffle(len(servers), func(i, j int) { servers[i], servers[j] = servers[j], servers[i] })
	host := e.hosts[rand.IntN(len(e.hosts))]
	client := dns.Client{Dial: host.Dial, WithTimeout: e.network.Clock().WithTimeout, Timeout: forwardTimeout, Attempts: 1}
	forwarded := query.Copy()
	forwarded.Id = miekg.Id()
	answer, _, err := client.Exchange(ctx, servers, forwarded)
	if err != nil {
		return new(miekg.Msg).SetRcode(query, miekg.RcodeServerFailure)
	}
	answer.Id = query.Id
	answer.RecursionAvailable = true
	return answer
}
